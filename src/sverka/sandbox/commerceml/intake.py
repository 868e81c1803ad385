"""Documents from 1C taken into the shop, with all that 1C-Bitrix does to an order on the way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.store import BitrixSiteStore
from sverka.sandbox.commerceml.manners import Manners


class Refused(Exception):
    """The file, or something in it, is not taken; the text is the shop's own."""


class Intake:
    """Takes files into the shop. `taken` is told each order that 1C is counted as knowing from now on."""

    def __init__(self, store: BitrixSiteStore, manners: Manners, taken: Callable[[Record], None]) -> None:
        self._store = store
        self._manners = manners
        self._taken = taken

    def take(self, body: bytes) -> None:
        """Take every document of a file; one that is refused does not keep the others out. Refused at the end."""
        try:
            root = fromstring(body)  # noqa: S314 - the sandbox reads what its own guest on loopback sends
        except ParseError as error:
            raise Refused("Ошибка чтения файла обмена") from error
        errors: list[str] = []
        with self._store.hit():
            for document in root.iter("Документ"):
                try:
                    self._document(document)
                except (Refused, InvalidOperation) as error:
                    errors.append(str(error) or "Неверное число")
        if errors:
            raise Refused("\n".join(errors))

    def _document(self, document: Element) -> None:
        operation = _text(document, "ХозОперация")
        if operation == "Заказ товара":
            self._order(document)
        elif operation.startswith(("Выплата", "Эквайринг")):
            order, payment = self._part(document, "payments")
            if _says(document).get("Оплачен") == "true":
                self._store.set_paid(payment, "Y")
            self._save(order)
        elif operation == "Отпуск товара":
            order, shipment = self._part(document, "shipments")
            says = _says(document)
            if says.get("Отгружен") == "true":
                self._store.set_deducted(shipment, "Y", "Y")
            if "Идентификатор отправления" in says:
                shipment["trackingNumber"] = says["Идентификатор отправления"]
            self._save(order)

    def _order(self, document: Element) -> None:
        order = self._found(document)
        version = _text(document, "НомерВерсии")
        if version and version == order["version1c"]:
            return
        says = _says(document)
        fields: dict[str, Any] = {"version1c": version, "id1c": _text(document, "Номер1С") or order["id1c"]}
        if document.find("Комментарий") is not None:
            fields["comments"] = document.findtext("Комментарий") or ""
        # Without the flag an order is not cancelled, whatever it was.
        gone = says.get("Отменен") == "true" or _text(document, "ПометкаУдаления") == "true"
        fields["canceled"] = "Y" if gone else "N"
        status = says.get("Статуса заказа ИД" if self._manners.has_ids else "Статус заказа", "")
        if status and self._manners.takes_statuses and self._store.catalogue.has_status(status, "O"):
            fields["statusId"] = status
        error = self._basket(order, document)
        self._store.set_order_fields(order, fields)
        self._save(order)
        if error:
            raise Refused(error)

    def _basket(self, order: Record, document: Element) -> str:
        """Make the basket what the document holds; return the shop's complaint where it may not be changed."""
        rows = [row for row in document.iterfind("Товары/Товар") if _text(row, "Ид") != "ORDER_DELIVERY"]
        wanted = {_says(row).get("НомерПозицииКорзины", ""): row for row in rows}
        gone = [line for line in order["basketItems"] if str(line["id"]) not in wanted]
        moved = [line for line in order["basketItems"] if line not in gone and _differs(line, wanted[str(line["id"])])]
        if not gone and not moved:
            return ""
        if order["payed"] == "Y" or order["statusId"] == "F":
            return (
                f"Заказ №{order['accountNumber']} не может быть изменен (находится в финальном статусе, оплачен или "
                "разрешена доставка)"
            )
        for line in gone:
            self._store.drop_item(order, line["id"])
        for line in moved:
            row = wanted[str(line["id"])]
            line.update(price=_number(row, "ЦенаЗаЕдиницу"), quantity=_number(row, "Количество"))
        return ""

    def _found(self, document: Element) -> Record:
        id_, number = _text(document, "Ид"), _text(document, "Номер")
        for order in self._store.orders.values():
            if (
                f"{self._manners.prefix}{order['id']}" == id_
                or (order["id1c"] and order["id1c"] == id_)
                or order["accountNumber"] == number
            ):
                return order
        raise Refused(f"Заказ {number or id_} не найден")

    def _part(self, document: Element, kind: str) -> tuple[Record, Record]:
        for id_ in (_text(document, "Номер"), _text(document, "Ид")):
            found = self._store.part(kind, id_)
            if found is not None and f"{self._manners.prefix}{found[0]['id']}" == _text(document, "Основание"):
                return found
        raise Refused(f"Документ {_text(document, 'Номер')} не найден")

    def _save(self, order: Record) -> None:
        self._store.save(order)
        self._taken(order)


def _differs(line: Record, row: Element) -> bool:
    return (line["price"], line["quantity"]) != (_number(row, "ЦенаЗаЕдиницу"), _number(row, "Количество"))


def _number(row: Element, name: str) -> Decimal:
    return Decimal(_text(row, name) or "0")


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _says(element: Element) -> dict[str, str]:
    rows = element.iterfind("ЗначенияРеквизитов/ЗначениеРеквизита")
    return {_text(row, "Наименование"): row.findtext("Значение") or "" for row in rows}
