"""New customers of a store: its webhook rings for them, and a sweep asks who has registered meanwhile (R304)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sverka.domain.ids import OrderRef, StoreName
from sverka.domain.mapping.profile import Facet, Profile
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.hub import Hub
from sverka.ports.customers import TellsRegistrations
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Lane, Ring

_OVERLAP = timedelta(minutes=2)
_PAST = _OVERLAP + timedelta(seconds=1)
Rung = dict[tuple[Subject, str, datetime | None], bool]
"""What a sweep was shown, by kind, id and stamp, and whether the next one, which overlaps it, may pass it over.

What bore the newest stamp may have been edited again within that same second, after it was looked at.
"""

_SWEPT = "registered"
_WHY = Text("new customers", "новые покупатели")


def mark_of(connection: str) -> str:
    """Return the name under which the moment is kept up to which a store's registrations were looked at."""
    return f"registered/{connection}"


def rings_for_registrations(hub: Hub, store: StoreName, notices: Sequence[Notice], lane: Lane) -> list[Ring]:
    """Return the rings for new customers a store has told of; none while more register than the brake lets pass."""
    told = {notice.id: notice.event for notice in notices if notice.subject is Subject.REGISTRATION}
    wanting = _wanting(hub, store) if told else []
    if not wanting or _heard(hub, store, wanting) + len(told) > _limit(wanting):
        return []
    named = {OrderRef.of_registration(store, id_): why for id_, why in told.items()}
    return _rings(named, wanting, hub.clock.now(), lane)


def greet_new(hub: Hub, connection: str, before: Rung, rung: Rung | None) -> list[Ring]:
    """Ring for the customers who have registered since the last sweep; return the rings.

    The first sweep under a profile that wants them only begins: who registered before is history, as is everybody who
    did while no profile wanted them. More within the profile's window than its brake lets be written are passed over,
    and told, however slowly they come. Who was rung for `before` is not rung for again; `rung` learns who was shown
    now.

    Raises:
        Problem: the store cannot be asked now; the moment stays.
    """
    side, now, store = hub.stores.get(StoreName(connection)), hub.clock.now(), StoreName(connection)
    if not isinstance(side, TellsRegistrations):
        return []
    since = hub.storage.watermark(mark_of(connection))
    wanting = _wanting(hub, store)
    if since is None or not wanting:
        if wanting or since:
            # The overlap is not to reach behind the beginning.
            hub.storage.swept(mark_of(connection), now + _OVERLAP, [])
        return []
    new = list(side.registered_since(since - _OVERLAP))
    newest = max((one.registered_at for one in new if one.registered_at), default=since)
    named = {OrderRef.of_registration(store, one.id): one.registered_at for one in new}
    known = hub.storage.recall(list(named), now).bindings if named else {}
    fresh = [name for name, at in sorted(named.items()) if not known.get(name) and _key(name, at) not in before]
    if rung is not None:
        rung.update({_key(name, at): True for name, at in named.items()})
    notices = [Notice(Subject.REGISTRATION, name.registration, _SWEPT, named[name]) for name in fresh]
    hub.storage.receive(connection, notices, [], [])
    rings = _rings(dict.fromkeys(fresh, _SWEPT), wanting, now, Lane.SWEEP)
    lines = narrate.rang(rings, now, _WHY)
    if fresh and (heard := _heard(hub, store, wanting)) > _limit(wanting):
        rings, lines, newest = [], [_flood(connection, heard, wanting[0], now)], newest + _PAST
    hub.storage.receive(connection, [], [], lines)
    hub.storage.swept(mark_of(connection), max(newest, since), rings)
    return rings


def _wanting(hub: Hub, store: StoreName) -> list[Profile]:
    return [one for one in hub.profiles() if one.store == store and one.beside(Facet.REGISTRATION)]


def _heard(hub: Hub, store: StoreName, wanting: Sequence[Profile]) -> int:
    """Return how many new customers were told of within the longest of the profiles' windows."""
    since = hub.clock.now() - timedelta(minutes=max(one.brakes.window_minutes for one in wanting))
    return hub.storage.count_notices(store, Subject.REGISTRATION, since)


def _limit(wanting: Sequence[Profile]) -> int:
    return min(one.brakes.registrations for one in wanting)


def _rings(named: Mapping[OrderRef, str], wanting: Sequence[Profile], now: datetime, lane: Lane) -> list[Ring]:
    offices = sorted({one.office for one in wanting})
    return [Ring(name, office, now, lane, why) for name, why in named.items() for office in offices]


def _key(name: OrderRef, at: datetime | None) -> tuple[Subject, str, datetime | None]:
    return Subject.CUSTOMER, name.id, at


def _flood(connection: str, many: int, profile: Profile, now: datetime) -> JournalLine:
    minutes = profile.brakes.window_minutes
    text = Text(
        f"{many} customers registered in {connection} within {minutes} minutes: while it goes on no leads are made of "
        "them. If they are robots, block them in the store; who is a customer becomes a lead with his first order. "
        "If they are customers, raise `registrations` in [brakes].",
        f"В {connection} за {minutes} минут зарегистрировались {many}: пока это длится, лиды из них не создаются. Если "
        "это роботы, закройте им регистрацию в магазине; настоящий покупатель станет лидом с первым заказом. Если это "
        "покупатели, увеличьте `registrations` в [brakes].",
    )
    return JournalLine(now, Event.HALTED, text, profile=profile.name, rule="registrations")
