"""Which profile takes an order: a predicate over the order's fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sverka.domain.commerce.value import Value, many, show


@dataclass(frozen=True)
class Condition:
    """One field must be among the values, among none of them, contain one of them, or lie between bounds."""

    field: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def holds(self, fields: Mapping[str, Value]) -> bool:
        """Tell whether the order's field satisfies every part that is given."""
        value = fields.get(self.field)
        texts = {_plain(item) for item in many(value)}
        folded = [text.casefold() for text in texts]
        number = value if isinstance(value, Decimal) else None
        return (
            (not self.any_of or bool(texts & set(self.any_of)))
            and not texts & set(self.none_of)
            and (not self.contains or any(part.casefold() in text for part in self.contains for text in folded))
            and (self.at_least is None or (number is not None and number >= self.at_least))
            and (self.at_most is None or (number is not None and number <= self.at_most))
        )


@dataclass(frozen=True)
class Route:
    """Conditions that must all hold. `also` takes an order besides the profile that takes it first.

    A new order is left alone until nobody has saved it for `quiet_minutes`, unless its status is a `confirmed` one.
    """

    conditions: tuple[Condition, ...] = ()
    also: bool = False
    quiet_minutes: int = 0
    confirmed: tuple[str, ...] = ()

    def takes(self, fields: Mapping[str, Value]) -> bool:
        """Tell whether an order with these fields goes this way."""
        return all(condition.holds(fields) for condition in self.conditions)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return show(value)
