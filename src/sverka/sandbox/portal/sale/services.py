"""Tables whose parameters stand in the call itself, in UPPER_CASE, and deliveries: sale.delivery.*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records import values
from sverka.sandbox.portal.records.tables import Family, Values, Verb
from sverka.sandbox.portal.sale.columns import columns, shop_table
from sverka.sandbox.portal.sale.totals import drop_parts
from sverka.sandbox.portal.state import Item


def unchecked(text: str) -> RestError:
    """Return the refusal of parameters that are missing or make no sense."""
    return RestError(400, "ERROR_CHECK_FAILURE", text)


def absent(name: str) -> RestError:
    """Return the refusal of a call without a required parameter."""
    return unchecked(f"Required parameter {name} is not defined")


def method(prefix: str, run: Handler, *needed: str, scope: str = "delivery", writes: bool = True) -> Method:
    """Return a method for administrators whose parameters stand in the call itself, `needed` being required."""

    def checked(core: Core, params: Params) -> Reply:
        for name in needed:
            if params.get(name) in (None, "", []):
                raise absent(name)
        return run(core, params)

    return Method(prefix, checked, scope, writes=writes, classic=True, admin_only=True)


@dataclass(frozen=True)
class Upright(Family):
    """A classic family whose columns are parameters of the call, or stand in its FIELDS; never more than a page.

    `typed` answers have numbers as numbers; columns of `secret` are taken and not told.
    """

    scope: str = "delivery"
    classic: bool = True
    admin_only: bool = True
    verbs: tuple[Verb, ...] = ("add", "list", "update", "delete")
    lacking: Callable[[str], RestError] = absent
    typed: bool = True
    secret: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ("ID",)

    def methods(self) -> list[Method]:
        """Return the methods, the required parameters being checked by the columns."""
        needed: dict[str, tuple[str, ...]] = {"update": self.needed, "delete": ("ID",)}
        return [
            method(
                made.name, cast("Handler", made.run), *needed.get(verb, ()), scope=self.scope, writes=made.writes
            )
            for verb, made in zip(self.verbs, super().methods(), strict=True)
        ]  # fmt: skip

    def answer(self, core: Core, item: Item, wanted: set[str] | None = None) -> Values:
        """Return a record as this family answers it: whole, or the wanted names."""
        write = values.universal if self.typed else values.classic
        told = [spec for spec in self.table.columns.values() if spec.upper not in self.secret]
        answer = {spec.upper: write(core, spec, item.values.get(spec.name)) for spec in told}
        answer = self.shape(core, item, answer)
        return answer if wanted is None else {name: value for name, value in answer.items() if name in wanted}

    def _clean(self, core: Core, params: Params) -> Values:
        inside = params.get("FIELDS")
        given = inside if isinstance(inside, dict) else params.raw
        try:
            return super()._clean(core, Params({"fields": {name.upper(): value for name, value in given.items()}}))
        except RestError as error:
            raise unchecked(error.description) from error

    def _list(self, core: Core, params: Params) -> Reply:
        try:
            return Reply(super()._list(core, params).result)
        except RestError as error:
            raise unchecked(error.description) from error


HANDLERS = shop_table(
    "sale_delivery_handler",
    columns(integer="ID! SORT", string="NAME* CODE* DESCRIPTION", any="SETTINGS* PROFILES*"),
    {"SORT": 100},
)
DELIVERIES = shop_table(
    "sale_delivery",
    columns(
        integer="ID! PARENT_ID! SORT", string="NAME* DESCRIPTION REST_CODE*^", crm_currency="CURRENCY*",
        boolean="ACTIVE", any="CONFIG LOGOTYPE",
    ),
    {"SORT": 500, "ACTIVE": "Y"},
)  # fmt: skip
EXTRAS = shop_table(
    "sale_extra_service",
    columns(
        integer="ID! DELIVERY_ID*^ SORT", string="NAME* CODE DESCRIPTION", char="TYPE*^", boolean="ACTIVE",
        double="PRICE", any="ITEMS",
    ),
    {"SORT": 100, "ACTIVE": "Y"},
)  # fmt: skip
_NO_DELIVERY = (400, "ERROR_DELIVERY_NOT_FOUND", "Delivery service is not found")


def _handler_checked(core: Core, given: Values, item: Item | None) -> None:
    settings = given.get("SETTINGS", {"CALCULATE_URL": " "})
    if not isinstance(settings, dict) or not settings.get("CALCULATE_URL"):
        raise absent("SETTINGS[CALCULATE_URL]")
    for _, profile in entries(given.get("PROFILES")):
        if not isinstance(profile, dict) or not profile.get("NAME") or not profile.get("CODE"):
            raise unchecked("A profile has NAME and CODE")
    twins = HANDLERS.where(core, CODE=given["CODE"]) if "CODE" in given else []
    if any(item is None or twin.id != item.id for twin in twins):
        raise RestError(400, "ERROR_HANDLER_ALREADY_EXIST", f"Handler {given['CODE']} already exists")


def _handler_used(core: Core, item: Item) -> None:
    for service in DELIVERIES.where(core, REST_CODE=item.values["CODE"]):
        DELIVERIES.rows(core).pop(service.id, None)


class Deliveries(Upright):
    """Delivery services: one for the handler and one for each of its profiles, kept and deleted together."""

    def _add(self, core: Core, params: Params) -> Reply:
        given = self._clean(core, params)
        self._refuse_empty(given)
        handlers = HANDLERS.where(core, CODE=given["REST_CODE"])
        if not handlers:
            raise RestError(400, "ERROR_HANDLER_NOT_FOUND", "Handler is not found")
        given["CONFIG"] = _settings([], given.get("CONFIG"))
        if given.get("LOGOTYPE"):
            given["LOGOTYPE"] = core.state.next_id("file")
        parent = self.table.insert(core, given)
        profiles = []
        for _, profile in entries(handlers[0].values["PROFILES"]):
            told = {"NAME": str(profile["NAME"]), "DESCRIPTION": str(profile.get("DESCRIPTION") or "")}
            own = {"PARENT_ID": parent.id, "profile": str(profile["CODE"]), "LOGOTYPE": None, "CONFIG": None}
            profiles.append(self.table.insert(core, given | told | own))
        both = [self.answer(core, item) | {"LOGOTYPE": item.values["LOGOTYPE"]} for item in (parent, *profiles)]
        return Reply({"parent": both[0], "profiles": both[1:]})

    def _update(self, core: Core, params: Params) -> Reply:
        if params.get("LOGOTYPE"):
            item = self.found(core, params)
            item.values["LOGOTYPE"] = core.state.next_id("file")
        rest = {name: value for name, value in params.raw.items() if name.upper() not in ("LOGOTYPE", "CONFIG")}
        return super()._update(core, Params(rest, ignore_case=True))


def _delivery_gone(core: Core, item: Item) -> None:
    for part in (*drop_parts(core, DELIVERIES, PARENT_ID=item.id), item):
        drop_parts(core, EXTRAS, DELIVERY_ID=part.id)


def _service(core: Core, params: Params, name: str = "ID") -> Item:
    item = DELIVERIES.rows(core).get(params.number(name) or 0)
    if item is None:
        raise RestError(*_NO_DELIVERY)
    return item


def config_get(core: Core, params: Params) -> Reply:
    """Answer sale.delivery.config.get: the settings as CODE and VALUE."""
    held = _service(core, params).values["CONFIG"]
    return Reply(held or [])


def config_update(core: Core, params: Params) -> Reply:
    """Answer sale.delivery.config.update: the given settings change, the others stay."""
    service = _service(core, params)
    service.values["CONFIG"] = _settings(service.values["CONFIG"] or [], params.get("CONFIG"))
    return Reply(True)


def _settings(kept: list[Values], given: Any) -> list[Values]:
    """Return the kept settings with the given ones put in; RestError when one of those is none."""
    held = {line["CODE"]: line for line in kept}
    for _, line in entries(given):
        if not isinstance(line, dict) or not isinstance(line.get("CODE"), str) or "VALUE" not in line:
            raise unchecked("A setting has CODE and VALUE")
        held[line["CODE"]] = {"CODE": line["CODE"], "VALUE": line["VALUE"]}
    return list(held.values())


def _extra_checked(core: Core, given: Values, item: Item | None) -> None:
    kind = item.values["TYPE"] if item else given["TYPE"]
    if kind not in ("enum", "checkbox", "quantity"):
        raise unchecked("TYPE is enum, checkbox or quantity")
    if item is None and kind == "enum" and not given.get("ITEMS"):
        raise absent("ITEMS")
    for _, line in entries(given.get("ITEMS")):
        if not isinstance(line, dict) or not line.get("TITLE"):
            raise unchecked("An item of ITEMS has a TITLE")
    if item is None and given["DELIVERY_ID"] not in DELIVERIES.rows(core):
        raise RestError(*_NO_DELIVERY)


def _extra_shaped(core: Core, item: Item, answer: Values) -> Values:
    del core
    answer.pop("DELIVERY_ID", None)
    if item.values["TYPE"] != "enum":
        answer.pop("ITEMS")
        price: Any = item.values["PRICE"]
        return answer | {"PRICE": None if price is None else values.number_out(price)}
    answer.pop("PRICE")
    lines = [line for _, line in entries(item.values["ITEMS"])]
    told = [{"TITLE": line["TITLE"], "CODE": line.get("CODE"), "PRICE": str(line.get("PRICE") or 0)} for line in lines]
    return answer | {"ITEMS": told}


EXTRA_SERVICES = Upright(
    "sale.delivery.extra.service", EXTRAS, verbs=("add", "update", "delete"), typed=False, check=_extra_checked,
    shape=_extra_shaped, missing=(400, "ERROR_EXTRA_SERVICE_NOT_FOUND", "Extra service is not found"),
)  # fmt: skip


def extra_get(core: Core, params: Params) -> Reply:
    """Answer sale.delivery.extra.service.get: the extra services of a delivery service."""
    service = _service(core, params, "DELIVERY_ID")
    lines = sorted(EXTRAS.where(core, DELIVERY_ID=service.id), key=lambda line: line.values["SORT"] or 0)
    return Reply([EXTRA_SERVICES.answer(core, line) for line in lines])


METHODS: list[Method] = [
    *Upright(
        "sale.delivery.handler", HANDLERS, typed=False, check=_handler_checked, deleted=_handler_used,
        missing=(400, "ERROR_HANDLER_NOT_FOUND", "Handler is not found"),
    ).methods(),
    *Deliveries(
        "sale.delivery", DELIVERIES, names={"list": "getlist"}, missing=_NO_DELIVERY, deleted=_delivery_gone,
        secret=frozenset({"REST_CODE", "CONFIG", "LOGOTYPE"}),
    ).methods(),
    method("sale.delivery.config.get", config_get, "ID", writes=False),
    method("sale.delivery.config.update", config_update, "ID"),
    *EXTRA_SERVICES.methods(),
    method("sale.delivery.extra.service.get", extra_get, "DELIVERY_ID", writes=False),
]  # fmt: skip
