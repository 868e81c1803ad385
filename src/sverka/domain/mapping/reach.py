"""Converters of what a contact holds several of: phones, e-mails; and of a name, which every system cuts up its way.

A contact's phones are texts of a kind and a number, `MOBILE +79990000001`, in the order they stand in.
"""

import re
from dataclasses import dataclass
from typing import Literal

from sverka.domain.commerce.customer import digits
from sverka.domain.commerce.value import Value, many
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.text import Text

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def kind_and_value(entry: Value) -> tuple[str, str]:
    """Return the kind and the number of one of a contact's phones or e-mails."""
    kind, _, value = str(entry).partition(" ")
    return (kind, value) if value else ("", kind)


@dataclass(frozen=True)
class Reachable:
    """One phone or e-mail of an order, and all those of its contact.

    What goes to the contact is of one `kind`. What stands there under any kind agrees, so that older orders of a buyer
    stay in agreement when a newer one adds a number; but only that kind goes to the order, unless `takes_others`.
    """

    what: Literal["phone", "email"]
    kind: str
    takes_others: bool = False

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the contact's entries for an order's; what is no number or no address is none."""
        texts = [str(item).strip() for item in many(value)]
        bad = [text for text in texts if not self._meaning(text)]
        return Unmapped(value, _UNREADABLE[self.what]) if bad else tuple(f"{self.kind} {text}" for text in texts)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the first entry of the wanted kind."""
        entries = [kind_and_value(entry) for entry in many(value)]
        mine = [number for kind, number in entries if kind == self.kind]
        if not mine and self.takes_others:
            mine = [number for _, number in entries]
        return mine[0] if mine else Unmapped(value, _other_kind(self.kind))

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether all that the order has stands in the contact, under whatever kind."""
        held = {self._meaning(kind_and_value(entry)[1]) for entry in many(office)}
        asked = {self._meaning(str(item)) for item in many(store)}
        return bool(asked) and "" not in asked and asked <= held

    def fingerprint(self) -> str:
        """Name the kind."""
        return f"reach:{self.what}:{self.kind}{'*' * self.takes_others}"

    def _meaning(self, text: str) -> str:
        text = text.strip()
        if self.what == "email":
            return text.lower() if _EMAIL.fullmatch(text) else ""
        return digits(text)


_UNREADABLE = {
    "phone": Text(
        "The order's phone is no number; correct it in the store, and it goes to the contact.",
        "Телефон в заказе – не номер; исправьте его в магазине, и он попадёт в контакт.",
    ),
    "email": Text(
        "The order's e-mail is no address; correct it in the store, and it goes to the contact.",
        "E-mail в заказе – не адрес; исправьте его в магазине, и он попадёт в контакт.",
    ),
}


def _other_kind(kind: str) -> Text:
    return Text(
        f"The contact has none of the kind {kind}, and only that kind is taken; change the kind in the portal, or set "
        '`other_kinds = "use"` in [customer].',
        f"У контакта нет значения вида {kind}, а берётся только он; смените вид на портале или укажите "
        '`other_kinds = "use"` в [customer].',
    )


@dataclass(frozen=True)
class FullName:
    """A person's name: the same words are the same name, in whatever order and however they are cut into fields."""

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the name with single spaces."""
        return " ".join(str(value).split()) or None

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the name with single spaces."""
        return self.to_office(value)

    def agree(self, store: Value, office: Value) -> bool:
        """Compare the words."""
        return _words(store) == _words(office)

    def fingerprint(self) -> str:
        """Name the conversion."""
        return "full-name"


def _words(value: Value) -> list[str]:
    return sorted(str(value or "").casefold().replace("ё", "е").split())
