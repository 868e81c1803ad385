"""The fields of a deal's contact and company, under the keys profiles name them by: `contact.phone`, `company.inn`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.values import items_of
from sverka.domain.commerce.party import COMPANY as COMPANY_KEYS
from sverka.domain.commerce.party import CONTACT as CONTACT_KEYS
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text

PREFIX: Final[Mapping[int, str]] = {CONTACT: CONTACT_KEYS, COMPANY: COMPANY_KEYS}
"""What the keys of each type of party begin with."""

ADDRESS_TYPE: Final[Mapping[int, str]] = {CONTACT: "1", COMPANY: "6"}
"""Which of a party's addresses is meant: a person's physical one, a company's legal one."""

REACHED: Final = {"phone": "PHONE", "email": "EMAIL"}
REQUISITE: Final = {
    "inn": "RQ_INN", "kpp": "RQ_KPP", "ogrn": "RQ_OGRN", "okpo": "RQ_OKPO", "director": "RQ_DIRECTOR",
    "accountant": "RQ_ACCOUNTANT",
}  # fmt: skip
COMPANY_NAME: Final = "RQ_COMPANY_FULL_NAME"
BANK: Final = {
    "bank": "RQ_BANK_NAME", "bik": "RQ_BIK", "account": "RQ_ACC_NUM", "cor_account": "RQ_COR_ACC_NUM",
}  # fmt: skip
ADDRESS: Final = "address"
FULL_NAME: Final = "full_name"
NAME_PARTS: Final = ("lastName", "name", "secondName")

_SHORT = {"typeId": "type", "sourceId": "source", "assignedById": "responsible"}
_LONG = {short: long for long, short in _SHORT.items()}
_PLACE = ("POSTAL_CODE", "COUNTRY", "PROVINCE", "REGION", "CITY", "ADDRESS_1", "ADDRESS_2")
_NOT_FIELDS = {"fm", "hasPhone", "hasEmail", "hasImol", "searchContent"}
_PATRONYMIC = re.compile(r".{2,}(вич|ьич|вна|чна|шна)", re.IGNORECASE)


def requisite_of(entity: int) -> Mapping[str, str]:
    """Return the requisite's fields by short key; a company's full name is one of them, a person's is his own."""
    return {**REQUISITE, FULL_NAME: COMPANY_NAME} if entity == COMPANY else REQUISITE


def section(entity: int, key: str) -> str:
    """Return where the field of a short key is kept: `item`, `reach`, `requisite`, `bank` or `address`."""
    if key in REACHED:
        return "reach"
    if key in requisite_of(entity):
        return "requisite"
    if key in BANK:
        return "bank"
    return "address" if key == ADDRESS else "item"


def short_of(name: str) -> str:
    """Return the key of a portal's field: `lastName` is `last_name`, user fields stay as they are."""
    if name.startswith("UF_"):
        return name
    return _SHORT.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def long_of(key: str) -> str:
    """Return the portal's name of a field by its key."""
    if key.startswith("UF_"):
        return key
    head, *rest = key.split("_")
    return _LONG.get(key) or head + "".join(part.capitalize() for part in rest)


def reached(item: Mapping[str, Any]) -> dict[str, Value]:
    """Return a party's phones and e-mails as texts of kind and value, in the order they were given in."""
    lines = sorted(items_of(item, "fm"), key=lambda line: int(line.get("id") or 0))
    return {
        key: tuple(f"{line.get('valueType')} {line.get('value')}" for line in lines if line.get("typeId") == type_id)
        for key, type_id in REACHED.items()
    }


def full_name(item: Mapping[str, Any]) -> str:
    """Return a person's name in one line, the last name first."""
    return " ".join(str(item[part]) for part in NAME_PARTS if item.get(part))


def name_parts(text: str) -> dict[str, str]:
    """Cut a name up where a patronymic tells which word is which; else the whole stands as the first name."""
    words = text.split()
    match words:
        case [last, first, middle] if _PATRONYMIC.fullmatch(middle):
            return {"name": first, "lastName": last, "secondName": middle}
        case [first, middle, last] if _PATRONYMIC.fullmatch(middle):
            return {"name": first, "lastName": last, "secondName": middle}
    return {"name": " ".join(words), "lastName": "", "secondName": ""}


def address_text(row: Mapping[str, Any]) -> str:
    """Return an address in one line."""
    return ", ".join(str(row[part]) for part in _PLACE if row.get(part))


def address_row(text: str) -> dict[str, str]:
    """Return the parts of an address that was given in one line: all of it is the street's."""
    return {**dict.fromkeys(_PLACE, ""), "ADDRESS_1": text}


def catalogue_of(entity: int, plain: Sequence[Field]) -> list[Field]:
    """Return a party's fields for profiles: the portal's own, and those kept elsewhere than in the record itself."""
    prefix = PREFIX[entity]
    whose = Text("Contact: ", "Контакт: ") if entity == CONTACT else Text("Company: ", "Компания: ")
    extra = [(key, title, FieldType.TEXT) for key, title in _TITLES.items()]
    extra += [
        ("phone", Text("phones", "телефоны"), FieldType.PHONE),
        ("email", Text("e-mails", "e-mail"), FieldType.EMAIL),
    ]
    fields = [
        Field(f"{prefix}{key}", Text(whose.en + title.en, whose.ru + title.ru), type_, many=key in REACHED)
        for key, title, type_ in extra
    ]
    taken = {field.key for field in fields}
    for one in plain:
        key = f"{prefix}{short_of(one.key)}"
        if one.key in _NOT_FIELDS or key in taken:
            continue
        title = Text(whose.en + one.label.en, whose.ru + one.label.ru)
        fields.append(Field(key, title, one.type, many=one.many, writable=one.writable, options=one.options))
    return fields


_TITLES: Final = {
    FULL_NAME: Text("full name", "полное имя (название)"),
    ADDRESS: Text("address", "адрес"),
    "inn": Text("INN", "ИНН"),
    "kpp": Text("KPP", "КПП"),
    "ogrn": Text("OGRN", "ОГРН"),
    "okpo": Text("OKPO", "ОКПО"),
    "director": Text("director", "директор"),
    "accountant": Text("accountant", "бухгалтер"),
    "bank": Text("bank", "банк"),
    "bik": Text("BIK", "БИК"),
    "account": Text("account", "расчётный счёт"),
    "cor_account": Text("correspondent account", "корр. счёт"),
}
