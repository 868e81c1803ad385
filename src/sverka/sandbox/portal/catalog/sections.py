"""Sections of a catalogue, a tree whose leaves hold products."""

from __future__ import annotations

from sverka.sandbox.portal.catalog.room import CLASSIC, Room, refusal
from sverka.sandbox.portal.catalog.tables import CATALOG, PRODUCT, SECTION
from sverka.sandbox.portal.core import Core, Method
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

_BAD_PARENT = (200700300000, 200700300010)


def _check(core: Core, given: Values, item: Item | None) -> None:
    """Refuse an unknown catalogue, a parent of another one or below the section itself, and a code that is taken."""
    merged = (item.values if item else {}) | given
    iblock = merged["iblockId"]
    if iblock not in CATALOG.rows(core):
        raise refusal("The specified iblock does not exist", 200700300050)
    parent = merged.get("iblockSectionId")
    seen = {item.id} if item else set()
    while parent:
        section = SECTION.rows(core).get(parent)
        if section is None or section.values["iblockId"] != iblock or section.id in seen:
            raise refusal("Wrong parent section", _BAD_PARENT[item is not None])
        seen.add(section.id)
        parent = section.values["iblockSectionId"]
    code = merged.get("code")
    if code and any(other is not item for other in SECTION.where(core, iblockId=iblock, code=code)):
        raise refusal("Section with the same code already exists", 200700300040)


def main_catalog(core: Core) -> int:
    """Return the id of the catalogue products are in, not the one of their variations."""
    return CATALOG.where(core, productIblockId=None)[0].id


def _drop(core: Core, item: Item) -> None:
    """Delete the sections below; products of any of them are in none from then on."""
    for child in SECTION.where(core, iblockSectionId=item.id):
        del SECTION.rows(core)[child.id]
        _drop(core, child)
    for product in PRODUCT.rows(core).values():
        held = product.values
        held["iblockSection"] = [number for number in held["iblockSection"] if number != item.id]
        if held["iblockSectionId"] == item.id:
            held["iblockSectionId"] = None


_EVENTS = ("ONCRMPRODUCTSECTION",)
_FAMILY = Room(
    "catalog.section", SECTION, "section", "sections", read=(400, 200040300040, "Access Denied"),
    write=(400, 200040300040, "Access Denied"), demanded=("iblockId", "name"), check=_check, deleted=_drop,
    events=_EVENTS, missing=(400, 200700300030, "section does not exist"),
)  # fmt: skip
_CLASSIC_FIELDS = {"ID", "CATALOG_ID", "SECTION_ID", "NAME", "XML_ID", "CODE"}


def _classic_shape(core: Core, item: Item, answer: Values) -> Values:
    del core, item
    return {name: value for name, value in answer.items() if name in _CLASSIC_FIELDS}


class _ClassicSections(Room):
    """Sections as the CRM knows them; without CATALOG_ID they are of the catalogue of products."""

    def _clean(self, core: Core, params: Params) -> Values:
        return {"iblockId": main_catalog(core)} | super()._clean(core, params)


_CLASSIC = _ClassicSections(
    "crm.productsection", SECTION, check=_check, deleted=_drop, shape=_classic_shape, events=_EVENTS, **CLASSIC
)

METHODS: list[Method] = [*_FAMILY.methods(), *_CLASSIC.methods()]
