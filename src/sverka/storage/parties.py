"""Whom bound records hang on: the contacts and companies through which a change reaches orders."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, select

from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.merge.binding import BindingState
from sverka.storage.codec import order_of
from sverka.storage.database import many, within
from sverka.storage.tables import bindings, parties


def keep(connection: Connection, hung: Mapping[int, Sequence[str]]) -> None:
    """Keep whom the records of bindings hang on, in the place of what was known before."""
    for condition in within(parties.c.binding_id, set(hung)):
        connection.execute(delete(parties).where(condition))
    rows = [
        {"binding_id": binding, "place": place, "party": party}
        for binding, some in sorted(hung.items())
        for place, party in enumerate(some)
    ]
    many(connection, parties.insert(), rows)


def of(connection: Connection, known: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return whom the records of bindings hang on, in their order."""
    found: dict[int, list[str]] = defaultdict(list)
    for condition in within(parties.c.binding_id, set(known)):
        for row in connection.execute(select(*parties.c).where(condition).order_by(parties.c.place)):
            found[row.binding_id].append(row.party)
    return {binding: tuple(some) for binding, some in found.items()}


def bound_to(
    connection: Connection, office: OfficeName, asked: Collection[RecordId], most: int
) -> dict[RecordId, list[tuple[OrderRef, RecordId]]]:
    """Return the newest bound orders of each party, with their records."""
    found: dict[RecordId, list[tuple[OrderRef, RecordId]]] = {}
    for party in sorted(set(asked)):
        statement = (
            select(bindings.c.store, bindings.c.order_id, bindings.c.record)
            .join(parties, parties.c.binding_id == bindings.c.id)
            .where(
                parties.c.party == party,
                bindings.c.office == office,
                bindings.c.state == BindingState.BOUND.value,
            )
            .order_by(bindings.c.id.desc())
            .limit(most)
        )
        if rows := connection.execute(statement).all():
            found[party] = [(order_of(row), RecordId(row.record)) for row in rows]
    return found
