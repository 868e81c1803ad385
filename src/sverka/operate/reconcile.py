"""All bound orders of a back office compared with their records: what the next visits would do. Nothing is written."""

from collections.abc import Iterator

from sverka.domain.ids import OfficeName, OrderRef
from sverka.engine.by_hand.preview import Preview, preview
from sverka.engine.hub import Hub

PAGE = 2500
"""Orders looked at together: as many records as a portal gives in one request, 50 commands of 50."""


def reconcile(hub: Hub, office: OfficeName) -> Iterator[Preview]:
    """Yield a preview of each page of bound orders; an order with several records is looked at once.

    Raises:
        Problem: the back office cannot be looked at.
    """
    after, seen = 0, set[OrderRef]()
    while page := hub.storage.bound_orders(office, after, PAGE):
        after = page[-1][0]
        orders = [order for order in dict.fromkeys(order for _, order in page) if order not in seen]
        seen.update(orders)
        yield preview(hub, office, orders)
