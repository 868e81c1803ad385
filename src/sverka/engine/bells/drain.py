"""A back office's own queue of changes: recorded first, confirmed afterwards, so that none is lost."""

from dataclasses import dataclass

from sverka.domain.errors import Later
from sverka.domain.ids import OfficeName
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.bells.receive import rings_for
from sverka.engine.hub import Hub
from sverka.ports.backoffice import KeepsQueue
from sverka.ports.storage import Lane

AT_ONCE = 20
"""Parcels taken before orders have their turn: somebody's import may fill a queue for hours."""

_AGAIN = Later(
    Text(
        "The queue does not forget what was confirmed; the hub asks again in a minute.",
        "Очередь не забывает подтверждённое; хаб спросит снова через минуту.",
    )
)


@dataclass(frozen=True)
class Drained:
    """How a queue was left: whether it said of everything what it was, and whether nothing more waits in it."""

    is_clear: bool
    is_empty: bool


def has_queue(hub: Hub, office: OfficeName) -> bool:
    """Tell whether a back office keeps a queue for the hub."""
    side = hub.offices.get(office)
    return isinstance(side, KeepsQueue) and side.has_queue


def drain(hub: Hub, office: OfficeName) -> Drained:
    """Ring for what waits in a back office's queue, for so much of it as is taken at once.

    Raises:
        Problem: the queue cannot be asked now; what was not confirmed comes again.
    """
    side = hub.offices[office]
    is_clear, ticket = True, ""
    for _ in range(AT_ONCE):
        if not isinstance(side, KeepsQueue) or (parcel := side.reserve()) is None:
            return Drained(is_clear, is_empty=True)
        if parcel.ticket == ticket:
            raise _AGAIN
        rings = rings_for(hub, str(office), list(parcel.notices), Lane.LIVE)
        lines = narrate.rang(rings, hub.clock.now(), Text(str(office), str(office)))
        hub.storage.receive(str(office), parcel.notices, rings, lines)
        side.confirm(parcel)
        is_clear, ticket = is_clear and not parcel.is_vague, parcel.ticket
    return Drained(is_clear, is_empty=False)
