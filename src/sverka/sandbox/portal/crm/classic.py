"""`crm.{lead,deal,contact,company,quote}.*`: the older generation, UPPER_CASE names and texts for everything."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Handler, Method, Reply, page
from sverka.sandbox.portal.crm.fields import CLASSIC, CLASSIC_EMPTY, HAS_MULTIFIELDS, NAMES
from sverka.sandbox.portal.crm.items import add_item, change_item, delete_item
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import Filter, enough, select_items, sort_items
from sverka.sandbox.portal.records.multifields import TYPES, change_classic, classic_out
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import describe
from sverka.sandbox.portal.records.values import classic
from sverka.sandbox.portal.state import Item, Multifield


def methods_of(entity_type_id: int) -> list[Method]:
    """Return the six methods of an entity type."""
    entity = _Classic(entity_type_id)
    prefix = f"crm.{NAMES[entity_type_id].lower()}"
    table: list[tuple[str, Handler, tuple[str, ...], bool]] = [
        ("fields", entity.fields, (), False),
        ("add", entity.add, ("fields",), True),
        ("get", entity.get, ("id",), False),
        ("list", entity.listed, (), False),
        ("update", entity.update, ("id", "fields"), True),
        ("delete", entity.delete, ("id",), True),
    ]
    return [
        Method(f"{prefix}.{verb}", run, required=required, writes=writes, classic=True)
        for verb, run, required, writes in table
    ]


class _Classic:
    """The methods of one entity type."""

    def __init__(self, entity_type_id: int) -> None:
        self._type = entity_type_id
        self._multifields = TYPES if entity_type_id in HAS_MULTIFIELDS else ()

    def fields(self, core: Core, params: Params) -> Reply:
        del params
        answer = {spec.upper: describe(spec) for spec in self._specs(core).values()}
        for type_id in self._multifields:
            answer[type_id] = describe(FieldSpec(type_id, "crm_multifield", type_id, multiple=True))
        return Reply(answer)

    def add(self, core: Core, params: Params) -> Reply:
        fields = _array(params, "fields")
        item = add_item(
            core, self._type, self._inward(core, fields), self._fm(core, fields, []), strict=False
        )  # fmt: skip
        return Reply(item.id)

    def get(self, core: Core, params: Params) -> Reply:
        return Reply(self._outward(core, self._item(core, params), None))

    def listed(self, core: Core, params: Params) -> Reply:
        for name in ("filter", "order"):
            if params.has(name):
                _array(params, name)
        specs = self._specs(core)
        chosen = Filter(core, specs.get, params.get("filter"), strict=False)
        order = params.get("order")
        items = select_items(core, self._type, chosen, enough(params.get("start"), order))
        items = sort_items(items, order, specs.get, strict=False)
        rows, total, following = page(items, params.number("start"))
        select = {str(name) for _, name in entries(params.get("select"))} or {"*", "UF_*"}
        return Reply([self._outward(core, item, select) for item in rows], total, following)

    def update(self, core: Core, params: Params) -> Reply:
        item = self._item(core, params)
        fields = _array(params, "fields")
        change_item(
            core, item, self._inward(core, fields, item), self._fm(core, fields, item.fm), strict=False
        )  # fmt: skip
        return Reply(True)

    def delete(self, core: Core, params: Params) -> Reply:
        delete_item(core, self._item(core, params))
        return Reply(True)

    def _specs(self, core: Core) -> dict[str, FieldSpec]:
        specs = core.state.specs(self._type).values()
        return {spec.upper: spec for spec in specs if not spec.universal_only}

    def _item(self, core: Core, params: Params) -> Item:
        number = params.number("id")
        if number is None or number <= 0:
            raise RestError(400, "", "ID is not defined or invalid.")
        item = core.state.item(self._type, number)
        if item is None:
            raise not_found(classic=True)
        return item

    def _inward(self, core: Core, fields: dict[str, Any], item: Item | None = None) -> dict[str, Any]:
        specs = self._specs(core)
        given = {specs[name].name: value for name, value in fields.items() if name in specs}
        given.pop("leadId", None)
        if item is not None:
            given.pop("categoryId", None)
        return given

    def _fm(self, core: Core, fields: dict[str, Any], held: list[Multifield]) -> list[Multifield]:
        for type_id in self._multifields:
            if type_id in fields:
                held = change_classic(core.state, held, type_id, fields[type_id])
        return held

    def _outward(self, core: Core, item: Item, select: set[str] | None) -> dict[str, Any]:
        answer: dict[str, Any] = {
            name: None for name in CLASSIC_EMPTY[self._type] if select is None or name in select or "*" in select
        }
        for name, spec in self._specs(core).items():
            starred = "UF_*" if spec.user_field else "*"
            if select is None or name in select or starred in select:
                answer[name] = classic(core, spec, item.values.get(spec.name))
        for type_id in self._multifields:
            values = classic_out(item.fm, type_id)
            if values and (select is None or type_id in select):
                answer[type_id] = values
        return answer


def _array(params: Params, name: str) -> dict[str, Any]:
    if not isinstance(params.get(name), dict | list):
        raise RestError(400, "", f"Parameter '{name}' must be array.")
    return params.mapping(name)


METHODS = [method for entity_type_id in CLASSIC for method in methods_of(entity_type_id)]
