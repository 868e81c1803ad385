"""Any store's order as documents for a 1C."""

import zlib
from collections.abc import Mapping
from datetime import datetime, timezone

from sverka.connectors.commerceml.goods import BASKET, DELIVERY
from sverka.connectors.commerceml.orders import CANCELED, PAID, SHIPPED, STATUS, STATUS_NAME, TRACK
from sverka.connectors.commerceml.xml import Node
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value, lines_of, show
from sverka.domain.merge.snapshot import Snapshot

_COMPANY = {"КПП": "company.kpp", "ОГРН": "company.ogrn"}


def documents_for(order: Snapshot, statuses: Mapping[str, str], zone: timezone, *, apart: bool) -> list[Node]:
    """Return an order as a document; where they are to be `apart`, payment and shipment as ones of their own."""
    told = [_order(order, statuses, zone, apart=apart)]
    if apart:
        told.append(_part(order, zone, "Выплата безналичных денег", "payment", _payment(order, zone)))
        if order.get("delivery.method_name") or order.get("delivery.method"):
            told.append(_part(order, zone, "Отпуск товара", "shipment", _shipment(order)))
    return told


def _order(order: Snapshot, statuses: Mapping[str, str], zone: timezone, *, apart: bool) -> Node:
    document = _head(order, order.id, _text(order, "order.number"), "Заказ товара", zone, apart=apart)
    document.add(_buyer(order))
    document.put("Комментарий", _text(order, "comment.manager"))
    goods = document.add(Node("Товары"))
    for place, line in enumerate(lines_of(order.get("lines")), 1):
        goods.add(_goods(line, place))
    status = _text(order, "status.code")
    told = {
        STATUS: status,
        STATUS_NAME: f"[{status}] {statuses.get(status, status)}",
        CANCELED: _flag(order.get("status") == CANCELLED),
        "Причина отмены": _text(order, "cancel_reason"),
        "Заказ оплачен": _flag(order.get("payment.paid")),
        **_payment(order, zone),
        "Способ доставки": _text(order, "delivery.method_name"),
        "Метод доставки ИД": _text(order, "delivery.method"),
        "Адрес доставки": _text(order, "delivery.address"),
        TRACK: _text(order, "delivery.track"),
        "Комментарии покупателя": _text(order, "comment.customer"),
        "Сайт": f"[{_text(order, 'site')}]" if order.get("site") else "",
    }
    own = {key: show(order.get(key)) for key in order.fields if key.startswith(("property.", "attribution."))}
    more = {key.partition(".")[2]: value for key, value in own.items() if value != "—"}
    _require(document, {**more, **{name: value for name, value in told.items() if value}})
    return document


def _part(order: Snapshot, zone: timezone, operation: str, kind: str, told: Mapping[str, str]) -> Node:
    document = _head(
        order, f"{order.id}-{kind}", f"{_text(order, 'order.number')}/{kind[0]}", operation, zone, apart=True
    )
    document.put("Основание", order.id)
    _require(document, {**{name: value for name, value in told.items() if value}, CANCELED: "false"})
    return document


def _head(order: Snapshot, id_: str, number: str, operation: str, zone: timezone, *, apart: bool) -> Node:
    document, created = Node("Документ"), order.get("order.created_at")
    moment = created.astimezone(zone) if isinstance(created, datetime) else None
    told = {
        "Ид": id_,
        "Номер": number or order.id,
        "Дата": moment.strftime("%Y-%m-%d") if moment else "",
        "Время": moment.strftime("%H:%M:%S") if moment else "",
        "ХозОперация": operation,
        "Роль": "Продавец",
        "Валюта": _text(order, "currency"),
        "Курс": "1",
        "Сумма": _text(order, "total"),
        # A reader passes over a document whose version it has seen, so it moves whenever the order does.
        "НомерВерсии": str(zlib.crc32(order.stamp.encode())) if apart else "",
    }
    for name, value in told.items():
        if value:
            document.put(name, value)
    return document


def _buyer(order: Snapshot) -> Node:
    group = Node("Контрагенты")
    buyer = group.add(Node("Контрагент"))
    company, name = _text(order, "company.name"), _text(order, "customer.name")
    names = {"Фамилия": "customer.last_name", "Имя": "customer.first_name", "Отчество": "customer.middle_name"}
    full = name or " ".join(filter(None, (_text(order, key) for key in names.values())))
    buyer.put("Ид", f"{_text(order, 'customer.external_id') or '0'}#{_text(order, 'customer.email')}#{full}")
    buyer.put("Наименование", company or full)
    if company or order.get("company.inn"):
        buyer.put("ОфициальноеНаименование", _text(order, "company.full_name") or company)
        buyer.put("ИНН", _text(order, "company.inn"))
        for word, key in _COMPANY.items():
            if order.get(key):
                buyer.put(word, _text(order, key))
        buyer.add(Node("ЮридическийАдрес")).put("Представление", _text(order, "company.address"))
    else:
        buyer.put("ПолноеНаименование", full)
        for word, key in names.items():
            if order.get(key):
                buyer.put(word, _text(order, key))
    buyer.add(Node("АдресРегистрации")).put("Представление", _text(order, "delivery.address"))
    contacts = buyer.add(Node("Контакты"))
    for kind, key in (("Телефон рабочий", "customer.phone"), ("Электронная почта", "customer.email")):
        if order.get(key):
            contact = contacts.add(Node("Контакт"))
            contact.put("Тип", kind)
            contact.put("Значение", _text(order, key))
    if company and full:
        person = buyer.add(Node("Представители")).add(Node("Представитель")).add(Node("Контрагент"))
        person.put("Отношение", "Контактное лицо")
        person.put("Наименование", full)
    buyer.put("Роль", "Покупатель")
    return group


def _goods(line: Line, place: int) -> Node:
    row = Node("Товар")
    is_delivery = line.kind == "delivery"
    row.put("Ид", DELIVERY if is_delivery else line.xml_id or line.product or line.sku or f"row-{place}")
    if line.sku:
        row.put("Артикул", line.sku)
    row.put("Наименование", line.name)
    row.add(Node("БазоваяЕдиница", "", {"Код": line.measure or "796"}))
    if line.discount:
        discount = row.add(Node("Скидки")).add(Node("Скидка"))
        discount.put("Наименование", "Скидка на товар")
        discount.put("Сумма", f"{line.discount:f}")
        discount.put("УчтеноВСумме", "true")
    row.put("ЦенаЗаЕдиницу", f"{line.price:f}")
    row.put("Количество", f"{line.quantity:f}")
    row.put("Сумма", f"{line.total:f}")
    kind = "Товар" if line.kind == "goods" else "Услуга"
    chosen = {f"{BASKET}{name}": value for name, value in line.properties}
    _require(row, {"ВидНоменклатуры": kind, "ТипНоменклатуры": kind, "НомерПозицииКорзины": line.id, **chosen})
    rate = row.add(Node("СтавкиНалогов")).add(Node("СтавкаНалога"))
    rate.put("Наименование", "НДС")
    rate.put("Ставка", "Без НДС" if line.tax_rate is None else f"{line.tax_rate:f}")
    return row


def _payment(order: Snapshot, zone: timezone) -> dict[str, str]:
    paid_at = order.get("payment.paid_at")
    return {
        "Метод оплаты ИД": _text(order, "payment.method"),
        "Метод оплаты": _text(order, "payment.method_name"),
        PAID: _flag(order.get("payment.paid")),
        "Дата оплаты": paid_at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S") if isinstance(paid_at, datetime) else "",
    }


def _shipment(order: Snapshot) -> dict[str, str]:
    return {
        "Метод доставки ИД": _text(order, "delivery.method"),
        "Метод доставки": _text(order, "delivery.method_name"),
        "Сумма доставки": _text(order, "delivery.price"),
        SHIPPED: _flag(order.get("delivery.shipped")),
        TRACK: _text(order, "delivery.track"),
    }


def _require(node: Node, told: Mapping[str, str]) -> None:
    for name, value in told.items():
        node.put_requisite(name, value)


def _flag(value: Value) -> str:
    return "true" if value else "false"


def _text(order: Snapshot, key: str) -> str:
    value = order.get(key)
    return "" if value in (None, "", ()) else show(value)
