"""The dictionaries of a freshly installed shop: sites, statuses, payers, properties, deliveries and pay systems."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Record = dict[str, Any]

INDIVIDUAL = 1
COMPANY = 2
NO_DELIVERY = 1
COURIER = 2
PICKUP = 3
GOODS = 14
OFFERS = 15
CASH = 1
CARD = 2


def _status(id_: str, type_: str, sort: int, color: str) -> Record:
    return {"color": color, "id": id_, "notify": "Y", "sort": sort, "type": type_, "xmlId": None}


def _statuses() -> list[Record]:
    return [
        _status("N", "O", 10, "#BEEDF1"),
        _status("P", "O", 20, "#FFF55A"),
        _status("S", "O", 30, "#47E4C2"),
        _status("D", "O", 40, "#FF5752"),
        _status("F", "O", 200, "#7BD500"),
        _status("DN", "D", 300, ""),
        _status("DD", "D", 310, ""),
        _status("DF", "D", 400, ""),
    ]


def _status_names() -> list[Record]:
    names = {
        "N": "Принят, ожидается оплата",
        "P": "Оплачен, формируется к отправке",
        "S": "Отгружен",
        "D": "Отклонён",
        "F": "Выполнен",
        "DN": "Ожидает обработки",
        "DD": "Отменён",
        "DF": "Отгружен",
    }
    return [{"description": "", "lid": "ru", "name": name, "statusId": id_} for id_, name in names.items()]


def _person_types() -> list[Record]:
    rows = ((INDIVIDUAL, "individual", "Физическое лицо", "100"), (COMPANY, "company", "Юридическое лицо", "110"))
    return [
        {"active": "Y", "code": code, "id": id_, "name": name, "sort": sort, "xmlId": ""}
        for id_, code, name, sort in rows
    ]


def _property(id_: int, person_type: int, code: str, name: str, kind: str, flag: str) -> Record:
    flags = ("isAddress", "isAddressFrom", "isAddressTo", "isEmail", "isLocation", "isPayer", "isPhone")
    return {
        "active": "Y",
        "code": code,
        "defaultValue": "",
        "description": "",
        "id": id_,
        "inputFieldLocation": "0",
        **{name_: "Y" if name_ == flag else "N" for name_ in flags},
        "isFiltered": "N",
        "isProfileName": "Y" if flag == "isPayer" else "N",
        "isZip": "N",
        "multiple": "N",
        "name": name,
        "personTypeId": person_type,
        "propsGroupId": person_type,
        "required": "Y" if flag in {"isPayer", "isEmail"} else "N",
        "settings": [],
        "sort": id_ * 10,
        "type": kind,
        "userProps": "Y",
        "util": "N",
        "xmlId": f"bx_prop_{id_}",
    }


def _properties() -> list[Record]:
    common = (
        ("FIO", "Ф.И.О.", "STRING", "isPayer"),
        ("EMAIL", "E-Mail", "STRING", "isEmail"),
        ("PHONE", "Телефон", "STRING", "isPhone"),
        ("CITY", "Город", "STRING", ""),
        ("ADDRESS", "Адрес доставки", "STRING", "isAddress"),
        ("REGION", "Регион", "STRING", ""),
        ("TRACE", "Источник перехода", "STRING", ""),
        ("PAPER", "Бумага", "ENUM", ""),
        ("LAYOUT", "Макет", "FILE", ""),
    )
    company = (("COMPANY", "Компания", "STRING", ""), ("INN", "ИНН", "STRING", ""))
    rows: list[Record] = []
    for person_type, first, fields in ((INDIVIDUAL, 1, common), (COMPANY, 21, (*common, *company))):
        for offset, (code, name, kind, flag) in enumerate(fields):
            rows.append(_property(first + offset, person_type, code, name, kind, flag))
    return rows


def _variants() -> list[Record]:
    rows: list[Record] = []
    for props_id in (8, 28):
        for offset, (value, name) in enumerate((("glossy", "Глянцевая"), ("matte", "Матовая"))):
            rows.append(
                {
                    "description": "",
                    "id": props_id * 10 + offset,
                    "name": name,
                    "orderPropsId": props_id,
                    "sort": 100 + offset * 10,
                    "value": value,
                    "xmlId": f"bx_variant_{props_id}_{value}",
                }
            )
    return rows


def _section(id_: int, name: str, parent: int | None = None) -> Record:
    return {
        "active": "Y",
        "code": None,
        "description": None,
        "descriptionType": "text",
        "iblockId": GOODS,
        "iblockSectionId": parent,
        "id": id_,
        "name": name,
        "sort": 500,
        "xmlId": None,
    }


def _product(id_: int, name: str, section: int | None, parent: int | None = None) -> Record:
    row = {
        "active": "Y",
        "iblockId": GOODS if parent is None else OFFERS,
        "iblockSectionId": section,
        "id": id_,
        "name": name,
        "quantity": Decimal(100),
        "quantityReserved": Decimal(0),
        "quantityTrace": "D",
        "type": 1 if parent is None else 4,
        "xmlId": str(id_),
    }
    return row if parent is None else {**row, "parentId": {"value": str(parent), "valueId": str(id_ * 10)}}


def _delivery(id_: int, name: str, price: str) -> Record:
    return {
        "ID": id_,
        "PARENT_ID": None,
        "NAME": name,
        "ACTIVE": "Y",
        "DESCRIPTION": "",
        "SORT": id_ * 100,
        "CURRENCY": "RUB",
        "PRICE": Decimal(price),
        "XML_ID": f"bx_delivery_{id_}",
    }


def _pay_system(id_: int, name: str, cash: str) -> Record:
    return {
        "ID": id_,
        "NAME": name,
        "PSA_NAME": name,
        "ACTIVE": "Y",
        "DESCRIPTION": "",
        "SORT": id_ * 100,
        "IS_CASH": cash,
        "PERSON_TYPE_ID": None,
        "XML_ID": f"bx_pay_{id_}",
    }


def _platform(id_: int, code: str, name: str) -> Record:
    row = {"active": "Y", "catalogSectionTabClassName": None, "class": None, "code": code, "description": ""}
    return {**row, "id": id_, "name": name, "settings": "", "xmlId": f"bx_platform_{id_}"}


@dataclass
class Catalogue:
    """Lists in the wire's own form; change them before the shop opens to get another shop."""

    site: str = "s1"
    currency: str = "RUB"
    statuses: list[Record] = field(default_factory=_statuses)
    status_names: list[Record] = field(default_factory=_status_names)
    person_types: list[Record] = field(default_factory=_person_types)
    properties: list[Record] = field(default_factory=_properties)
    variants: list[Record] = field(default_factory=_variants)
    deliveries: list[Record] = field(
        default_factory=lambda: [
            _delivery(NO_DELIVERY, "Без доставки", "0"),
            _delivery(COURIER, "Курьер", "300"),
            _delivery(PICKUP, "Самовывоз", "0"),
        ]
    )
    catalogs: list[Record] = field(
        default_factory=lambda: [
            {"iblockId": GOODS, "id": GOODS, "name": "Товары", "productIblockId": None},
            {"iblockId": OFFERS, "id": OFFERS, "name": "Торговые предложения", "productIblockId": GOODS},
        ]
    )
    sections: list[Record] = field(
        default_factory=lambda: [
            _section(1, "Полиграфия"),
            _section(2, "Визитки", 1),
            _section(3, "Премиум", 2),
            _section(4, "Сувениры"),
            _section(5, "Кружки", 4),
        ]
    )
    products: list[Record] = field(
        default_factory=lambda: [
            _product(101, "Визитки", 2),
            _product(102, "Визитки на дизайнерской бумаге", 3),
            _product(103, "Листовки", 1),
            _product(104, "Кружка", 5),
            _product(105, "Пакет", None),
            _product(201, "Кружка белая", None, 104),
        ]
    )
    platforms: list[Record] = field(
        default_factory=lambda: [_platform(1, "site", "Интернет-магазин"), _platform(2, "ymarket", "Маркет")]
    )
    pay_systems: list[Record] = field(
        default_factory=lambda: [
            _pay_system(CASH, "Наличными курьеру", "Y"),
            _pay_system(CARD, "Банковской картой", "N"),
        ]
    )

    def property_by_code(self, person_type: int, code: str) -> Record:
        """Return the property with this code for this payer; LookupError when there is none."""
        for row in self.properties:
            if row["personTypeId"] == person_type and row["code"] == code:
                return row
        raise LookupError(f"no property {code} for person type {person_type}")

    def property_by_id(self, id_: int) -> Record | None:
        """Return the property with this id, or None."""
        return next((row for row in self.properties if row["id"] == id_), None)

    def delivery(self, id_: int) -> Record:
        """Return the delivery service with this id; LookupError when there is none."""
        return _by_id(self.deliveries, id_, "delivery service")

    def pay_system(self, id_: int) -> Record:
        """Return the pay system with this id; LookupError when there is none."""
        return _by_id(self.pay_systems, id_, "pay system")

    def has_status(self, id_: object, type_: str) -> bool:
        """Whether there is such a status of an order (`O`) or of a shipment (`D`)."""
        return any(row["id"] == id_ and row["type"] == type_ for row in self.statuses)


def _by_id(rows: list[Record], id_: int, what: str) -> Record:
    for row in rows:
        if row["ID"] == id_:
            return row
    raise LookupError(f"no {what} {id_}")
