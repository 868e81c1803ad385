"""What stands for a connected side whose connector cannot be made: every use of it raises the problem that stopped it.

So one connection stops, with its sentence, as if its own side had refused, and all others go on.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId, RecordId
from sverka.domain.mapping.field import Field
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite, Seen
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice
from sverka.ports.store import NewOrderWrite, OrderWrite, StoreCan, Wrote


class _Absent:
    """The half both sides share; `why` is raised at every use."""

    def __init__(self, why: Problem) -> None:
        """Take what stands in the way."""
        self._why = why

    def _stop(self) -> NoReturn:
        raise type(self._why)(self._why.text)

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Raise the problem."""
        del moment
        self._stop()

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Raise the problem."""
        del headers, body
        self._stop()

    def catalogue(self) -> Sequence[Field]:
        """Raise the problem."""
        self._stop()

    def check(self) -> Sequence[Finding]:
        """Raise the problem."""
        self._stop()


class AbsentStore(_Absent):
    """A store that cannot be asked anything."""

    can = StoreCan(signs_notices=False, sees_deletions=False)

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Raise the problem."""
        del orders, guard
        self._stop()

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Raise the problem; nothing is sent."""
        del writes, guard
        self._stop()

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Raise the problem; nothing is sent."""
        del orders, guard
        self._stop()

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Raise the problem."""
        del marks, guard
        self._stop()


class AbsentOffice(_Absent):
    """A back office that cannot be asked anything."""

    def look(self, ask: Look, guard: Guard) -> Seen:
        """Raise the problem."""
        del ask, guard
        self._stop()

    def add_customers(self, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        """Raise the problem; nothing is sent."""
        del customers, guard
        self._stop()

    def write(self, writes: Sequence[RecordWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Raise the problem; nothing is sent."""
        del writes, guard
        self._stop()
