"""What the shop of a new portal already has: payer types, statuses, properties, pay systems and deliveries."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.sale import dictionaries as words
from sverka.sandbox.portal.sale.pay_systems import PAY_SYSTEMS
from sverka.sandbox.portal.sale.properties import GROUPS, ORDER_PROPERTIES, RELATIONS, SHIPMENT_PROPERTIES
from sverka.sandbox.portal.sale.services import DELIVERIES

_STATUSES = (
    ("N", "O", 10, "Accepted", "Принят"),
    ("S", "O", 20, "Agreed", "Согласован"),
    ("P", "O", 30, "Paid, in the making", "Оплачен, готовится"),
    ("D", "O", 40, "Refused", "Отказ"),
    ("F", "O", 50, "Fulfilled", "Выполнен"),
    ("DN", "D", 10, "Waits for shipment", "Ожидает отгрузки"),
    ("DD", "D", 20, "Called off", "Отменена"),
    ("DF", "D", 30, "Shipped", "Отгружена"),
)
_COMPANY = (("COMPANY", "Компания", ""), ("INN", "ИНН", ""), ("CONTACT_PERSON", "Контактное лицо", "isPayer"))
_PERSON = (("FIO", "Имя и фамилия", "isPayer"),)
_COMMON = (("EMAIL", "E-mail", "isEmail"), ("PHONE", "Телефон", "isPhone"), ("ADDRESS", "Адрес доставки", "isAddress"))


def fill_shop(core: Core) -> None:
    """Put payer types 1 (firms) and 2 (people), pay systems 1 and 2, deliveries 1 and 2 and the rest in place."""
    for name, code, domain in (("Юридическое лицо", "CRM_COMPANY", "E"), ("Физическое лицо", "CRM_CONTACT", "I")):
        person = words.PERSON_TYPES.insert(core, {"name": name, "code": code})
        words.DOMAINS.insert(core, {"personTypeId": person.id, "domain": domain})
        group = GROUPS.insert(core, {"name": "Данные покупателя", "personTypeId": person.id})
        for code_of, title, role in (*(_COMPANY if domain == "E" else _PERSON), *_COMMON):
            given = {"code": code_of, "name": title, "personTypeId": person.id, "propsGroupId": group.id}
            ORDER_PROPERTIES.insert(core, given | {"type": "STRING"} | ({role: "Y"} if role else {}))
        given = {"code": "COMMENT", "name": "Пожелания", "personTypeId": person.id, "propsGroupId": group.id}
        SHIPMENT_PROPERTIES.insert(core, given | {"type": "STRING"})
    for code, kind, sort, english, russian in _STATUSES:
        status = words.STATUSES.insert(core, {"type": kind, "sort": sort})
        status.values["id"] = code
        for lid, name in (("en", english), ("ru", russian)):
            words.STATUS_NAMES.insert(core, {"statusId": code, "lid": lid, "name": name})
    for name, file, cash in (("Наличные", "cash", "Y"), ("Банковская карта", "card", "A")):
        given = {"NAME": name, "PSA_NAME": name, "ACTION_FILE": file, "IS_CASH": cash, "PERSON_TYPE_ID": 2}
        PAY_SYSTEMS.insert(core, given | {"XML_ID": f"sandbox_{file}"})
    for name in ("Без доставки", "Доставка курьером"):
        DELIVERIES.insert(core, {"NAME": name, "CURRENCY": core.state.currencies[0]})
    RELATIONS.insert(core, {"entityId": 2, "entityType": "D", "propertyId": len(ORDER_PROPERTIES.rows(core))})
    for code, name in (("landing_1", "Интернет-магазин"), ("smart_invoice", "Смарт-счета")):
        words.PLATFORMS.insert(core, {"code": code, "name": name, "xmlId": f"sandbox_{code}"})
