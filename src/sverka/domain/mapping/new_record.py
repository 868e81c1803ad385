"""What a record is born with beyond the mapped fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sverka.domain.commerce.value import Value, is_empty, many, show
from sverka.domain.mapping.routing import SectionRule, pipeline_by

PIPELINE = "categoryId"
"""The field of a record that holds its funnel."""

_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Pick:
    """A value of a new record's field by what the order shows in one of its own."""

    field: str
    by: str
    values: Mapping[str, str]

    def value(self, fields: Mapping[str, Value]) -> str:
        """Return the value for an order, of several the first that leads to one; empty where none does."""
        shown = (show(one) for one in many(fields.get(self.by)))
        return next((self.values[one] for one in shown if one in self.values), "")


@dataclass(frozen=True)
class NewRecord:
    """What a record is born with beyond the mapped fields.

    `constants` are office fields with fixed values (the pipeline, a source); `title` is a template over order
    fields, and so are `texts`, by the office field they fill. `by_section` and `picks` stand above the constants.
    `trace` is the order field that holds the trace of the buyer's visit, empty where it is made of what the store
    itself tells, None where none is wanted. `adopt` names older programs, each with a template of the origin it
    wrote: a record of theirs is taken over.

    `responsible` is an employee's id; with `responsible_from_contact` the buyer's own one is preferred, then one of
    the pipeline's. Where there are several (`in_turn` in place of the one), new records go to them in turn.
    """

    title: str = "{order.number}"
    title_field: str = "title"
    constants: Mapping[str, Value] = field(default_factory=dict)
    responsible: str = ""
    responsible_from_contact: bool = False
    in_turn: tuple[str, ...] = ()
    responsible_by_pipeline: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_section: tuple[SectionRule, ...] = ()
    picks: tuple[Pick, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    trace: str | None = None
    adopt: tuple[tuple[str, str], ...] = ()

    def aimed(self, fields: Mapping[str, Value]) -> "NewRecord":
        """Return what this order's record is born with: rules have become constants."""
        found: dict[str, Value] = {pick.field: pick.value(fields) for pick in self.picks}
        found[PIPELINE] = pipeline_by(self.by_section, fields)
        constants = {**self.constants, **{key: value for key, value in found.items() if value}}
        return self if constants == self.constants else replace(self, constants=constants)

    def answered_by(self, people: Sequence[str]) -> "NewRecord":
        """Return the same record with these employees as the default ones, in turn if there are several."""
        return replace(self, responsible=next(iter(people), ""), in_turn=tuple(people) if len(people) > 1 else ())

    def people(self, own: str = "") -> Sequence[tuple[str, tuple[str, ...]]]:
        """Return who may answer for the record, best first, each rank with its name (R108).

        The buyer's own employee, then those of the pipeline, then the default ones; after them whoever the hub is
        connected by.
        """
        pipeline = show(self.constants.get(PIPELINE))
        ranks = [
            ("contact", (own,) if own and self.responsible_from_contact else ()),
            (f"pipeline {pipeline}", self.responsible_by_pipeline.get(pipeline, ())),
            ("default", self.in_turn or ((self.responsible,) if self.responsible else ())),
        ]
        return [(name, people) for name, people in ranks if people]

    def employees(self) -> frozenset[str]:
        """Return every employee it names."""
        named = (
            self.responsible,
            *self.in_turn,
            *(one for some in self.responsible_by_pipeline.values() for one in some),
        )
        return frozenset(one for one in named if one)


def fill(template: str, fields: Mapping[str, Value]) -> str:
    """Put an order's fields into a template's `{places}`; an empty field leaves nothing behind."""

    def value(place: re.Match[str]) -> str:
        found = fields.get(place.group(1).strip())
        return "" if is_empty(found) else show(found)

    return " ".join(_PLACE.sub(value, template).split()).rstrip(" :-–—,")


def compose(template: str, fields: Mapping[str, Value]) -> str:
    """Fill a text line by line; a line with nothing left in it is left out."""
    return "\n".join(line for line in (fill(line, fields) for line in template.split("\n")) if line)


def places(template: str) -> Sequence[str]:
    """Return the field keys a template names."""
    return [match.strip() for match in _PLACE.findall(template)]
