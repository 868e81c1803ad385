"""An operator says: look at it now."""

from collections.abc import Sequence

from sverka.domain.ids import OrderRef
from sverka.engine import narrate
from sverka.engine.hub import Hub
from sverka.ports.storage import Lane, Ring


def ring_orders(hub: Hub, orders: Sequence[OrderRef], why: str, lane: Lane = Lane.LIVE) -> list[Ring]:
    """Ring for orders by an operator's wish, in every back office of their stores; return the rings."""
    now = hub.clock.now()
    rings = [Ring(order, office, now, lane, why) for order in orders for office in hub.offices_of(order.store)]
    lines = narrate.rang(rings, now, narrate.OPERATOR)
    hub.storage.receive("operator", [], rings, lines)
    return rings
