"""How many records each rank of a profile's employees has been given: whose turn it is outlives the process."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from sverka.domain.ids import ProfileName
from sverka.ports.storage import Turn
from sverka.storage.tables import turns


def taken(connection: Connection, profile: ProfileName, rank: str) -> int:
    """Return how many have been taken."""
    return connection.scalar(select(turns.c.taken).where(turns.c.profile == profile, turns.c.rank == rank)) or 0


def take(connection: Connection, some: Sequence[Turn]) -> None:
    """Count turns, in the transaction that binds the records they were taken for."""
    for (profile, rank), times in sorted(Counter(some).items()):
        ours = (turns.c.profile == profile) & (turns.c.rank == rank)
        if not connection.execute(update(turns).where(ours).values(taken=turns.c.taken + times)).rowcount:
            connection.execute(insert(turns), [{"profile": profile, "rank": rank, "taken": times}])
