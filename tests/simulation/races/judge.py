"""What must never be, however processes cross: read from the tables and from what each process was answered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from simulation.races.hands import Deed
from sverka.domain.ids import OrderId, OrderRef, StoreName
from sverka.ports.storage import Claim
from sverka.storage.tables import bindings, intents, offices, pauses, visits
from sverka.storage.visits import PATIENCE

Key = tuple[OrderRef, str]
"""An order at an office."""
_KEPT = (offices, visits, intents, bindings, pauses)


@dataclass(frozen=True)
class State:
    """What is committed, seen after the step of that number."""

    at: int
    visits: Sequence[Any]
    offices: Mapping[str, Any]
    intents: Sequence[Any]
    bound: frozenset[Key]
    paused: frozenset[str]

    def rows(self, state: str) -> dict[Key, Any]:
        return {(order_of(row), row.office): row for row in self.visits if row.state == state}


def order_of(row: Any) -> OrderRef:
    """Return the order of a row."""
    return OrderRef(StoreName(row.store), OrderId(row.order_id))


def look(connection: Connection, at: int) -> State:
    """Return what is committed."""
    bound = connection.execute(select(bindings).where(bindings.c.state == "bound")).all()
    stopped = connection.scalars(select(pauses.c.name).where(pauses.c.what == "connection"))
    return State(
        at,
        connection.execute(select(visits)).all(),
        {row.name: row for row in connection.execute(select(offices))},
        connection.execute(select(intents)).all(),
        frozenset((order_of(row), row.office) for row in bound),
        frozenset(stopped),
    )


Rows = dict[str, list[dict[str, Any]]]
"""Tables by name, to be put back."""


def keep(connection: Connection) -> Rows:
    """Return the tables a race starts from."""
    return {table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in _KEPT}


def put_back(connection: Connection, rows: Rows) -> None:
    """Make the tables what they were; the journal and the notices, which nobody here reads, only grow."""
    for table in _KEPT:
        connection.execute(delete(table))
    for table in _KEPT:
        if rows.get(table.name):
            connection.execute(insert(table), rows[table.name])


@dataclass
class Case:
    """One run: what stood at first and at last, what was done between, and who held what at the start."""

    first: State
    last: State
    deeds: Sequence[Deed]
    held: Sequence[Claim] = ()
    between: Sequence[State] = field(default_factory=list)

    def findings(self) -> list[str]:
        """Return what must not be; the states between are looked at where there are any."""
        found = [*self._once(), *self._epochs(), *self._kept(), *self._doubts(), *self._alone()]
        if self.between:
            found += self._steps()
        return found

    def _claims(self) -> list[tuple[Deed, Claim]]:
        return [(deed, deed.claim) for deed in self.deeds if deed.what == "claim" and deed.claim]

    def _once(self) -> Iterable[str]:
        """One running row an order, one waiting row an order and office."""
        for state in (self.first, *self.between, self.last):
            running = Counter(order_of(row) for row in state.visits if row.state == "running")
            waiting = Counter((order_of(row), row.office) for row in state.visits if row.state == "waiting")
            for what, amount in (*running.items(), *waiting.items()):
                if amount > 1:
                    yield f"once: {amount} rows of {what} after step {state.at}"

    def _epochs(self) -> Iterable[str]:
        """A claim's epoch is its own (K3)."""
        epochs = Counter((claim.office, claim.epoch) for claim in (*self.held, *(one for _, one in self._claims())))
        yield from (f"epoch: {amount} claims have {epoch}" for epoch, amount in epochs.items() if amount > 1)

    def _kept(self) -> Iterable[str]:
        """What was rung for is waiting, or was claimed by a claim that ended after the bell."""
        waiting, running = self.last.rows("waiting"), {row.id for row in self.last.visits if row.state == "running"}
        settled = {visit for deed in self.deeds if not deed.superseded for visit in deed.settled}
        at_first = {row.id for row in self.first.visits if row.state == "running"}
        bells: list[tuple[Key, int, str]] = [(key, -1, "row") for key in self.first.rows("waiting")]
        for deed in self.deeds:
            bells += [((ring.order, ring.office), deed.span.earliest, deed.what) for ring in deed.rings]
            bells += [(key, deed.span.earliest, "K10") for key in self._told(deed)]
        claims = [*((-1, one) for one in self.held), *((deed.span.earliest, one) for deed, one in self._claims())]
        bells += [
            ((visit.order, claim.office), step, "left visit")
            for step, claim in claims
            for visit in claim.visits
            if visit.id not in settled | running and (step >= 0 or visit.id in at_first)
        ]
        claimed: dict[Key, int] = {}
        for deed, claim in self._claims():
            for visit in claim.visits:
                key = (visit.order, str(claim.office))
                claimed[key] = max(claimed.get(key, -1), deed.span.latest)
        for key, rung, what in bells:
            if key not in waiting and claimed.get(key, -2) <= rung:
                yield f"lost: {what} of step {rung} for {key}"

    def _told(self, deed: Deed) -> list[Key]:
        """The other offices an order is bound in all along (K10)."""
        orders, mine = {one.order for one in deed.intents}, deed.claim.office if deed.claim else ""
        always = self.first.bound & self.last.bound
        return [(order, office) for order, office in always if order in orders and office != mine]

    def _doubts(self) -> Iterable[str]:
        """No claim of any office takes an order while a write on it may still land (K2)."""
        for deed in self.deeds:
            for intent in deed.intents:
                closed = self._when_closed(intent.id)
                for other, claim in self._claims():
                    after = other.span.earliest > deed.span.latest and other.span.latest < closed
                    still = intent.doubt_until is not None and other.now < intent.doubt_until
                    if after and still and intent.order in {visit.order for visit in claim.visits}:
                        yield f"doubt: {intent.order} claimed at {other.span} under an intent of {deed.span}"

    def _when_closed(self, intent: int) -> float:
        return min(
            (deed.span.earliest for deed in self.deeds if intent in deed.closed and not deed.superseded),
            default=float("inf"),
        )

    def _alone(self) -> Iterable[str]:
        """Between a claim and the commit that settles its visits, nobody else claims their orders."""
        claims = [*self._claims(), *((None, one) for one in self.held)]
        for end in self.deeds:
            mine = [(deed, one) for deed, one in claims if one is end.claim and deed is not end]
            if end.superseded or not end.settled or not mine:
                continue
            begin = mine[0][0].span.latest if mine[0][0] else -1
            orders = {visit.order for visit in mine[0][1].visits}
            for deed, other in self._claims():
                if begin < deed.span.earliest and deed.span.latest < end.span.earliest and other is not end.claim:
                    both = orders & {visit.order for visit in other.visits}
                    yield from (f"alone: {one} of {end.who} also claimed by {deed.who}" for one in both)

    # What only a stage sees, where the state after every commit is known.

    def _before(self, step: int) -> State:
        return max((one for one in (self.first, *self.between) if one.at < step), key=lambda one: one.at)

    def _after(self, step: int) -> State:
        return next(one for one in self.between if one.at == step)

    def _urgent(self) -> Iterable[str]:
        """A row that waits never becomes less urgent, nor due later."""
        for one, other in pairwise((self.first, *self.between)):
            for key, row in one.rows("waiting").items():
                now = other.rows("waiting").get(key)
                if now is not None and now.id == row.id and (now.lane > row.lane or now.due_at > row.due_at):
                    yield f"lane: {key} waits in lane {now.lane} from step {other.at} on, and waited in {row.lane}"

    def _steps(self) -> list[str]:
        found = list(self._urgent())
        for deed in self.deeds:
            before = self._before(deed.span.latest)
            if deed.claim and deed.what != "claim":
                office = before.offices[deed.claim.office]
                began = self._before(deed.span.began).offices[deed.claim.office]
                if not deed.superseded and deed.what != "release" and office.epoch != deed.claim.epoch:
                    found.append(f"epoch: {deed.what} of {deed.claim.epoch} under {office.epoch} at {deed.span}")
                after = self._before(deed.span.latest + 1).offices[deed.claim.office]
                if deed.what == "release" and office.epoch != deed.claim.epoch and office != after:
                    found.append(f"epoch: a lock was given back that was another's at {deed.span}")
                if deed.superseded and began.epoch == after.epoch == deed.claim.epoch:
                    found.append(f"epoch: {deed.what} superseded by nobody at {deed.span}")
            found += [*self._lanes(deed), *self._locked(deed)]
        for deed, claim in self._claims():
            found += self._claimed(deed, claim)
        return found

    def _claimed(self, deed: Deed, claim: Claim) -> Iterable[str]:
        before, after = self._before(deed.span.latest), self._after(deed.span.latest)
        began = self._before(deed.span.began)
        yield from self._freed(deed, claim, before, after)
        during = [began, *(one for one in self.between if deed.span.began <= one.at < deed.span.latest)]
        doubtful = {order_of(row) for row in before.intents if row.doubt_until > deed.now}
        for visit in claim.visits:
            if visit.order in doubtful:
                yield f"doubt: {visit.order} claimed by {deed.who} at {deed.span}"
            for key, row in began.rows("waiting").items():
                same = next((one for one in before.visits if one == row), None)
                if key[0] != visit.order or key[1] == claim.office or same is None:
                    continue
                earlier = (row.lane, row.due_at) < (visit.lane, visit.due_at) and row.due_at <= deed.now
                patient = visit.due_at > deed.now - PATIENCE
                stopped = any(key[1] in one.paused for one in during)
                if earlier and patient and not stopped:
                    yield f"turn: {visit.order} was {key[1]}'s, {deed.who} took it for {claim.office} at {deed.span}"
                lifted = after.rows("waiting").get(key)
                if lifted is not None and lifted.lane > visit.lane:
                    yield f"lift: {visit.order} of {key[1]} stays in lane {lifted.lane} at {deed.span}"

    def _freed(self, deed: Deed, claim: Claim, before: State, after: State) -> Iterable[str]:
        """A running row is taken only from an office whose lock is free, and that office's epoch rises (K3)."""
        left = {row.id for row in after.visits}
        for row in before.visits:
            if row.state != "running" or row.id in left:
                continue
            old, new = before.offices[row.office], after.offices[row.office]
            if old.locked_until > deed.now:
                yield f"lock: a running row of {row.office} was taken from it at {deed.span}"
            if new.epoch <= old.epoch:
                yield f"epoch: {row.office} lost a row and kept its epoch at {deed.span}"

    def _locked(self, deed: Deed) -> Iterable[str]:
        """An office's lock lasts as long as a doubt of its wave: no other wave of it begins before (K2)."""
        for intent in deed.intents:
            until = self._after(deed.span.latest).offices[intent.office].locked_until
            if intent.doubt_until is None or until < intent.doubt_until:
                yield f"lock: {intent.office} is free before {intent.doubt_until}, when {intent.order} is certain"

    def _lanes(self, deed: Deed) -> Iterable[str]:
        """A bell takes the most urgent lane and the earliest moment of those that wait."""
        if deed.superseded:
            return
        for ring in deed.rings:
            row = self._after(deed.span.latest).rows("waiting").get((ring.order, ring.office))
            if row is not None and (row.lane > ring.lane or row.due_at > ring.due_at):
                yield f"lane: {ring.order} of {ring.office} waits in lane {row.lane} after a bell in {ring.lane}"
