"""A bell rings: verify, keep, answer. No business parsing, no network (K2: a bell is never a letter)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sverka.domain.errors import Forged, Gone, Problem
from sverka.domain.ids import OfficeName, OrderId, OrderRef, RecordId, StoreName
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.bells.greet import rings_for_registrations
from sverka.engine.hub import Hub
from sverka.engine.survey.accounts import follows_accounts
from sverka.ports import watch
from sverka.ports.backoffice import TakesInstall
from sverka.ports.comments import TIMELINE
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Lane, Received, Ring

_REMOVED = Text(
    "The hub's application was removed from the portal; add it there again, then `sverka connect portal NAME --app`.",
    "Приложение хаба удалено с портала; добавьте его там снова и выполните `sverka connect portal ИМЯ --app`.",
)
_INSTALLED = Text("The application was installed.", "Приложение установлено.")


@dataclass(frozen=True)
class Bell:
    """A webhook's request as it came, the names of its headers in lower case."""

    connection: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


Answer: TypeAlias = Sequence[OfficeName] | Problem
"""The back offices that have something to look at, or why the bell was not taken."""


def receive(hub: Hub, connection: str, headers: Mapping[str, str], body: bytes) -> Sequence[OfficeName]:
    """Take one webhook's request as `receive_all` does.

    Raises:
        Problem: it was not taken.
    """
    [answer] = receive_all(hub, [Bell(connection, headers, body)])
    if isinstance(answer, Problem):
        raise answer
    return answer


def receive_all(hub: Hub, bells: Sequence[Bell]) -> Sequence[Answer]:
    """Take webhooks' requests in one transaction, and return an answer for each.

    When this returns, the bells survive a crash. One is not taken where there is no such connection (`Gone`), where it
    does not carry the secret (`Forged`; a journal line is kept), or where its connection cannot be asked to verify it.
    """
    now = hub.clock.now()
    verified = [_verified(hub, bell) for bell in bells]
    heard: dict[str, list[Notice]] = {}
    received: list[Received] = []
    for bell, notices in zip(bells, verified, strict=True):
        refused = type(notices).__name__ if isinstance(notices, Problem) else ""
        # Of a bell that was not taken not even the name it gives is known to be a connection's.
        watch.counts.add("bells", connection="" if refused else bell.connection, outcome=refused or "taken")
        if not isinstance(notices, Problem):
            heard.setdefault(bell.connection, []).extend(notices)
        elif isinstance(notices, Forged):
            received.append(Received(bell.connection, [], [], [_forged(bell.connection, notices, now)]))
    offices: dict[str, Sequence[OfficeName]] = {}
    for connection, told in heard.items():
        # A thousand bells for an order are one row to look at.
        rings = list({(ring.order, ring.office): ring for ring in rings_for(hub, connection, told, Lane.LIVE)}.values())
        lines = narrate.rang(rings, now, Text(connection, connection))
        received.append(Received(connection, told, rings, lines))
        offices[connection] = sorted({ring.office for ring in rings})
        for ring in rings:
            watch.note("bell", connection=connection, order=str(ring.order), office=ring.office, why=ring.why)
    hub.storage.receive_all(received)
    for connection, told in heard.items():
        offices[connection] = _heed(hub, connection, told) or offices[connection]
    return [
        notices if isinstance(notices, Problem) else offices[bell.connection]
        for bell, notices in zip(bells, verified, strict=True)
    ]


def _verified(hub: Hub, bell: Bell) -> Sequence[Notice] | Problem:
    side = hub.stores.get(StoreName(bell.connection)) or hub.offices.get(OfficeName(bell.connection))
    try:
        return side.notices(bell.headers, bell.body) if side else Gone()
    except Problem as problem:
        return problem


def _forged(connection: str, problem: Problem, now: datetime) -> JournalLine:
    text = Text(f"{connection}: {problem.say('en')}", f"{connection}: {problem.say('ru')}")
    return JournalLine(now, Event.FORGED, text)


def _heed(hub: Hub, connection: str, notices: Sequence[Notice]) -> Sequence[OfficeName]:
    """Do what a connection tells of itself; return the back office whose own queue has news."""
    subjects = {notice.subject for notice in notices}
    if Subject.REMOVED in subjects:
        line = JournalLine(hub.clock.now(), Event.HALTED, _REMOVED, rule="removed")
        hub.storage.pause_connection(connection, line)
    if Subject.QUEUE not in subjects:
        return []
    hub.storage.swept(ping_mark(connection), hub.clock.now(), [])
    return [OfficeName(connection)]


def ping_mark(connection: str) -> str:
    """Return the name under which the moment is kept at which that side's own queue last had news."""
    return f"pinged/{connection}"


def install(hub: Hub, connection: str, query: str, body: bytes) -> None:
    """Let a side in that has come to the door; a connection that stood still goes on.

    Raises:
        KeyError: there is no such connection, or it is not let in this way.
        Forged: it is not who it says; a journal line is kept.
        Problem: whoever could tell cannot be asked now.
    """
    side = hub.offices.get(OfficeName(connection))
    if not isinstance(side, TakesInstall):
        raise KeyError(connection)
    try:
        if not side.install(query, body):
            receive(hub, connection, {}, body)
            return
    except Forged as problem:
        hub.storage.receive(connection, [], [], [_forged(connection, problem, hub.clock.now())])
        raise
    hub.storage.resume_connection(connection, JournalLine(hub.clock.now(), Event.APPLIED, _INSTALLED, rule="installed"))


def rings_for(hub: Hub, connection: str, notices: Sequence[Notice], lane: Lane) -> list[Ring]:
    """Turn notices of either side into the orders that have to be looked at."""
    now = hub.clock.now()
    if connection in hub.stores:
        store = StoreName(connection)
        following = {one.office for one in hub.profiles() if one.store == store and follows_accounts(one)}
        return [
            *rings_for_registrations(hub, store, notices, lane),
            *(
                Ring(OrderRef(store, OrderId(notice.id)), office, now, lane, notice.event)
                for notice in notices
                if notice.subject is Subject.ORDER
                for office in hub.offices_of(store)
            ),
            *(
                Ring(OrderRef.of_account(store, notice.id), office, now, lane, notice.event)
                for notice in notices
                if notice.subject is Subject.CUSTOMER
                for office in sorted(following)
            ),
        ]
    office = OfficeName(connection)
    rung_for = [notice for notice in notices if notice.subject is Subject.RECORD]
    events = {RecordId(notice.id): notice.event for notice in rung_for}
    bound = hub.storage.orders_of(office, list(events))
    rung = {order: events[record] for record, orders in bound.items() for order in orders}
    if any(profile.new_order.stages for profile in hub.profiles() if profile.office == office):
        # A record that no order is bound to may become one (K23).
        free = {RecordId(notice.id) for notice in rung_for if notice.kind is Kind.DEAL} - set(bound)
        rung |= {OrderRef.of_record(office, record): why for record, why in events.items() if record in free}
    if any(mapping.office_field == TIMELINE for mapping in _mappings(hub, office)):
        told = [notice for notice in notices if notice.subject is Subject.COMMENT]
        rung |= {OrderRef.of_comment(office, notice.id): notice.event for notice in told}
    for order, why in clients_rung(hub, office, notices).items():
        rung.setdefault(order, why)
    return [Ring(order, office, now, lane, why) for order, why in rung.items()]


def _mappings(hub: Hub, office: OfficeName) -> list[FieldMapping]:
    return [mapping for profile in hub.profiles() if profile.office == office for mapping in profile.mappings]


CLOSEST = 20
"""How many of a contact's newest orders are looked at when it changes; a comparison of everything looks at all."""


def clients_rung(hub: Hub, office: OfficeName, notices: Sequence[Notice]) -> Mapping[OrderRef, str]:
    """Return the newest orders whose records hang on contacts and companies that changed, where that matters."""
    changed = {RecordId(notice.id): notice.event for notice in notices if notice.subject is Subject.CUSTOMER}
    if not changed or not any(profile.keeps_clients for profile in hub.profiles() if profile.office == office):
        return {}
    bound = hub.storage.bound_to(office, list(changed), CLOSEST)
    return {order: changed[party] for party, orders in bound.items() for order, _ in orders}
