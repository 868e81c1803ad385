"""A back office's own queue of changes: recorded first, confirmed afterwards, so that none is lost."""

from sverka.domain.ids import OfficeName
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.hub import Hub
from sverka.engine.receive import rings_for
from sverka.ports.backoffice import KeepsQueue
from sverka.ports.storage import Lane


def has_queue(hub: Hub, office: OfficeName) -> bool:
    """Tell whether a back office keeps a queue for the hub."""
    side = hub.offices.get(office)
    return isinstance(side, KeepsQueue) and side.has_queue


def drain(hub: Hub, office: OfficeName) -> bool:
    """Ring for all that waits in a back office's queue; tell whether it said of everything what it was.

    Raises:
        Problem: the queue cannot be asked now; what was not confirmed comes again.
    """
    side = hub.offices[office]
    is_clear = True
    while isinstance(side, KeepsQueue) and (parcel := side.reserve()) is not None:
        rings = rings_for(hub, str(office), list(parcel.notices), Lane.LIVE)
        lines = narrate.rang(rings, hub.clock.now(), Text(str(office), str(office)))
        hub.storage.receive(str(office), parcel.notices, rings, lines)
        side.confirm(parcel)
        is_clear = is_clear and not parcel.is_vague
    return is_clear
