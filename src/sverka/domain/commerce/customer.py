"""Buyers, and the keys by which one buyer is known to be another (K9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sverka.domain.commerce.reached import digits, emails_in, phones_in
from sverka.domain.commerce.requisites import is_inn
from sverka.domain.commerce.value import Value

KeyKind = Literal["phone", "email", "company", "inn", "external_id", "lead"]

SEARCHED: frozenset[KeyKind] = frozenset({"phone", "email", "company", "inn"})
"""The keys a back office can be searched by; a store's own id of a buyer is known to the hub alone."""


@dataclass(frozen=True, order=True)
class MatchKey:
    """One normalised way to recognise a buyer: a phone's digits, a lower-case e-mail, a company's name or INN.

    An `external_id` is the store's own id of a buyer, after the store's name and a slash. A `lead` is any other key,
    under which the lead is remembered that a client is.
    """

    kind: KeyKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Customer:
    """A buyer, as an order names him. `phone` and `email` are as typed: several perhaps, or with words beside them."""

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    middle_name: str = ""
    phone: str = ""
    email: str = ""
    external_id: str = ""
    company: str = ""
    inn: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Value], sources: Mapping[str, str] | None = None) -> "Customer":
        """Take the buyer out of an order's fields (`customer.*`); `sources` name other fields where a key has one."""
        keys = {part: f"customer.{part}" for part in _PARTS} | {"company": "company.name", "inn": "company.inn"}
        return cls(**{part: _text(fields.get((sources or {}).get(key, key))) for part, key in keys.items()})

    @property
    def phones(self) -> Sequence[str]:
        """His phones, each alone."""
        return phones_in(self.phone)

    @property
    def emails(self) -> Sequence[str]:
        """His e-mail addresses, each alone."""
        return emails_in(self.email)

    @property
    def called(self) -> str:
        """What a contact is called that is made of him: his name, or whatever else he told."""
        return self.name or next(iter((*self.phones, *self.emails)), "") or self.phone or self.email

    def as_party(self, kinds: tuple[str, str], *, is_company: bool) -> dict[str, Value]:
        """Return what a contact, or a company, shows that was made of him; `kinds` are the phone's and the e-mail's."""
        if is_company:
            return {"company.title": self.company}
        phone, email = kinds
        given = self.first_name or self.last_name
        return {
            "contact.name": self.first_name if given else self.called,
            "contact.last_name": self.last_name,
            "contact.second_name": self.middle_name,
            "contact.full_name": " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))
            or self.called,
            "contact.phone": tuple(f"{phone} {one}" for one in self.phones),
            "contact.email": tuple(f"{email} {one}" for one in self.emails),
        }

    def keys(self, kinds: tuple[KeyKind, ...] = ("phone", "email"), store: str = "") -> tuple[MatchKey, ...]:
        """Return the keys this buyer can be matched by, in the order they are to be tried; `store` is whose he is."""
        found: dict[KeyKind, Sequence[str]] = {
            "phone": [digits(one) for one in self.phones],
            "email": [one.lower() for one in self.emails],
            "external_id": [f"{store}/{self.external_id}"] if self.external_id else [],
        }
        return tuple(dict.fromkeys(MatchKey(kind, value) for kind in kinds for value in found.get(kind, ())))

    def company_keys(self, kinds: tuple[KeyKind, ...] = ()) -> tuple[MatchKey, ...]:
        """Return the key of the company he buys for: its name, with every run of spaces as one (R268).

        With `inn` among the kinds its INN takes the name's place: one name may be several companies'. A mistyped INN
        is nobody's.
        """
        name, inn = " ".join(self.company.split()), "".join(char for char in self.inn if char.isdigit())
        if "inn" in kinds and is_inn(inn):
            return (MatchKey("inn", inn),)
        return (MatchKey("company", name),) if name else ()


_PARTS = ("name", "first_name", "last_name", "middle_name", "phone", "email", "external_id")


def _text(value: Value) -> str:
    return " ".join(str(item) for item in value) if isinstance(value, tuple) else str(value or "")
