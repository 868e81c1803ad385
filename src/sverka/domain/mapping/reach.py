"""Converters of what a contact holds several of: phones, e-mails; and of a name, which every system cuts up its way.

A contact's phones are texts of a kind and a number, `MOBILE +79990000001`, in the order they stand in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sverka.domain.commerce.reached import digits, emails_in, phones_in
from sverka.domain.commerce.value import Value, many
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.text import Text


def kind_and_value(entry: Value) -> tuple[str, str]:
    """Return the kind and the number of one of a contact's phones or e-mails."""
    kind, _, value = str(entry).partition(" ")
    return (kind, value) if value and kind.isascii() and kind.isalpha() and kind.isupper() else ("", str(entry))


@dataclass(frozen=True)
class Reachable:
    """The phone or e-mail of an order, and all those of its contact.

    An order may tell several in one text, or a sentence round them: the numbers alone go to the contact.
    What goes to the contact is of one `kind`. What stands there under any kind agrees, so that older orders of a buyer
    stay in agreement when a newer one adds a number; but only that kind goes to the order, unless `takes_others`.
    """

    what: Literal["phone", "email"]
    kind: str
    takes_others: bool = False

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the contact's entries for an order's; an order that tells no number or address at all has none."""
        found = [one for item in many(value) for one in self._parts(str(item))]
        return tuple(f"{self.kind} {one}" for one in found) if found else Unmapped(value, _UNREADABLE[self.what])

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the first entry of the wanted kind."""
        entries = [kind_and_value(entry) for entry in many(value)]
        mine = [number for kind, number in entries if kind == self.kind]
        if not mine and self.takes_others:
            mine = [number for _, number in entries]
        return mine[0] if mine else Unmapped(value, _other_kind(self.kind))

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether all that the order has stands in the contact, under whatever kind."""
        asked = {one for item in many(store) for one in self._meanings(str(item))}
        return bool(asked) and asked <= self._held(many(office))

    def stands(self, entry: Value, among: Collection[Value]) -> bool:
        """Tell whether a number stands among others, under whatever kind and in whatever spelling."""
        return entry in among or self.agree(kind_and_value(entry)[1], tuple(among))

    def fingerprint(self) -> str:
        """Name the kind."""
        return f"reach:{self.what}:{self.kind}{'*' * self.takes_others}"

    def _held(self, entries: Collection[Value]) -> set[str]:
        return {one for entry in entries for one in self._meanings(kind_and_value(entry)[1])}

    def _parts(self, text: str) -> Collection[str]:
        return emails_in(text) if self.what == "email" else phones_in(text)

    def _meanings(self, text: str) -> Collection[str]:
        return {one.lower() if self.what == "email" else digits(one) for one in self._parts(text)}


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
