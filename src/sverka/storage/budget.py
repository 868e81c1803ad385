"""The request budget of a portal: a leaky bucket (GCRA) in one row, shared by every process."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Table, bindparam, select, type_coerce

from sverka.ports.clock import Clock
from sverka.storage.database import greatest, read, upsert, write
from sverka.storage.tables import Moment, budgets

_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000


class SqlBudget:
    """The `Budget` port. Time is counted in whole microseconds, so that nothing drifts."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def waiting(self, portal: str) -> float:
        """Return how many seconds of requests are reserved ahead of now; 0 where nothing is."""
        statement = select(budgets.c.full_until).where(budgets.c.portal == portal)
        moment = read(self._engine, lambda connection: connection.scalar(statement))
        return 0.0 if moment is None else max(0.0, (moment - self._clock.now()).total_seconds())

    def take(self, portal: str, rate: float, burst: int) -> float:
        """Reserve one request and return the seconds to wait before it is sent.

        The row keeps the moment at which everything reserved so far will have leaked out. A request adds its
        interval and may be sent as soon as no more than `burst` intervals stand before that moment. The interval is
        rounded up: never faster than the portal allows.
        """
        interval = ceil(_SECOND / rate)
        now = self._clock.now()
        row = {"portal": portal, "full_until": now + interval * _MICROSECOND, "at": now, "step": interval}
        moment: datetime = write(self._engine, lambda connection: _reserve(connection, row))
        wait = (moment - now) // _MICROSECOND - burst * interval
        return max(0, wait) / _SECOND


def _reserve(connection: Connection, row: Mapping[str, Any]) -> datetime:
    statement = upsert(connection, budgets, ("portal",), _filled).returning(budgets.c.full_until)
    moment: datetime = connection.execute(statement, row).scalar_one()
    return moment


def _filled(old: Table, _new: Any) -> Mapping[str, Any]:
    at = greatest(old.c.full_until, bindparam("at", type_=Moment))
    return {"full_until": type_coerce(type_coerce(at, BigInteger) + bindparam("step", type_=BigInteger), Moment)}
