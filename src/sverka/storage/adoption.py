"""Binding orders to records that were there before the hub, outside of any wave."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from sverka.domain.ids import OfficeName, OrderRef
from sverka.ports.journal import JournalLine
from sverka.ports.storage import NewBinding, Ring
from sverka.storage import bindings, journal, outbox, visits
from sverka.storage.codec import of_orders, order_of
from sverka.storage.tables import RUNNING, offices
from sverka.storage.tables import visits as visits_table


def adopt(
    connection: Connection, office: OfficeName, new: Sequence[NewBinding], rings: Sequence[Ring], line: JournalLine
) -> list[OrderRef]:
    """Do `Storage.adopt` in this transaction.

    The office's row is locked first: a wave that claims an order after this sees its binding, and one that has claimed
    it before is left its order.
    """
    connection.execute(select(offices.c.name).where(offices.c.name == office).with_for_update())
    orders = [one.order for one in new]
    # An order may be in the making of such a record just now, under the record's own name (K23).
    visited = [*orders, *(OrderRef.of_record(office, one.record) for one in new)]
    busy = {*_running(connection, visited), *(intent.order for intent in outbox.of(connection, visited))}
    known = {order for order, some in bindings.of(connection, orders).items() if any(b.office == office for b in some)}
    taken = bindings.orders_of(connection, office, {one.record for one in new})
    idle = [one for one in new if OrderRef.of_record(office, one.record) not in busy]
    free = [one for one in idle if one.order not in busy | known and one.record not in taken]
    bindings.add(connection, office, free, line.at)
    bound = {one.order for one in free}
    visits.ring(connection, [ring for ring in rings if ring.order in bound])
    journal.add(connection, [JournalLine(line.at, line.event, line.text, one.order, one.profile, office, line.rule)
                             for one in free])  # fmt: skip
    return sorted(bound)


def _running(connection: Connection, orders: Collection[OrderRef]) -> set[OrderRef]:
    return {
        order_of(row)
        for condition in of_orders(visits_table, orders)
        for row in connection.execute(select(*visits_table.c).where(condition, visits_table.c.state == RUNNING))
    }
