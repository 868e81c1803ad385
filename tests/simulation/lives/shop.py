"""A store with habits of its own, behind a line that may fail, watched by a witness."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from simulation.lives.habits import Habits, Moved, Robot
from simulation.lives.network import Line
from simulation.lives.witness import Landed, Ticket, Witness
from sverka.connectors.in_memory.feed import Feed, new_among
from sverka.connectors.in_memory.store import MemoryStore, _Order
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.errors import Gone, Later, Problem, Rejected
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.clock import Clock
from sverka.ports.comments import COMMENTS
from sverka.ports.files import Fetched, Upload
from sverka.ports.guard import Guard, free
from sverka.ports.store import NewOrderWrite, OrderWrite, Wrote

_LATE_MARK = timedelta(seconds=20)


@dataclass
class _Doing:
    """One write on its way: `held` are its files, fetched already, `refused` those that could not be."""

    write: OrderWrite
    ticket: Ticket | None
    held: Mapping[str, Value]
    refused: Mapping[str, Problem]
    problem: Problem | None = None
    landed: bool = False


def asked(held: Sequence[FileRef | Upload]) -> tuple[Value, ...]:
    """Return what a field of files was to hold, as the hub has named it."""
    return tuple(one.ref if isinstance(one, Upload) else one for one in held)


class Shop(MemoryStore):
    """A store. People's hands work at once; the hub's come over the line."""

    def __init__(self, name: str, clock: Clock, line: Line, habits: Habits, witness: Witness) -> None:
        super().__init__(clock, "s3cret")
        self.feed = Feed(name)
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

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        """Return the comments of each order, or raise what became of the request."""
        guard()
        if problem := self.line.carry([]):
            raise problem
        return {order: self.feed.of(order) if order in self._orders else Gone() for order in orders}

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of an order's, or raise that it cannot be had now."""
        del owner
        guard()
        if self.line.carry([]):
            raise Later
        return self.shelf.fetch(ref, limit)

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields, order by order and comment by comment, as far as the line lets it."""
        guard()
        ticket = self.ticket
        doing = [_Doing(write, ticket, *self._put(write.files)) for write in writes]
        guard()  # whoever has fetched files may have been taken over meanwhile
        problem = self.line.carry([command for one in doing for command in self._commands(one)])
        return {one.write.order: problem or self._answered(one) for one in doing}

    def _commands(self, doing: _Doing) -> list[Callable[[], None]]:
        write = doing.write
        own = {key: value for key, value in write.fields.items() if key != COMMENTS}
        commands = [lambda: self._set(doing, {**own, **doing.held})] if own or doing.held else []
        return [*commands, *(partial(self._say, doing, one) for one in new_among(many(write.fields.get(COMMENTS))))]

    def _say(self, doing: _Doing, comment: Comment) -> None:
        if doing.write.order not in self._orders:
            doing.problem = Gone()
            return
        if doing.ticket is not None:
            self.witness.comment_added(doing.ticket, self.name, doing.write.order, comment)
        self.feed.copy(doing.write.order, comment)
        self.writes += 1
        doing.landed = True

    def _set(self, doing: _Doing, fields: Mapping[str, Value]) -> None:
        write = doing.write
        order = self._orders.get(write.order)
        if order is None:
            doing.problem = Gone()
            return
        if self.habits.refused(fields):
            doing.problem = Rejected()
            return
        before = dict(order.fields)
        self.writes += 1
        self._save(order, fields)
        doing.landed = True
        sent = {**fields, **{key: asked(write.files[key]) for key in doing.held}}
        for key, value in sent.items() if doing.ticket is not None else ():
            landed = Landed(write.order, key, before.get(key), value, order.fields.get(key))
            self.witness.order_written(doing.ticket, self.name, landed)
        self.act(write.order, fields)

    def _answered(self, doing: _Doing) -> Wrote | Problem:
        after = self._snapshot(doing.write.order)
        if not isinstance(after, Snapshot) or not doing.landed:
            return doing.problem or next(iter(doing.refused.values()), Gone())
        shown = self._heard(after) if COMMENTS in doing.write.fields else after
        refused = {**doing.refused}
        if doing.problem is not None:
            own = [*doing.held, *(key for key in doing.write.fields if key != COMMENTS)]
            refused |= dict.fromkeys(own, doing.problem)
        return Wrote(shown, refused)

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
            own = {key: value for key, value in new.fields.items() if key != COMMENTS}
            self._save(made, {**self.habits.own, "order.number": str(order), "total": Decimal(0), **own})
            self.witness.order_born(ticket, new, order, made.fields)
            self._orders[order] = made
            for comment in new_among(many(new.fields.get(COMMENTS))):
                self.witness.comment_added(ticket, self.name, order, comment)
                self.feed.copy(order, comment)
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
        self.habits.rouse(fields, partial(self._answer, order), self._clock.clock.later)  # type: ignore[attr-defined]

    def _answer(self, order: str, robot: Robot) -> None:
        found = self._orders.get(OrderId(order))
        if found is not None and found.fields.get(robot.field) == robot.sees:
            self._save(found, {robot.field: robot.sets})
            self.moved(order, robot.field, "a robot of the store")
