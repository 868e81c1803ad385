"""Every kind of property with every kind of field: refused with both named, or it carries a value; over real HTTP."""

from itertools import product
from typing import Any, NamedTuple

import pytest

from support.field_pairs import add_property, joined, site_order
from support.http_world import PORTAL, PRINT, SITE, HttpWorld
from sverka.config.check import check
from sverka.sandbox.portal.crm.fields import DEAL

SAMPLES: dict[str, dict[str, Any]] = {
    "STRING": {
        "string": "слово", "url": "https://shop.test/1", "money": "12.50", "double": "12.5", "integer": "12",
        "date": "31.12.2026", "datetime": "2026-12-31T10:00:00+03:00", "boolean": "Y", "enumeration": "glossy",
        "address": "Пермь, Мира, 1",
    },
    "NUMBER": {},
    "DATE": {},
    "Y/N": {},
    "ENUM": {},
    "FILE": {},
}  # fmt: skip
USUAL = {"NUMBER": "12", "DATE": "31.12.2026", "Y/N": "Y", "ENUM": "glossy", "FILE": {"fileData": ["а.txt", "eHh4"]}}
"""What a buyer gives for a property of a kind: by the kind of field it is joined with, and else."""

KEYS = {"STRING": "glossy", "NUMBER": "12", "DATE": "2026-12-31", "Y/N": "Y", "ENUM": "glossy"}
"""How a table of values names what a buyer gives."""

THEIRS = {**SAMPLES["STRING"], "money": "12.5", "date": "2026-12-31", "datetime": "2026-12-31T07:00:00+00:00"}
"""How a table of values names what a portal keeps, in a field of a kind that is no list."""

FIELDS = [*SAMPLES["STRING"], "file"]


class Kind(NamedTuple):
    """A property's type, a field's type, and whether both are of several values."""

    ours: str
    theirs: str
    many: bool

    @property
    def name(self) -> str:
        return "_".join([self.ours.replace("/", ""), self.theirs, *["many"] * self.many]).upper()

    @property
    def given(self) -> Any:
        value = SAMPLES[self.ours].get(self.theirs, USUAL.get(self.ours))
        return [value] if self.many else value

    def row(self, world: HttpWorld) -> str:
        fields = world.portal.core.state.user_fields.values()
        options = next(one.options for one in fields if one.field_name == f"UF_CRM_{self.name}")
        value = options[0].id if options else THEIRS.get(self.theirs)
        asked = value and self.ours in KEYS and (self.ours == "ENUM" or options)
        values = f', values = {{ "{KEYS[self.ours]}" = "{value}" }}' if asked else ""
        return f'"property.{self.name}" = {{ to = "UF_CRM_{self.name}", way = "<->"{values} }}'


KINDS = [Kind(*kinds) for kinds in product(SAMPLES, FIELDS, (False, True))]
APART = {
    "NUMBER": {"url", "date", "datetime"},
    "DATE": {"url", "money", "double", "integer", "boolean"},
    "Y/N": {"url", "date", "datetime"},
}
"""What cannot be made of one another, besides files of anything else, and several yes and no of anything."""


def is_apart(kind: Kind) -> bool:
    files = (kind.ours == "FILE") != (kind.theirs == "file")
    flags = kind.many and (kind.ours == "Y/N" or kind.theirs == "boolean")
    return files or flags or kind.theirs in APART.get(kind.ours, ())


@pytest.mark.covers("R12", "R72")
def test_a_pair_of_types_is_refused_with_both_named_or_it_carries_a_value() -> None:
    with HttpWorld([SITE]) as world:
        for kind in KINDS:
            add_property(world, kind.name, kind.ours, many=kind.many)
            options = ["Глянец", "Мат"] if kind.theirs == "enumeration" else None
            world.portal.add_field(DEAL, kind.name, kind.theirs, multiple=kind.many, options=options)
        world.learn()
        sides = world._catalogues[SITE], world._catalogues[PORTAL]
        told = {kind: [one for one in check(f"{PRINT}\n{kind.row(world)}\n", *sides) if one.bad] for kind in KINDS}
        assert {kind for kind in KINDS if told[kind]} == {kind for kind in KINDS if is_apart(kind)}
        for kind, found in told.items():
            assert not found or any(f"property.{kind.name}" in one.text.ru for one in found), kind
        working = [kind for kind in KINDS if not told[kind]]
        joined(world, "\n".join(kind.row(world) for kind in working))
        order = site_order(world, **{kind.name: kind.given for kind in working})
        world.settle()
        assert world.differences(order) == {}
        shown = {kind: world.deal(order).get(f"UF_CRM_{kind.name}") for kind in working}
        assert [kind for kind, value in shown.items() if value in (None, "", [], "N")] == []
        world.assert_at_rest()
