"""`crm.*.details.configuration.*`: which sections and fields a record's card shows, to one person or to all."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD, NAMES, name_of
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.tables import Table, column
from sverka.sandbox.portal.state import Item

_CARDS = Table(
    "card",
    [column(name, "integer") for name in ("id", "entityTypeId", "variant", "userId")] + [column("sections", "text")],
)
#: what tells the cards of one entity type apart: the name in `extras` of a funnel, or of the kind of a lead
_VARIANTS = {DEAL: "dealCategoryId", LEAD: "leadCustomerType"}
_PERSONAL, _COMMON = "P", "C"
#: the user of the configuration that is everybody's
_EVERYBODY = 0


class _Cards:
    """The methods of one entity type, or of the one a call names."""

    def __init__(self, entity_type_id: int | None) -> None:
        self._type = entity_type_id

    def get(self, core: Core, params: Params) -> Reply:
        """Answer with the sections, null where nobody has arranged them."""
        held = self._held(core, params)
        return Reply(held.values["sections"] if held else None)

    def set(self, core: Core, params: Params) -> Reply:
        """Keep the sections."""
        place = self._place(core, params)
        sections = _sections(params.get("data"))
        held = self._held(core, params)
        if held is None:
            _CARDS.insert(core, place | {"sections": sections})
        else:
            held.values["sections"] = sections
        return Reply(True)

    def reset(self, core: Core, params: Params) -> Reply:
        """Forget the sections."""
        held = self._held(core, params)
        if held is not None:
            del _CARDS.rows(core)[held.id]
        return Reply(True)

    def force(self, core: Core, params: Params) -> Reply:
        """Forget what people have arranged for themselves, so that all see the common card."""
        place = self._place(core, params, common=True)
        card = {name: place[name] for name in ("entityTypeId", "variant")}
        for held in _CARDS.where(core, **card):
            if held.values["userId"] != _EVERYBODY:
                del _CARDS.rows(core)[held.id]
        return Reply(True)

    def _held(self, core: Core, params: Params) -> Item | None:
        return next(iter(_CARDS.where(core, **self._place(core, params))), None)

    def _place(self, core: Core, params: Params, common: bool = False) -> dict[str, int]:
        """Return whose card of what a call is about; RestError when it is not the caller's to arrange."""
        entity_type_id = self._type or params.number("entityTypeId")
        if not entity_type_id:
            raise RestError(400, "", "Parameter 'entityTypeId' is not defined")
        if entity_type_id not in core.state.catalogues:
            text = f"The entity type '{name_of(entity_type_id)}' is not supported in current context."
            raise RestError(400, "", text)
        own = core.caller.user_id
        user = params.number("userId") or own
        if common or str(params.get("scope") or _PERSONAL).upper() == _COMMON:
            user = _EVERYBODY
        if user != own and not core.state.users[own].admin:
            raise RestError(400, "", "Access denied.")
        variant = to_int(params.mapping("extras").get(_VARIANTS.get(entity_type_id, "categoryId")))
        default = 1 if entity_type_id == LEAD else core.state.default_funnel(entity_type_id)
        return {
            "entityTypeId": entity_type_id, "variant": default if variant is None else variant, "userId": user,
        }  # fmt: skip


def _sections(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list | dict):
        raise RestError(400, "", "Parameter 'data' must be array.")
    if not given:
        raise RestError(400, "", "There are no data to write.")
    if isinstance(given, dict):
        raise RestError(400, "", "The data must be indexed array.")
    return [_section(number, dict(entries(one))) for number, one in enumerate(given)]


def _section(number: int, given: dict[str, Any]) -> dict[str, Any]:
    if given.get("type") != "section":
        text = f"Section at index {number} have type {given.get('type')}. The expected type is 'section'."
        raise RestError(400, "", text)
    for name in ("name", "title"):
        if not given.get(name):
            raise RestError(400, "", f"Section at index {number} does not have {name}.")
    elements = []
    for place, (_, one) in enumerate(entries(given.get("elements"))):
        element = dict(entries(one))
        if not element.get("name"):
            raise RestError(400, "", f"Element at index {place} in section at index {number} does not have name.")
        line = {"name": str(element["name"]), "optionFlags": str(to_int(element.get("optionFlags")) or 0)}
        elements.append(line | ({"options": element["options"]} if element.get("options") else {}))
    return {"name": str(given["name"]), "title": str(given["title"]), "type": "section", "elements": elements}


def _methods(prefix: str, cards: _Cards) -> list[Method]:
    table: list[tuple[str, Handler, bool]] = [
        ("get", cards.get, False),
        ("set", cards.set, True),
        ("reset", cards.reset, True),
        ("forceCommonScopeForAll", cards.force, True),
    ]
    return [
        Method(f"{prefix}.details.configuration.{name}", run, writes=writes, classic=True)
        for name, run, writes in table
    ]


METHODS = [
    *_methods("crm.item", _Cards(None)),
    *[
        method
        for number in (LEAD, DEAL, CONTACT, COMPANY)
        for method in _methods(f"crm.{NAMES[number].lower()}", _Cards(number))
    ],
]
