"""Plain tables of the shop: columns written by kind, numeric refusals, and administrators only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.errors import RestError, missing_parameter
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.specs import FieldSpec, Kind, upper_name
from sverka.sandbox.portal.records.tables import Family, Table, Values, Verb
from sverka.sandbox.portal.state import Item

_MARKS = "*^!"
_READ, _WRITE = 200040300010, 200040300020
_TYPES = {"boolean": "char", "crm_currency": "string"}


def columns(**by_kind: str) -> list[FieldSpec]:
    """Return columns of names by kind; marks are `*` mandatory, `^` set once for all, `!` not to be written."""
    found = []
    for kind, names in by_kind.items():
        for word in names.split():
            name = word.rstrip(_MARKS)
            marks = word[len(name) :]
            found.append(
                FieldSpec(
                    "id" if name == "ID" else name, cast("Kind", kind), name if name.isupper() else upper_name(name),
                    read_only="!" in marks, immutable="^" in marks, mandatory="*" in marks,
                    exact=kind == "double",
                )
            )  # fmt: skip
    return found


def new_xml_id(core: Core) -> str:
    """Return an external id as the shop makes one for a record that came without."""
    return f"bx_{0x65DF00000000 + core.state.next_id('shop xml id'):x}"


def now(core: Core) -> Any:
    """Return the moment of creation."""
    return core.now()


def shop_table(name: str, specs: list[FieldSpec], defaults: Values | None = None) -> Table:
    """Return a table whose texts are empty, flags N and external ids made up unless `defaults` say otherwise."""
    usual: dict[str, Any] = {"string": "", "char": "", "boolean": "N"}
    made = {"xmlId": new_xml_id, "dateInsert": now}
    given = {spec.name: made.get(spec.name, usual.get(spec.kind)) for spec in specs}
    return Table(name, specs, given | (defaults or {}))


def shop_described(spec: FieldSpec) -> Values:
    """Return a column as the shop's getFields describe it."""
    return {
        "isImmutable": spec.immutable,
        "isReadOnly": spec.read_only,
        "isRequired": spec.mandatory,
        "type": _TYPES.get(spec.kind, spec.kind),
    }


def required(*names: str) -> RestError:
    """Return the refusal of a record whose mandatory columns are empty."""
    return RestError(400, 0, f"Required fields: {', '.join(names)}")


def refused(code: int | str, text: str) -> RestError:
    """Return a refusal of the shop, code 0 when the documents name none."""
    return RestError(400, code, text)


def for_administrators(method: Method) -> Method:
    """Return the method refusing everybody else with the shop's numbers, and an empty `fields` as a missing one."""
    run = cast("Handler", method.run)

    def guarded(core: Core, params: Params) -> Reply:
        if not core.is_administrator:
            raise refused(_WRITE if method.writes else _READ, "Access Denied")
        if "fields" in method.required and params.get("fields") in ({}, []):
            raise missing_parameter("fields", classic=False)
        return run(core, params)

    return replace(method, run=guarded)


@dataclass(frozen=True)
class Shop(Family):
    """A family of the scope `sale`; an update must carry the columns of `needed`."""

    scope: str = "sale"
    names: Mapping[str, str] = field(default_factory=lambda: {"fields": "getFields"})
    described: Callable[[FieldSpec], Values] = shop_described
    lacking: Callable[[str], RestError] = required
    needed: tuple[str, ...] = ()

    def methods(self) -> list[Method]:
        """Return the methods, for administrators."""
        return [for_administrators(method) for method in super().methods()]

    def answer(self, core: Core, item: Item, wanted: set[str] | None = None) -> Values:
        """Return a record as this family answers it: a text that was emptied is empty, not null."""
        answer = super().answer(core, item, wanted)
        return {
            name: "" if value is None and self.table.defaults.get(name) == "" else value
            for name, value in answer.items()
        }

    def _update(self, core: Core, params: Params) -> Reply:
        self.found(core, params)
        absent = [name for name in self.needed if params.mapping("fields").get(name) in (None, "")]
        if absent:
            raise required(*absent)
        return super()._update(core, params)


@dataclass(frozen=True)
class Links(Shop):
    """A family of records without ids: added whole, listed, and deleted by all their `keys` together.

    `twice` is the refusal of one more like it.
    """

    verbs: tuple[Verb, ...] = ("add", "list", "fields")
    keys: tuple[str, ...] = ()
    twice: tuple[int, str] = (0, "Duplicate entry")

    def methods(self) -> list[Method]:
        """Return add, deleteByFilter, list and getFields."""
        name = f"{self.prefix}.deleteByFilter"
        delete = Method(name, self._delete_by_filter, self.scope, ("fields",), writes=True)
        return [*super().methods(), for_administrators(delete)]

    def _add(self, core: Core, params: Params) -> Reply:
        given = self._clean(core, params)
        self._refuse_empty(given)
        self.check(core, given, None)
        if self.table.where(core, **{key: given.get(key) for key in self.keys}):
            raise refused(*self.twice)
        return Reply(self._wrapped(core, self.table.insert(core, given)))

    def _delete_by_filter(self, core: Core, params: Params) -> Reply:
        given = self._clean(core, params)
        absent = [key for key in self.keys if given.get(key) in (None, "")]
        if absent:
            raise required(*absent)
        found = self.table.where(core, **{key: given[key] for key in self.keys})
        if not found:
            raise RestError(*self.missing)
        for item in found:
            del self.table.rows(core)[item.id]
        return Reply(True)
