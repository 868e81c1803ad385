"""Orders as CommerceML documents, the way 1C-Bitrix writes them for 1C and for a CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from sverka.sandbox.bitrix_site.catalogue import Catalogue, Record
from sverka.sandbox.commerceml.english import ELEMENTS, REQUISITES
from sverka.sandbox.commerceml.manners import Manners

_FLAGS = {"Y": "true", "N": "false"}


def sum_of(value: object) -> str:
    """Return a sum as the shop writes it, with two places."""
    return f"{Decimal(str(value)):.2f}"


def status_name(catalogue: Catalogue, id_: str) -> str:
    """Return what a status is called in Russian, its id where it has no name."""
    return next((str(row["name"]) for row in catalogue.status_names if row["statusId"] == id_), id_)


class Export:
    """Writes documents of schema `version` (2.05 … 3.1), in English for a CRM and in Russian else."""

    def __init__(self, catalogue: Catalogue, manners: Manners, version: str, *, english: bool = False) -> None:
        self._catalogue = catalogue
        self._manners = manners
        self._english = english
        # The kernel reads the version as a number, in which 2.10 is 2.1.
        self._number = float(version) if version.replace(".", "", 1).isdigit() else 2.05
        self._apart = self._number >= 2.1
        self._version = version

    def file(self, orders: Iterable[Record], now: datetime) -> bytes:
        """Return a whole file with these orders, in the charset that the shop sends."""
        attrs = {
            "ВерсияСхемы": self._version,
            "ДатаФормирования": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "ФорматДаты": "ДФ=yyyy-MM-dd; ДЛФ=DT",
            "ФорматСуммы": "ЧЦ=18; ЧДЦ=2; ЧРД=.",
        }
        root = Element("КоммерческаяИнформация", attrs)
        for order in orders:
            inside = SubElement(root, "Контейнер") if self._number >= 3 else root
            self._order(inside, order)
            if self._apart:
                for payment in order["payments"]:
                    self._payment(inside, order, payment)
                for shipment in order["shipments"]:
                    if shipment["system"] == "N":
                        self._shipment(inside, order, shipment)
        if self._english:
            _translate(root)
        return encoded(root, self._manners, english=self._english)

    def _order(self, parent: Element, order: Record) -> None:
        document = self._head(parent, order, self._id(order), order["accountNumber"], "Заказ товара", order["price"])
        self._contractor(document, order)
        _add(document, "Время", order["dateInsert"].strftime("%H:%M:%S"))
        _add(document, "Комментарий", order["comments"])
        taxes = SubElement(SubElement(document, "Налоги"), "Налог")
        _all(taxes, {"Наименование": "НДС", "УчтеноВСумме": "true", "Сумма": sum_of(order["taxValue"])})
        self._goods(document, order, with_delivery=True)
        self._requisites(document, self._says(order))

    def _head(
        self, parent: Element, order: Record, id_: object, number: object, operation: str, total: object
    ) -> Element:
        document = SubElement(parent, "Документ")
        _all(document, {"Ид": id_, "Номер": number, "Дата": order["dateInsert"].strftime("%Y-%m-%d")})
        _all(document, {"ХозОперация": operation, "Роль": "Продавец", "Валюта": order["currency"], "Курс": "1"})
        _add(document, "Сумма", sum_of(total))
        if self._english:
            _add(document, "DateUpdate", order["dateUpdate"].strftime("%Y-%m-%d %H:%M:%S"))
        elif self._apart:
            _add(document, "НомерВерсии", order["version"])
            if order["id1c"]:
                _add(document, "Номер1С", order["id1c"])
        return document

    def _id(self, order: Record) -> str:
        return f"{self._manners.prefix}{order['id']}"

    def _contractor(self, document: Element, order: Record) -> None:
        values = {row["code"]: str(row["value"] or "") for row in order["propertyValues"]}
        name, company = values.get("FIO", ""), values.get("COMPANY", "")
        party = SubElement(SubElement(document, "Контрагенты"), "Контрагент")
        _all(party, {"Ид": f"{order['userId']}#buyer#{name}", "Наименование": company or name})
        if company:
            _all(party, {"ОфициальноеНаименование": company, "ИНН": values.get("INN", "")})
        else:
            _add(party, "ПолноеНаименование", name)
        address = SubElement(party, "АдресРегистрации")
        _add(address, "Представление", values.get("ADDRESS", ""))
        if values.get("CITY"):
            _all(SubElement(address, "АдресноеПоле"), {"Тип": "Город", "Значение": values["CITY"]})
        contacts = SubElement(party, "Контакты")
        for kind, code in (("Телефон рабочий", "PHONE"), ("Электронная почта", "EMAIL")):
            if values.get(code):
                _all(SubElement(contacts, "Контакт"), {"Тип": kind, "Значение": values[code]})
        if company and name:
            person = SubElement(SubElement(SubElement(party, "Представители"), "Представитель"), "Контрагент")
            _all(person, {"Отношение": "Контактное лицо", "Ид": "p1", "Наименование": name})
        _add(party, "Роль", "Покупатель")

    def _goods(self, document: Element, order: Record, *, with_delivery: bool) -> None:
        goods = SubElement(document, "Товары")
        for line in order["basketItems"]:
            self._line(SubElement(goods, "Товар"), line)
        price = sum((row["priceDelivery"] for row in order["shipments"]), Decimal(0))
        if with_delivery and price:
            row = SubElement(goods, "Товар")
            _all(row, {"Ид": "ORDER_DELIVERY", "Наименование": "Доставка заказа", "ЦенаЗаЕдиницу": sum_of(price)})
            _all(row, {"Количество": "1", "Сумма": sum_of(price)})
            self._requisites(row, {"ВидНоменклатуры": "Услуга", "ТипНоменклатуры": "Услуга"})

    def _line(self, row: Element, line: Record) -> None:
        _all(row, {"Ид": line["productXmlId"] or line["productId"] or line["id"], "ИдКаталога": line["catalogXmlId"]})
        _add(row, "Наименование", line["name"])
        attrs = {"Код": line["measureCode"], "НаименованиеПолное": "Штука", "МеждународноеСокращение": "PCE"}
        if self._apart and not self._english:
            unit = SubElement(row, "Единица")
            _all(unit, {"Ид": line["measureCode"], "НаименованиеКраткое": line["measureName"]})
            _all(unit, {"Код": line["measureCode"], "НаименованиеПолное": "Штука"})
            _add(row, "Коэффициент", "1")
        else:
            SubElement(row, "БазоваяЕдиница", attrs).text = line["measureName"]
        if line["discountPrice"]:
            discount = SubElement(SubElement(row, "Скидки"), "Скидка")
            _all(discount, {"Наименование": "Скидка на товар", "Сумма": sum_of(line["discountPrice"])})
            _add(discount, "УчтеноВСумме", "true")
        _all(row, {"ЦенаЗаЕдиницу": sum_of(line["price"]), "Количество": f"{line['quantity']:f}"})
        _add(row, "Сумма", sum_of(line["price"] * line["quantity"]))
        says = {"ВидНоменклатуры": "Товар", "ТипНоменклатуры": "Товар", "НомерПозицииКорзины": str(line["id"])}
        says |= {f"СвойствоКорзины#{one['code']}": str(one["value"]) for one in line["properties"]}
        self._requisites(row, says)
        if line["vatRate"] is not None:
            rate = SubElement(SubElement(row, "СтавкиНалогов"), "СтавкаНалога")
            _all(rate, {"Наименование": "НДС", "Ставка": f"{(line['vatRate'] * 100).normalize():f}"})
            inside = line["price"] * line["quantity"] * line["vatRate"] / (1 + line["vatRate"])
            tax = SubElement(SubElement(row, "Налоги"), "Налог")
            _all(tax, {"Наименование": "НДС", "УчтеноВСумме": "true", "Сумма": sum_of(inside)})

    def _says(self, order: Record) -> dict[str, str]:
        payment, manners = order["payments"][0], self._manners
        shipment = next(row for row in order["shipments"] if row["system"] == "N")
        name = status_name(self._catalogue, order["statusId"])
        says = {"Метод оплаты": payment["paySystemName"], "Способ доставки": shipment["deliveryName"]}
        if manners.has_ids:
            says |= {"Метод оплаты ИД": str(payment["paySystemId"]), "Метод доставки ИД": str(shipment["deliveryId"])}
            says |= {"Статуса заказа ИД": order["statusId"]}
        says["Статус заказа"] = f"[{order['statusId']}] {name}" if manners.has_ids else order["statusId"]
        says |= {"Заказ оплачен": _FLAGS[order["payed"]], "Отменен": _FLAGS[order["canceled"]]}
        if not self._apart:
            says["Доставка разрешена"] = _FLAGS[shipment["allowDelivery"]]
        says["Финальный статус"] = "true" if order["statusId"] == "F" else "false"
        says["Дата изменения статуса"] = order["dateStatus"].strftime("%d.%m.%Y %H:%M:%S")
        if order["canceled"] == "Y":
            says["Дата отмены заказа"] = order["dateCanceled"].strftime("%d.%m.%Y %H:%M:%S")
            says["Причина отмены"] = order["reasonCanceled"]
        says |= {"Комментарии покупателя": order["userDescription"], "Сайт": f"[{order['lid']}] Интернет-магазин"}
        values = {row["code"]: str(row["value"] or "") for row in order["propertyValues"]}
        says["Адрес доставки"] = ", ".join(filter(None, (values.get("CITY"), values.get("ADDRESS"))))
        says |= {title: values[code] for code, title in manners.profile.items() if values.get(code)}
        return says

    def _payment(self, parent: Element, order: Record, payment: Record) -> None:
        cash = payment["paySystemIsCash"] == "Y"
        operation = "Выплата наличных денег" if cash else "Эквайринговая операция"
        document = self._head(parent, order, payment["id"], payment["id"], operation, payment["sum"])
        _add(document, "Основание", self._id(order))
        says = {"Метод оплаты ИД": str(payment["paySystemId"]), "Метод оплаты": payment["paySystemName"]}
        says |= {"Отменен": "false", "Оплачено": _FLAGS[payment["paid"]]}
        says["Признак возврата"] = "false" if payment["isReturn"] == "N" else "true"
        if payment["datePaid"] is not None:
            says["Дата оплаты"] = payment["datePaid"].strftime("%d.%m.%Y %H:%M:%S")
        self._requisites(document, says)

    def _shipment(self, parent: Element, order: Record, shipment: Record) -> None:
        document = self._head(parent, order, shipment["id"], shipment["id"], "Отпуск товара", order["price"])
        _add(document, "Основание", self._id(order))
        self._goods(document, order, with_delivery=False)
        says = {"Метод доставки ИД": str(shipment["deliveryId"]), "Метод доставки": shipment["deliveryName"]}
        says |= {"Сумма доставки": sum_of(shipment["priceDelivery"]), "Статус отгрузки": shipment["statusId"]}
        says |= {"Отгружено": _FLAGS[shipment["deducted"]], "Отменен": _FLAGS[shipment["canceled"]]}
        says["Идентификатор отправления"] = shipment["trackingNumber"]
        if shipment["dateDeducted"] is not None:
            says["Дата отгрузки"] = shipment["dateDeducted"].strftime("%d.%m.%Y %H:%M:%S")
        self._requisites(document, says)

    @staticmethod
    def _requisites(parent: Element, says: Mapping[str, str]) -> None:
        group = SubElement(parent, "ЗначенияРеквизитов")
        for name, value in says.items():
            _all(SubElement(group, "ЗначениеРеквизита"), {"Наименование": name, "Значение": value})


def lists(catalogue: Catalogue) -> Element:
    """Return what `mode=info` answers: statuses under a tag whose first letter is a Latin C, and the ways to pay."""
    root = Element("Справочник")
    groups: tuple[tuple[str, Any], ...] = (
        (
            "Cтатусы",
            [(row["id"], status_name(catalogue, row["id"])) for row in catalogue.statuses if row["type"] == "O"],
        ),
        ("ПлатежныеСистемы", [(row["ID"], row["NAME"]) for row in catalogue.pay_systems]),
        ("СлужбыДоставки", [(row["ID"], row["NAME"]) for row in catalogue.deliveries]),
    )
    for name, rows in groups:
        group = SubElement(root, name)
        for id_, title in rows:
            _all(SubElement(group, "Элемент"), {"Ид": id_, "Название": title})
    return root


def encoded(root: Element, manners: Manners, *, english: bool = False) -> bytes:
    """Return the file in bytes: UTF-8 for a CRM, else what the shop declares, or what it sends all the same."""
    declares = "utf-8" if english else manners.declares
    sends = "utf-8" if english else manners.sends or manners.declares
    text = tostring(root, "unicode").replace("\r", "&#13;")
    body = f'<?xml version="1.0" encoding="{declares}"?>\n{text}'.encode(sends, "xmlcharrefreplace")
    return (b"\xef\xbb\xbf" if manners.bom else b"") + body


def _translate(element: Element) -> None:
    for one in element.iter():
        one.tag = ELEMENTS.get(one.tag, one.tag)
        one.text = REQUISITES.get(one.text or "", one.text) if one.tag == "ItemName" else one.text
        if one.tag == "BusinessTransaction" and one.text == "Заказ товара":
            one.text = "ItemOrder"


def _add(parent: Element, name: str, value: object) -> None:
    SubElement(parent, name).text = "" if value is None else str(value)


def _all(parent: Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        _add(parent, name, value)
