"""New customers of a store are found by asking who has registered since the last sweep (R304)."""

from datetime import datetime, timedelta

from sverka.domain.ids import OrderRef, StoreName
from sverka.domain.mapping.profile import Facet, Profile
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.hub import Hub
from sverka.ports.customers import TellsRegistrations
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Subject
from sverka.ports.storage import Lane, Ring

_OVERLAP = timedelta(minutes=2)
_PAST = _OVERLAP + timedelta(seconds=1)
Rung = set[tuple[Subject, str, datetime | None]]
"""What a sweep has rung for, by kind, id and stamp: the next one, which overlaps it, need not ring for that again."""

_WHY = Text("new customers", "новые покупатели")


def mark_of(connection: str) -> str:
    """Return the name under which the moment is kept up to which a store's registrations were looked at."""
    return f"registered/{connection}"


def greet_new(hub: Hub, connection: str, before: Rung, rung: Rung | None) -> list[Ring]:
    """Ring for the customers who have registered since the last sweep; return the rings.

    The first sweep under a profile that wants them only begins: who registered before is history, as is everybody who
    did while no profile wanted them. More at once than the profile's brake lets be written are passed over, and told.
    Who was rung for `before` is not rung for again; `rung` learns who was shown now.

    Raises:
        Problem: the store cannot be asked now; the moment stays.
    """
    side, now = hub.stores.get(StoreName(connection)), hub.clock.now()
    if not isinstance(side, TellsRegistrations):
        return []
    since = hub.storage.watermark(mark_of(connection))
    wanting = [one for one in hub.profiles() if one.store == connection and one.beside(Facet.REGISTRATION)]
    if since is None or not wanting:
        if wanting or since:
            # The overlap is not to reach behind the beginning.
            hub.storage.swept(mark_of(connection), now + _OVERLAP, [])
        return []
    new = list(side.registered_since(since - _OVERLAP))
    newest = max((one.registered_at for one in new if one.registered_at), default=since)
    named = {OrderRef.of_registration(StoreName(connection), one.id): one.registered_at for one in new}
    known = hub.storage.recall(list(named), now).bindings if named else {}
    fresh = [name for name, at in sorted(named.items()) if not known.get(name) and _key(name, at) not in before]
    if rung is not None:
        rung.update(_key(name, at) for name, at in named.items())
    offices = sorted({one.office for one in wanting})
    rings = [Ring(name, office, now, Lane.SWEEP, "registered") for name in fresh for office in offices]
    lines = narrate.rang(rings, now, _WHY)
    if len(fresh) > min(one.brakes.writes_per_wave for one in wanting):
        rings, lines, newest = [], [_flood(connection, len(fresh), wanting[0], hub)], newest + _PAST
    hub.storage.receive(connection, [], [], lines)
    hub.storage.swept(mark_of(connection), max(newest, since), rings)
    return rings


def _key(name: OrderRef, at: datetime | None) -> tuple[Subject, str, datetime | None]:
    return Subject.CUSTOMER, name.id, at


def _flood(connection: str, many: int, profile: Profile, hub: Hub) -> JournalLine:
    text = Text(
        f"{many} customers registered in {connection} at once: no leads are made of them. If they are robots, block "
        "them in the store; who is a customer becomes a lead with his first order.",
        f"В {connection} разом зарегистрировались {many}: лиды из них не создаются. Если это роботы, закройте им "
        "регистрацию в магазине; настоящий покупатель станет лидом с первым заказом.",
    )
    return JournalLine(hub.clock.now(), Event.HALTED, text, profile=profile.name, rule="registrations")
