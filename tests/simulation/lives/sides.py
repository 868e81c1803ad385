"""A store and a back office with habits of their own, behind a line that may fail, watched by a witness."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from simulation.lives.network import Line
from simulation.lives.witness import Landed, Ticket, Witness
from sverka.connectors.in_memory.office import MemoryOffice, _Contact, _Record
from sverka.connectors.in_memory.store import MemoryStore, _Order
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Gone, Problem, Rejected
from sverka.domain.ids import OrderId, RecordId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite, Seen
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard, free
from sverka.ports.store import NewOrderWrite, OrderWrite, Wrote

_LATE_MARK = timedelta(seconds=20)

Keep = Callable[[Value, Value], Value]
"""How a side keeps a value it is given: (given, there before) → kept."""


@dataclass(frozen=True)
class Robot:
    """When a field is set to a value, by whomever, it sets the same field to another, at once or after a while."""

    field: str
    sees: Value
    sets: Value
    after: timedelta = timedelta()


@dataclass
class Habits:
    """How a side differs from what it was told: values it keeps in its own way, values it refuses, robots."""

    keeps: Mapping[str, Keep] = field(default_factory=dict)
    refuses: Mapping[str, Collection[Value]] = field(default_factory=dict)
    robots: Sequence[Robot] = ()
    own: Mapping[str, Value] = field(default_factory=dict)
    marks_late: bool = False

    def kept(self, key: str, given: Value, before: Value) -> Value:
        """Return what is kept of a value."""
        keep = self.keeps.get(key)
        return keep(given, before) if keep else given

    def refused(self, fields: Mapping[str, Value]) -> bool:
        """Tell whether any of the values is refused, and with it the whole command."""
        return any(value in self.refuses.get(key, ()) for key, value in fields.items())


Moved = Callable[[str, str, str], None]
"""Told when a robot has moved something: (id, field, who)."""


class Shop(MemoryStore):
    """A store. People's hands work at once; the hub's come over the line."""

    def __init__(self, name: str, clock: Clock, line: Line, habits: Habits, witness: Witness) -> None:
        super().__init__(clock, "s3cret")
        self.name, self.line, self.habits, self.witness = name, line, habits, witness
        self.moved: Moved = lambda _id, _field, _who: None
        self.ticket: Ticket | None = None

    def _save(self, order: _Order, fields: Mapping[str, Value]) -> None:
        kept = {key: self.habits.kept(key, value, order.fields.get(key)) for key, value in fields.items()}
        super()._save(order, kept)

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now, or raise what became of the request."""
        guard()
        if problem := self.line.carry([]):
            raise problem
        return {order: self._snapshot(order) for order in orders}

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields, order by order, as far as the line lets it."""
        guard()
        answers: dict[OrderId, Wrote | Problem] = {}
        problem = self.line.carry([self._command(write, answers) for write in writes])
        return {write.order: problem for write in writes} if problem else answers

    def _command(self, write: OrderWrite, answers: dict[OrderId, Wrote | Problem]) -> Callable[[], None]:
        ticket = self.ticket

        def command() -> None:
            answers[write.order] = self._set(write, ticket)

        return command

    def _set(self, write: OrderWrite, ticket: Ticket | None) -> Wrote | Problem:
        order = self._orders.get(write.order)
        if order is None:
            return Gone()
        if self.habits.refused(write.fields):
            return Rejected()
        before = dict(order.fields)
        self.writes += 1
        self._save(order, write.fields)
        if ticket is not None:
            for key, value in write.fields.items():
                landed = Landed(write.order, key, before.get(key), value, order.fields.get(key))
                self.witness.order_written(ticket, self.name, landed)
        self.act(write.order, write.fields)
        after = self._snapshot(write.order)
        assert isinstance(after, Snapshot)
        return Wrote(after)

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make orders, one after the other; each gets its mark at once, or a little later by a module of the store."""
        guard()
        answers: dict[int, Wrote | Problem] = {}
        problem = self.line.carry([self._making(new, answers) for new in orders])
        return {new.key: problem for new in orders} if problem else answers

    def _making(self, new: NewOrderWrite, answers: dict[int, Wrote | Problem]) -> Callable[[], None]:
        ticket = self.ticket
        assert ticket is not None

        def command() -> None:
            if self.habits.refused(new.fields):
                answers[new.key] = Rejected()
                return
            self.writes += 1
            order = OrderId(f"m{next(self._numbers)}")
            made = _Order({}, 0, self._clock.now(), "" if self.habits.marks_late else new.mark)
            self._save(made, {**self.habits.own, "order.number": str(order), "total": Decimal(0), **new.fields})
            self.witness.order_born(ticket, new, order, made.fields)
            self._orders[order] = made
            if self.habits.marks_late:
                self._clock.clock.later(_LATE_MARK, lambda: setattr(made, "mark", new.mark))  # type: ignore[attr-defined]
            self.moved(order, "", "the hub makes an order, and the store")
            after = self._snapshot(order)
            assert isinstance(after, Snapshot)
            answers[new.key] = Wrote(after)

        return command

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Return the orders that carry each mark, or raise what became of the request."""
        guard()
        if problem := self.line.carry([]):
            raise problem
        shown = [one for id_ in self._orders if isinstance(one := self._snapshot(id_), Snapshot)]
        return {mark: [one for one in shown if one.mark == mark] for mark in marks}

    def time(self) -> datetime:
        """Return what this store's clock shows."""
        return self._clock.now()

    def marked(self, mark: str) -> list[str]:
        """Return the orders that carry a mark, or will."""
        return [id_ for id_, order in self._orders.items() if order.mark == mark]

    def act(self, order: str, fields: Mapping[str, Value]) -> None:
        """Let the robots see what was just set."""
        for robot in self.habits.robots:
            if fields.get(robot.field) == robot.sees:
                if robot.after:
                    self._clock.clock.later(robot.after, lambda robot=robot: self._answer(order, robot))  # type: ignore[attr-defined]
                else:
                    self._answer(order, robot)

    def _answer(self, order: str, robot: Robot) -> None:
        found = self._orders.get(OrderId(order))
        if found is not None and found.fields.get(robot.field) == robot.sees:
            self._save(found, {robot.field: robot.sets})
            self.moved(order, robot.field, "a robot of the store")


@dataclass
class _Doing:
    """One write on its way through a batch."""

    write: RecordWrite
    ticket: Ticket
    record: RecordId | None = None
    refused: dict[str, Problem] = field(default_factory=dict)
    problem: Problem | None = None
    landed: bool = False


class Crm(MemoryOffice):
    """A back office: a batch of commands a request, rows riding on their record, a bin, contacts that merge."""

    def __init__(self, name: str, clock: Clock, line: Line, habits: Habits, witness: Witness, lag: timedelta) -> None:
        super().__init__(clock, "s3cret", lag=lag)
        self.name, self.line, self.habits, self.witness = name, line, habits, witness
        self.moved: Moved = lambda _id, _field, _who: None
        self.bin: dict[RecordId, _Record] = {}
        self.ticket: Ticket | None = None

    # People's hands

    def open_by_hand(self, fields: Mapping[str, Value]) -> RecordId:
        """Let a manager open a deal himself."""
        record, now = self._new_id(), self._clock.now()
        self._records[record] = _Record(dict(fields), None, (), now, now)
        return record

    def trash(self, record: str) -> None:
        """Let a manager throw a record into the bin."""
        if (found := self._records.pop(RecordId(record), None)) is not None:
            self.bin[RecordId(record)] = found

    def restore(self, record: str) -> bool:
        """Let a manager take a record out of the bin; False where it is not in it."""
        found = self.bin.pop(RecordId(record), None)
        if found is not None:
            self._records[RecordId(record)] = found
            found.version += 1
            found.changed_at = self._clock.now()
        return found is not None

    def add_contact(self, keys: Sequence[MatchKey]) -> RecordId:
        """Let a manager make a contact by hand."""
        contact = self._new_id()
        self._contacts[contact] = _Contact("by hand", tuple(keys), "", self._clock.now())
        return contact

    def merge_contacts(self, kept: RecordId, merged: RecordId) -> None:
        """Let a manager merge a contact into another, which takes its phones, e-mails and deals."""
        gone = self._contacts.pop(merged)
        stays = self._contacts[kept]
        stays.keys = tuple(dict.fromkeys((*stays.keys, *gone.keys)))
        for record in (*self._records.values(), *self.bin.values()):
            record.contacts = tuple(dict.fromkeys(kept if one == merged else one for one in record.contacts))

    def _save(self, record: _Record, fields: Mapping[str, Value]) -> None:
        kept = {key: self.habits.kept(key, value, record.fields.get(key)) for key, value in fields.items()}
        super()._save(record, kept)

    # The port

    def look(self, ask: Look, guard: Guard) -> Seen:
        """Return all that was asked, or raise what became of the request."""
        guard()
        if problem := self.line.carry([]):
            raise problem
        return Seen(
            {record: self._snapshot(record, heavy=record in ask.heavy) for record in ask.records},
            {origin: self._by_origin(origin) for origin in ask.origins},
            {key: self._by_key(key) for key in ask.keys},
            {contact: self._responsible(contact) for contact in ask.contacts},
        )

    def add_customers(self, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        """Make contacts, a command each."""
        guard()
        answers: dict[int, RecordId | Problem] = {}
        problem = self.line.carry([self._adding(new, answers) for new in customers])
        return {new.key: problem for new in customers} if problem else answers

    def _adding(self, new: NewCustomer, answers: dict[int, RecordId | Problem]) -> Callable[[], None]:
        ticket = self.ticket
        assert ticket is not None

        def command() -> None:
            buyer = new.customer
            keys = buyer.company_keys() if new.is_company else buyer.keys()
            if {key.value for key in keys} & self.refused_keys:
                answers[new.key] = Rejected()
                return
            contact = self._new_id()
            self.witness.contact_born(ticket, contact, keys)
            self._contacts[contact] = _Contact(buyer.name, keys, new.responsible, self._clock.now())
            answers[new.key] = contact

        return command

    def write(self, writes: Sequence[RecordWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make and change records: each a command of its own, its rows another that rides behind it (K8)."""
        guard()
        assert self.ticket is not None
        doing = [_Doing(write, self.ticket, write.record) for write in writes]
        commands = [command for one in doing for command in self._commands(one)]
        problem = self.line.carry(commands)
        if problem:
            return {write.key: problem for write in writes}
        return {one.write.key: self._answered(one) for one in doing}

    def _commands(self, doing: _Doing) -> list[Callable[[], None]]:
        fields = dict(doing.write.fields)
        rows = {self.heavy_field: fields.pop(self.heavy_field)} if self.heavy_field in fields else {}
        if doing.write.record is None:
            commands = [lambda: self._make(doing, fields)]
        else:
            commands = [lambda: self._patch(doing, fields)] if fields else []
        return [*commands, lambda: self._patch(doing, rows)] if rows else commands

    def _make(self, doing: _Doing, fields: dict[str, Value]) -> None:
        if self.habits.refused(fields):
            doing.problem = Rejected()
            return
        write, now = doing.write, self._clock.now()
        doing.record = self._new_id()
        born = _Record({}, write.origin, tuple(write.contacts), now, now)
        self._records[doing.record] = born
        born.fields = {key: self.habits.kept(key, value, None) for key, value in {"stageId": "NEW", **fields}.items()}
        self.witness.record_born(doing.ticket, write, doing.record, born.fields)
        doing.landed = True
        self.writes += 1
        self.act(doing.record, fields)

    def _patch(self, doing: _Doing, fields: dict[str, Value]) -> None:
        found = self._records.get(doing.record) if doing.record else None
        if found is None:
            doing.problem = doing.problem or Gone()
            return
        if self.habits.refused(fields):
            doing.refused |= {key: Rejected() for key in fields}
            return
        before = dict(found.fields)
        self._save(found, fields)
        for key, value in fields.items():
            landed = Landed(str(doing.record), key, before.get(key), value, found.fields.get(key), doing.write.key)
            self.witness.record_written(doing.ticket, landed)
        doing.landed = True
        self.writes += 1
        self.act(doing.record or RecordId(""), fields)

    def _answered(self, doing: _Doing) -> Wrote | Problem:
        if not doing.landed:
            return doing.problem or Rejected()
        after = self._snapshot(doing.record or RecordId(""), heavy=True)
        return Wrote(after, doing.refused) if isinstance(after, Snapshot) else after

    def act(self, record: str, fields: Mapping[str, Value]) -> None:
        """Let the robots see what was just set."""
        for robot in self.habits.robots:
            if fields.get(robot.field) == robot.sees:
                if robot.after:
                    self._clock.clock.later(robot.after, lambda robot=robot: self._answer(record, robot))  # type: ignore[attr-defined]
                else:
                    self._answer(record, robot)

    def _answer(self, record: str, robot: Robot) -> None:
        found = self._records.get(RecordId(record))
        if found is not None and found.fields.get(robot.field) == robot.sees:
            self._save(found, {robot.field: robot.sets})
            self.moved(record, robot.field, "a robot of the back office")

    def found(self, record: str) -> _Record | None:
        """Return a record that is there, and not in the bin."""
        return self._records.get(RecordId(record))

    def origin_of(self, record: str) -> str:
        """Return the origin a record carries, empty where it was made by hand."""
        found = self._records.get(RecordId(record))
        return found.origin.id if found and found.origin else ""

    def findable(self, contact: RecordId) -> bool:
        """Tell whether a search finds a contact already."""
        return self._findable(self._contacts[contact].born_at)
