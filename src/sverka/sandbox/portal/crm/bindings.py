"""`crm.*.contact.*` and `crm.contact.company.*`: which contacts a record has, and which companies a contact."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD, NAMES, QUOTE
from sverka.sandbox.portal.crm.items import change_item
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import describe
from sverka.sandbox.portal.state import Item


class _Bindings:
    """The six methods of one relation: `owner` has a list of `linked` records, the first of which is primary."""

    def __init__(self, owner: int, linked: int) -> None:
        self._owner_type = owner
        self._name = f"{NAMES[linked].lower()}Ids"
        self._key = f"{NAMES[linked]}_ID"
        self.prefix = f"crm.{NAMES[owner].lower()}.{NAMES[linked].lower()}"

    def methods(self) -> list[Method]:
        """Return the methods under their documented names."""
        return [
            Method(f"{self.prefix}.fields", self._fields, classic=True),
            Method(f"{self.prefix}.add", self._add, writes=True, classic=True),
            Method(f"{self.prefix}.delete", self._delete, writes=True, classic=True),
            Method(f"{self.prefix}.items.get", self._get, classic=True),
            Method(f"{self.prefix}.items.set", self._set, writes=True, classic=True),
            Method(f"{self.prefix}.items.delete", self._clear, writes=True, classic=True),
        ]

    def _fields(self, core: Core, params: Params) -> Reply:
        del core, params
        specs = [
            FieldSpec("sort", "integer", "SORT"),
            FieldSpec("isPrimary", "char", "IS_PRIMARY"),
            FieldSpec("linked", "integer", self._key, mandatory=True),
        ]
        return Reply({spec.upper: describe(spec) for spec in specs})

    def _get(self, core: Core, params: Params) -> Reply:
        owner = self._owner(core, params)
        sorts = self._sorts(core, owner)
        return Reply(
            [
                {
                    self._key: number,
                    "SORT": sorts.get(number, place * 10),
                    "ROLE_ID": 0,
                    "IS_PRIMARY": "Y" if place == 1 else "N",
                }
                for place, number in enumerate(owner.values[self._name], start=1)
            ]
        )

    def _set(self, core: Core, params: Params) -> Reply:
        owner = self._owner(core, params)
        given = params.get("items")
        if not isinstance(given, list | dict):
            raise RestError(400, "", "The parameter items must be array.")
        lines = [line for _, line in entries(given) if isinstance(line, dict) and self._number(line) > 0]
        sorts = {self._number(line): _sort(line, (place + 1) * 10) for place, line in enumerate(lines)}
        primary = next((line for line in lines if _is_primary(line)), lines[0] if lines else {})
        self._put(core, owner, self._number(primary), sorts)
        return Reply(True)

    def _clear(self, core: Core, params: Params) -> Reply:
        self._put(core, self._owner(core, params), 0, {})
        return Reply(True)

    def _add(self, core: Core, params: Params) -> Reply:
        owner, fields, number = self._one(core, params)
        held = owner.values[self._name]
        if number in held:
            return Reply(False)
        sorts = {one: self._sorts(core, owner).get(one, place * 10) for place, one in enumerate(held, start=1)}
        sorts[number] = _sort(fields, max(sorts.values(), default=0) + 10)
        self._put(core, owner, number if _is_primary(fields) or not held else held[0], sorts)
        return Reply(True)

    def _delete(self, core: Core, params: Params) -> Reply:
        owner, _, number = self._one(core, params)
        held = [one for one in owner.values[self._name] if one != number]
        if len(held) == len(owner.values[self._name]):
            return Reply(False)
        change_item(core, owner, {self._name: held}, strict=True)
        self._sorts(core, owner).pop(number, None)
        return Reply(True)

    def _put(self, core: Core, owner: Item, primary: int, sorts: dict[int, int]) -> None:
        """Replace the list: the primary record first, the others by their sort."""
        order = sorted(sorts, key=lambda number: (number != primary, sorts[number]))
        change_item(core, owner, {self._name: order}, strict=True)
        core.state.link_sorts[self._owner_type, owner.id, self._name] = sorts

    def _sorts(self, core: Core, owner: Item) -> dict[int, int]:
        return core.state.link_sorts[self._owner_type, owner.id, self._name]

    def _number(self, line: dict[str, Any]) -> int:
        return to_int(line.get(self._key)) or 0

    def _owner(self, core: Core, params: Params) -> Item:
        number = params.number("id") or 0
        if number < 1:
            raise RestError(400, "", "The parameter ownerEntityID is invalid or not defined.")
        owner = core.state.item(self._owner_type, number)
        if owner is None:
            raise RestError(400, "", "Not found.")
        return owner

    def _one(self, core: Core, params: Params) -> tuple[Item, dict[str, Any], int]:
        fields = params.get("fields")
        if not isinstance(fields, list | dict):
            raise RestError(400, "", "The parameter 'fields' must be array.")
        owner = self._owner(core, params)
        given = dict(entries(fields))
        number = self._number(given)
        if number < 1:
            raise RestError(400, "", "The parameter 'fields' is not valid.")
        return owner, given, number


def _sort(line: dict[str, Any], default: int) -> int:
    number = to_int(line.get("SORT"))
    return default if number is None else number


def _is_primary(line: dict[str, Any]) -> bool:
    return str(line.get("IS_PRIMARY")).upper() == "Y"


_RELATIONS = ((DEAL, CONTACT), (LEAD, CONTACT), (QUOTE, CONTACT), (CONTACT, COMPANY), (COMPANY, CONTACT))
METHODS = [method for owner, linked in _RELATIONS for method in _Bindings(owner, linked).methods()]
