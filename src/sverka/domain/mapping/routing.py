"""Which profile takes an order: a predicate over the order's fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sverka.domain.commerce.value import Value, many, show
from sverka.domain.mapping.pattern import matches

KNOWN = "customer.known"
"""Whether the buyer had a contact before this order: the hub looks it up for those routes that ask."""

SECTIONS = "lines.section"
"""The catalogue sections of an order's products: a path a product, from its own section up to the root."""


@dataclass(frozen=True)
class Condition:
    """What one field must satisfy; every part that is given must hold.

    The field must be among the values, among none of them, contain one of them, begin with one, match one of the
    patterns, or lie between bounds. All but the first two leave case aside. A field of several values satisfies a
    part if any of them does.
    """

    field: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    starts: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()

    def holds(self, fields: Mapping[str, Value]) -> bool:
        """Tell whether the order's field satisfies every part that is given."""
        value = fields.get(self.field)
        texts = set(_texts(value))
        folded = [text.casefold() for text in texts]
        number = value if isinstance(value, Decimal) else None
        return (
            (not self.any_of or bool(texts & set(self.any_of)))
            and not texts & set(self.none_of)
            and (not self.contains or any(part.casefold() in text for part in self.contains for text in folded))
            and (not self.starts or any(text.startswith(part.casefold()) for part in self.starts for text in folded))
            and (not self.matches or any(matches(pattern, text) for pattern in self.matches for text in texts))
            and (self.at_least is None or (number is not None and number >= self.at_least))
            and (self.at_most is None or (number is not None and number <= self.at_most))
        )


@dataclass(frozen=True)
class Route:
    """Conditions that must all hold, and of `groups`, where there are any, at least one whole group.

    `also` takes an order besides the profile that takes it first. A new order is left alone until nobody has saved it
    for `quiet_minutes`, unless its status is a `confirmed` one.
    """

    conditions: tuple[Condition, ...] = ()
    also: bool = False
    groups: tuple[tuple[Condition, ...], ...] = ()
    quiet_minutes: int = 0
    confirmed: tuple[str, ...] = ()

    def takes(self, fields: Mapping[str, Value]) -> bool:
        """Tell whether an order with these fields goes this way."""
        return all(condition.holds(fields) for condition in self.conditions) and (
            not self.groups or any(all(condition.holds(fields) for condition in group) for group in self.groups)
        )

    @property
    def takes_all(self) -> bool:
        """Whether there is no condition at all."""
        return not self.conditions and not self.groups

    def fields(self) -> frozenset[str]:
        """Return the keys of the fields it looks at."""
        every = (*self.conditions, *(condition for group in self.groups for condition in group))
        return frozenset(condition.field for condition in every)


@dataclass(frozen=True)
class SectionRule:
    """Orders with products of one of these catalogue sections, or of sections below them, go to this pipeline."""

    sections: tuple[str, ...]
    pipeline: str


def pipeline_by(rules: tuple[SectionRule, ...], fields: Mapping[str, Value]) -> str:
    """Return the pipeline the order's products lead to, empty where no rule names a section of theirs.

    For each product the rule on its nearest section counts, so that one on the root serves whatever has no nearer
    one (R95). Where the products of an order lead different ways, the rule that stands first decides (R93).
    """
    found = [rule for path in many(fields.get(SECTIONS)) if (rule := _nearest(rules, path)) is not None]
    return rules[min(found)].pipeline if found else ""


def _nearest(rules: tuple[SectionRule, ...], path: Value) -> int | None:
    for section in _texts(path):
        for place, rule in enumerate(rules):
            if section in rule.sections:
                return place
    return None


def _texts(value: Value) -> Iterator[str]:
    for item in many(value):
        if isinstance(item, tuple):
            yield from _texts(item)
        else:
            yield _plain(item)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return show(value)
