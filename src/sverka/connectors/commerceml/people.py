"""Who an order is for, by its document: a person or a firm."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sverka.connectors.commerceml.xml import Node
from sverka.connectors.kit.phone import to_e164
from sverka.domain.commerce.customer import Customer

_BUYERS = {"покупатель", "плательщик", "buyer", "payer"}
_NUMBER = re.compile(r"(?:^|#user#)(\d+)(?:#|$)")


@dataclass(frozen=True)
class Buyer:
    """The buyer, the requisites of his company, and where he is."""

    customer: Customer = field(default_factory=Customer)
    requisites: Mapping[str, str] = field(default_factory=dict)
    is_company: bool = False
    address: str = ""
    region: str = ""
    city: str = ""


def buyer_of(document: Node, region: str) -> Buyer:
    """Return the counterparty who buys or pays, or else the first; `region` is the country of bare phones."""
    parties = document.under("Контрагенты", "Контрагент")
    buyer = next((one for one in parties if one.told("Роль").casefold() in _BUYERS), next(iter(parties), None))
    if buyer is None:
        return Buyer()
    official = buyer.told("ОфициальноеНаименование")
    is_company = bool(official or buyer.told("ИНН"))
    name = buyer.told("Наименование") or buyer.told("ПолноеНаименование")
    people = [] if not is_company else buyer.under("Представители", "Представитель")
    person = next((one.told("Контрагент", "Наименование") for one in people), "")
    contacts = [(one.told("Тип").casefold(), one.told("Значение")) for one in buyer.under("Контакты", "Контакт")]
    customer = Customer(
        name=(person if is_company else name) or _joined(buyer),
        first_name=buyer.told("Имя"),
        last_name=buyer.told("Фамилия"),
        middle_name=buyer.told("Отчество"),
        phone=to_e164(_contact(contacts, ("телефон", "phone", "мобильн")), region),
        email=_contact(contacts, ("почта", "mail")),
        external_id=_number(buyer.told("Ид")),
        company=(name or official) if is_company else "",
        inn=buyer.told("ИНН"),
    )
    place = next(
        (found for word in ("АдресДоставки", "АдресРегистрации", "Адрес") if (found := buyer.child(word))), None
    )
    parts = _parts(place)
    return Buyer(
        customer,
        _requisites(buyer, official) if is_company else {},
        is_company,
        place.told("Представление") if place is not None else "",
        parts.get("регион", "") or parts.get("область", ""),
        parts.get("город", "") or parts.get("населенный пункт", ""),
    )


def _joined(buyer: Node) -> str:
    return " ".join(filter(None, (buyer.told(part) for part in ("Фамилия", "Имя", "Отчество"))))


def _contact(contacts: Sequence[tuple[str, str]], words: Sequence[str]) -> str:
    return next((value for kind, value in contacts if value and any(word in kind for word in words)), "")


def _number(raw: str) -> str:
    """Return the buyer's number in the shop out of `7#login#name` or `wc1c#user#7`; a guest's zero is none."""
    found = _NUMBER.search(raw)
    return ("" if found[1] == "0" else found[1]) if found else raw


def _parts(place: Node | None) -> dict[str, str]:
    fields = place.all("АдресноеПоле") if place is not None else []
    return {one.told("Тип").casefold(): one.told("Значение") for one in fields}


def _requisites(buyer: Node, official: str) -> dict[str, str]:
    account = next(iter(buyer.under("РасчетныеСчета", "РасчетныйСчет")), None)
    bank = account.child("Банк") if account is not None else None
    found = {
        "full_name": buyer.told("ПолноеНаименование") or official,
        "inn": buyer.told("ИНН"),
        "kpp": buyer.told("КПП"),
        "ogrn": buyer.told("ОГРН"),
        "address": buyer.told("ЮридическийАдрес", "Представление") or buyer.told("АдресРегистрации", "Представление"),
    }
    if account is not None:
        found["account"] = account.told("НомерСчета")
    if bank is not None:
        found |= {"bank": bank.told("Наименование"), "bik": bank.told("БИК")}
        found["cor_account"] = bank.told("СчетКорреспондентский")
    return {key: value for key, value in found.items() if value}
