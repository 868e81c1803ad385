"""What can be seen: the hub's state, connections, orders, differences and the journal."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from sverka.connectors.registry import manifests
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderId, OrderRef, StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Binding
from sverka.domain.merge.plan import Why
from sverka.domain.roles import Permission
from sverka.domain.text import Language, Text
from sverka.operate.audit import bare
from sverka.operate.moves import Move, moves_of
from sverka.operate.orders import bindings_of, bound_orders, difference_data, not_known
from sverka.operate.status import Status, read_status
from sverka.ports.journal import Event, JournalLine
from sverka.storage.conflicts import Asked, Shown
from sverka.web.api.problems import NotFound
from sverka.web.api.route import Mine, Routes, Tongue

routes = Routes("look")

Limit = Annotated[int, Query(ge=1, le=1000)]
"""How many lines at most."""

Words = Annotated[str, Query(max_length=300)]
"""A name to filter by, empty for all."""


class ConnectionShown(BaseModel):
    """A connection: its settings without its secrets, and why it stands still, if it does."""

    name: str
    side: Side
    kind: str
    title: str
    settings: dict[str, str]
    stands_still: str | None
    connected_at: datetime | None


class BindingShown(BaseModel):
    """An order and a record that belong together."""

    order: str
    kind: str
    office: str
    record: str
    profile: str
    state: str


class DifferenceShown(BaseModel):
    """A field that stays different, with the reason, and what was answered."""

    order: str
    profile: str
    key: str
    why: Why
    store: str
    office: str
    text: str
    since: datetime
    decided: str | None


class LineShown(BaseModel):
    """A line of the journal."""

    at: datetime
    event: Event
    text: str
    order: str | None
    profile: str | None
    office: str | None
    rule: str
    field: str
    before: str
    after: str
    wave: str


class OrderShown(BaseModel):
    """An order's story, its records and its differences."""

    order: str
    bindings: list[BindingShown]
    timeline: list[LineShown]
    differences: list[DifferenceShown]


@routes.at("GET", "/status", Permission.SEE)
def status(api: Mine, language: Tongue, max_lag_minutes: Annotated[float, Query(ge=0, le=1e6)] = 15.0) -> Status:
    """Say what works, waits and differs."""
    return read_status(api.house, api.house.clock.now(), timedelta(minutes=max_lag_minutes), language)


@routes.at("GET", "/connections", Permission.SEE)
def list_connections(api: Mine, language: Tongue) -> list[ConnectionShown]:
    """List the connections; a secret is never among what is told of one."""
    known = manifests()
    return [
        ConnectionShown(
            name=one.name,
            side=one.side,
            kind=one.kind,
            title=known[one.kind].title.say(language) if one.kind in known else one.kind,
            settings=bare(one.settings),
            stands_still=one.stands_still.say(language) if one.stands_still else None,
            connected_at=one.connected_at,
        )
        for one in api.house.storage.connections.list()
    ]


@routes.at("GET", "/orders", Permission.SEE)
def list_orders(api: Mine, profile: Words = "", store: Words = "", limit: Limit = 100) -> list[BindingShown]:
    """List bound orders with their records."""
    return [_binding(one) for one in bound_orders(api.house, limit, profile, store)]


@routes.at("GET", "/orders/{store}/{order:path}", Permission.SEE)
def show_order(store: str, order: str, api: Mine, language: Tongue) -> OrderShown:
    """Tell an order's story, and what differs in it now."""
    ref = _ref(store, order)
    story, found = api.house.storage.journal.timeline(ref), api.house.storage.differences.list(ref)
    bindings = bindings_of(api.house, ref)
    if not (story or found or bindings):
        raise NotFound(not_known(api.house, ref))
    return OrderShown(
        order=str(ref),
        bindings=[_binding(one) for one in bindings],
        timeline=_lines(story, language),
        differences=differences_shown(found, language),
    )


@routes.at("GET", "/moves/{store}/{order:path}", Permission.SEE)
def list_moves(store: str, order: str, api: Mine, limit: Limit = 1000) -> list[Move]:
    """List every value the hub has written of an order, and by which rule."""
    lines = api.house.storage.journal.moves(order=_ref(store, order), limit=limit)
    return moves_of(api.house, lines)


@routes.at("GET", "/conflicts", Permission.SEE)
def list_conflicts(
    api: Mine,
    language: Tongue,
    profile: Words = "",
    store: Words = "",
    why: Why | None = None,
    field: Words = "",
    limit: Limit = 100,
) -> list[DifferenceShown]:
    """List what differs, oldest first."""
    asked = Asked(profile, store, why, field)
    return differences_shown(api.house.storage.differences.list(limit=limit, asked=asked), language)


@routes.at("GET", "/journal", Permission.SEE)
def read_journal(api: Mine, language: Tongue, limit: Limit = 100) -> list[LineShown]:
    """Return the journal's last lines, oldest of them first."""
    return _lines(api.house.storage.journal.tail(limit), language)


def differences_shown(found: Iterable[Shown], language: Language) -> list[DifferenceShown]:
    """Return differences as the API shows them."""
    return [DifferenceShown(**difference_data(one, language)) for one in found]


def _ref(store: str, order: str) -> OrderRef:
    return OrderRef(StoreName(store), OrderId(order))


def _binding(one: Binding) -> BindingShown:
    return BindingShown(
        order=str(one.order), kind=one.kind.value, office=one.office, record=one.record, profile=one.profile,
        state=one.state.value,
    )  # fmt: skip


def _lines(lines: Iterable[JournalLine], language: Language) -> list[LineShown]:
    return [
        LineShown(
            at=one.at, event=one.event, text=one.text.say(language), order=str(one.order) if one.order else None,
            profile=one.profile, office=one.office, rule=one.rule, field=one.field, before=one.before,
            after=one.after, wave=one.wave,
        )
        for one in lines
    ]  # fmt: skip


def ref_of(text: str) -> OrderRef:
    """Return the order that STORE/ID names; raises `Misconfigured` where it names none."""
    try:
        return OrderRef.parse(text)
    except ValueError:
        raise Misconfigured(
            Text(f"{text!r} is no order; write STORE/ID.", f"{text!r} – не заказ; пишите МАГАЗИН/НОМЕР.")
        ) from None
