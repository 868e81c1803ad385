"""`crm.item.*`: the current generation of methods, camelCase and typed JSON."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.crm.fields import DISABLED, HAS_MULTIFIELDS, stage_dictionary
from sverka.sandbox.portal.crm.items import add_item, change_item, delete_item
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import Filter, enough, select_items, sort_items
from sverka.sandbox.portal.records.multifields import aliases_out, change_universal, universal_out
from sverka.sandbox.portal.records.specs import FieldSpec, camel_name
from sverka.sandbox.portal.records.tables import describe
from sverka.sandbox.portal.records.values import universal
from sverka.sandbox.portal.state import Item


class Names:
    """The field names of one call: user fields go by UF_ names or camelCase, as the caller asked."""

    def __init__(self, core: Core, params: Params) -> None:
        entity_type_id = params.number("entityTypeId")
        if entity_type_id in (5, 14):
            raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
        if entity_type_id is None or entity_type_id not in core.state.catalogues:
            raise RestError(400, "NOT_FOUND", "SPA not found")
        self.entity_type_id = entity_type_id
        self._original = params.flag("useOriginalUfNames")
        self.specs: dict[str, FieldSpec] = {}
        for name, spec in core.state.specs(entity_type_id).items():
            self.specs[camel_name(name) if spec.user_field and not self._original else name] = spec

    def find(self, name: str) -> FieldSpec | None:
        """Return the field that goes by the name, None when there is none."""
        return self.specs.get(name)

    def order(self, name: str) -> FieldSpec | None:
        """Return what to sort by: ID will do for id, as the vendor's Python client and fast-bitrix24 rely on."""
        return self.find("id" if name == "ID" else name)

    def inward(self, fields: Any) -> dict[str, Any]:
        """Return given fields by the names records use; unknown ones are dropped, as the portal does."""
        return {self.specs[name].name: value for name, value in entries(fields) if name in self.specs}

    def outward(self, core: Core, item: Item, wanted: set[str] | None = None) -> dict[str, Any]:
        """Return the record as an answer carries it: whole, or the wanted names."""
        answer: dict[str, Any] = dict.fromkeys(DISABLED.get(self.entity_type_id, ()))
        answer |= {
            name: universal(core, spec, item.values.get(spec.name))
            for name, spec in self.specs.items()
            if wanted is None or name in wanted
        }
        if self.entity_type_id in HAS_MULTIFIELDS:
            answer |= aliases_out(item.fm)
            answer["fm"] = universal_out(item.fm)
        answer["entityTypeId"] = self.entity_type_id
        return answer if wanted is None else {name: answer[name] for name in answer if name in wanted}

    def item(self, core: Core, params: Params) -> Item:
        """Return the record the call is about; RestError when there is none."""
        item = core.state.item(self.entity_type_id, params.number("id"))
        if item is None:
            raise not_found(classic=False)
        return item


def _fields_of(params: Params) -> Any:
    fields = params.get("fields")
    if not isinstance(fields, dict | list):
        raise RestError(
            400, 100, "Invalid value {fields} to match with parameter {fields}. Should be value of type array."
        )
    return fields


def _given_fm(core: Core, fields: Any, names: Names, item: Item | None) -> Any:
    if names.entity_type_id not in HAS_MULTIFIELDS:
        return []
    held = item.fm if item else []
    given = dict(entries(fields)).get("fm")
    if item is None and isinstance(given, dict):
        given = list(given.values())
    return change_universal(core.state, held, given)


def item_fields(core: Core, params: Params) -> Reply:
    """Answer crm.item.fields: the catalogue of an entity type."""
    names = Names(core, params)
    fields = {name: describe(spec) | {"upperName": spec.upper} for name, spec in names.specs.items()}
    if "stageId" in fields:
        funnel = core.state.default_funnel(names.entity_type_id)
        fields["stageId"]["statusType"] = stage_dictionary(names.entity_type_id, funnel)
    return Reply({"fields": fields})


def item_add(core: Core, params: Params) -> Reply:
    """Answer crm.item.add with the whole new record."""
    names = Names(core, params)
    fields = _fields_of(params)
    fm = _given_fm(core, fields, names, None)
    item = add_item(core, names.entity_type_id, names.inward(fields), fm, strict=True)
    return Reply({"item": names.outward(core, item)})


def item_get(core: Core, params: Params) -> Reply:
    """Answer crm.item.get; search lag does not hide a record from it."""
    names = Names(core, params)
    return Reply({"item": names.outward(core, names.item(core, params))})


def item_update(core: Core, params: Params) -> Reply:
    """Answer crm.item.update with the whole record after the change."""
    names = Names(core, params)
    item = names.item(core, params)
    fields = _fields_of(params)
    fm = _given_fm(core, fields, names, item) if "fm" in dict(entries(fields)) else None
    change_item(core, item, names.inward(fields), fm, strict=True)
    return Reply({"item": names.outward(core, item)})


def item_delete(core: Core, params: Params) -> Reply:
    """Answer crm.item.delete with an empty list."""
    names = Names(core, params)
    delete_item(core, names.item(core, params))
    return Reply([])


def item_list(core: Core, params: Params) -> Reply:
    """Answer crm.item.list: 50 a page, filters of every prefix, nested groups, `start` -1 without counting."""
    names = Names(core, params)
    chosen = Filter(core, names.find, params.get("filter"), strict=True)
    most = enough(params.get("start"), params.get("order"))
    items = select_items(core, names.entity_type_id, chosen, most)
    items = sort_items(items, params.get("order"), names.order, strict=True)
    rows, total, following = page(items, params.number("start"))
    wanted = _selected(params.get("select"))
    answers = [names.outward(core, item, wanted) for item in rows]
    return Reply({"items": answers}, total, following)


def _selected(select: Any) -> set[str] | None:
    """Return the names asked for; None means all. `fm` cannot be asked for by name."""
    wanted = {str(name) for _, name in entries(select)}
    return None if not wanted or "*" in wanted else wanted - {"fm"}


METHODS = [
    Method("crm.item.fields", item_fields, required=("entityTypeId",)),
    Method("crm.item.add", item_add, required=("entityTypeId", "fields"), writes=True),
    Method("crm.item.get", item_get, required=("entityTypeId", "id")),
    Method("crm.item.list", item_list, required=("entityTypeId",)),
    Method("crm.item.update", item_update, required=("entityTypeId", "id", "fields"), writes=True),
    Method("crm.item.delete", item_delete, required=("entityTypeId", "id"), writes=True),
]
