"""A bell rings: verify, keep, answer. No business parsing, no network (K2: a bell is never a letter)."""

from collections.abc import Mapping, Sequence

from sverka.domain.errors import Forged
from sverka.domain.ids import OfficeName, OrderId, OrderRef, RecordId, StoreName
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.bells.greet import rings_for_registrations
from sverka.engine.hub import Hub
from sverka.engine.survey.accounts import follows_accounts
from sverka.ports.backoffice import TakesInstall
from sverka.ports.comments import TIMELINE
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Lane, Ring

_REMOVED = Text(
    "The hub's application was removed from the portal; add it there again, then `sverka connect portal NAME --app`.",
    "Приложение хаба удалено с портала; добавьте его там снова и выполните `sverka connect portal ИМЯ --app`.",
)
_INSTALLED = Text("The application was installed.", "Приложение установлено.")


def receive(hub: Hub, connection: str, headers: Mapping[str, str], body: bytes) -> list[OfficeName]:
    """Take a webhook's request, and return the back offices that have something to look at.

    When this returns, the bell survives a crash.

    Raises:
        KeyError: there is no such connection.
        Forged: the notice does not carry the secret; a journal line is kept.
    """
    side = hub.stores.get(StoreName(connection)) or hub.offices.get(OfficeName(connection))
    if side is None:
        raise KeyError(connection)
    try:
        notices = side.notices(headers, body)
    except Forged as problem:
        text = Text(f"{connection}: {problem.say('en')}", f"{connection}: {problem.say('ru')}")
        hub.storage.receive(connection, [], [], [JournalLine(hub.clock.now(), Event.FORGED, text)])
        raise
    rings = rings_for(hub, connection, notices, Lane.LIVE)
    lines = narrate.rang(rings, hub.clock.now(), Text(connection, connection))
    hub.storage.receive(connection, notices, rings, lines)
    if any(notice.subject is Subject.REMOVED for notice in notices):
        line = JournalLine(hub.clock.now(), Event.HALTED, _REMOVED, rule="removed")
        hub.storage.pause_connection(connection, line)
    if any(notice.subject is Subject.QUEUE for notice in notices):
        hub.storage.swept(ping_mark(connection), hub.clock.now(), [])
        return [OfficeName(connection)]
    return sorted({ring.office for ring in rings})


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
        text = Text(f"{connection}: {problem.say('en')}", f"{connection}: {problem.say('ru')}")
        hub.storage.receive(connection, [], [], [JournalLine(hub.clock.now(), Event.FORGED, text)])
        raise
    hub.storage.resume_connection(connection, JournalLine(hub.clock.now(), Event.APPLIED, _INSTALLED, rule="installed"))


def rings_for(hub: Hub, connection: str, notices: list[Notice], lane: Lane) -> list[Ring]:
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
