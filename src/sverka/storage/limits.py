"""How often something may be tried: leaky buckets in rows that every process shares."""

from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, select

from sverka.ports.clock import Clock
from sverka.storage.database import taking, upsert, write
from sverka.storage.people_tables import limits


class Limits:
    """Buckets by name; unlike a portal's budget a full one reserves nothing, so that refused tries never pile up."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, name: str, every: timedelta, burst: int) -> timedelta:
        """Take one try of `burst`, of which one comes back `every`; return how long to wait, zero where it was taken.

        Two that come at once on PostgreSQL may both be let through; the bucket is a brake and no lock.
        """

        def work(connection: Connection) -> timedelta:
            now = self._clock.now()
            connection.execute(delete(limits).where(limits.c.full_until <= now))
            until = connection.scalar(select(limits.c.full_until).where(limits.c.name == name)) or now
            wait: timedelta = until + every - burst * every - now
            if wait > timedelta():
                return wait
            row = {"name": name, "full_until": until + every}
            connection.execute(upsert(connection, limits, ("name",), taking("full_until")), [row])
            return timedelta()

        return write(self._engine, work)
