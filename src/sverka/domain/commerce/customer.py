"""Buyers, and the keys by which one buyer is known to be another (K9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sverka.domain.commerce.value import Value

KeyKind = Literal["phone", "email", "company"]


@dataclass(frozen=True, order=True)
class MatchKey:
    """One normalised way to recognise a buyer: a phone's digits, a lower-case e-mail, a company's name."""

    kind: KeyKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Customer:
    """A buyer, as an order names him. `phone` is E.164 where it could be read as a number, else as typed."""

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    middle_name: str = ""
    phone: str = ""
    email: str = ""
    external_id: str = ""
    company: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Value]) -> "Customer":
        """Take the buyer out of an order's fields (`customer.*`)."""
        return cls(
            **{
                part: str(fields.get(f"customer.{part}") or "")
                for part in ("name", "first_name", "last_name", "middle_name", "phone", "email", "external_id")
            },
            company=str(fields.get("company.name") or ""),
        )

    def keys(self, kinds: tuple[KeyKind, ...] = ("phone", "email")) -> tuple[MatchKey, ...]:
        """Return the keys this buyer can be matched by, in the order they are to be tried."""
        found: dict[KeyKind, str] = {"phone": digits(self.phone), "email": self.email.strip().lower()}
        return tuple(MatchKey(kind, found[kind]) for kind in kinds if found.get(kind))

    def company_keys(self) -> tuple[MatchKey, ...]:
        """Return the key of the company he buys for: its name, with every run of spaces as one (R268)."""
        name = " ".join(self.company.split())
        return (MatchKey("company", name),) if name else ()


def digits(phone: str) -> str:
    """Return a phone as its digits alone, with the Russian trunk prefix 8 read as +7; empty if under 5 digits."""
    bare = "".join(char for char in phone if char.isascii() and char.isdigit())
    if len(bare) == 11 and bare.startswith("8") and not phone.strip().startswith("+"):
        bare = "7" + bare[1:]
    return bare if len(bare) >= 5 else ""
