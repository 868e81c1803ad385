"""A back office with habits of its own, behind a line that may fail, watched by a witness."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from simulation.lives.habits import Habits, Moved, Robot
from simulation.lives.network import Line
from simulation.lives.shop import asked
from simulation.lives.witness import Landed, Ticket, Witness
from sverka.connectors.in_memory.feed import Feed, new_among
from sverka.connectors.in_memory.office import MemoryOffice, _Contact, _Record
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.errors import Gone, Later, Problem, Rejected
from sverka.domain.ids import RecordId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite, Seen
from sverka.ports.clock import Clock
from sverka.ports.comments import TIMELINE
from sverka.ports.files import Fetched
from sverka.ports.guard import Guard
from sverka.ports.store import Wrote


@dataclass
class _Doing:
    """One write on its way through a batch."""

    write: RecordWrite
    ticket: Ticket
    record: RecordId | None = None
    refused: dict[str, Problem] = field(default_factory=dict)
    problem: Problem | None = None
    landed: bool = False
    held: dict[str, tuple[FileRef, ...]] = field(default_factory=dict)


class Crm(MemoryOffice):
    """A back office: a batch of commands a request, rows riding on their record, a bin, contacts that merge."""

    def __init__(self, name: str, clock: Clock, line: Line, habits: Habits, witness: Witness, lag: timedelta) -> None:
        super().__init__(clock, "s3cret", lag=lag)
        self.feed = Feed(name)
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
            made={lead: self._made_of(lead) for lead in ask.leads},
        )

    def records_of(self, comments: Collection[str], guard: Guard) -> Mapping[str, RecordId | Problem | None]:
        """Return the record each comment stands under, or raise what became of the request."""
        guard()
        if problem := self.line.carry([]):
            raise problem
        owners = {comment: self.feed.owner(comment) for comment in comments}
        return {comment: RecordId(owner) if owner else None for comment, owner in owners.items()}

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of a record's, or raise that it cannot be had now."""
        del owner
        guard()
        if self.line.carry([]):
            raise Later
        return self.shelf.fetch(ref, limit)

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
        for one in doing:
            self._fetch(one)
        guard()  # whoever has fetched files may have been taken over meanwhile
        commands = [command for one in doing for command in self._commands(one)]
        problem = self.line.carry(commands)
        if problem:
            return {write.key: problem for write in writes}
        return {one.write.key: self._answered(one) for one in doing}

    def _fetch(self, doing: _Doing) -> None:
        for key, held in doing.write.files.items():
            try:
                doing.held[key] = self.shelf.lay(held)
            except Problem as problem:
                doing.refused[key] = problem

    def _commands(self, doing: _Doing) -> list[Callable[[], None]]:
        fields = dict(doing.write.fields)
        said = new_among(many(fields.pop(TIMELINE, ())))
        rows = {self.heavy_field: fields.pop(self.heavy_field)} if self.heavy_field in fields else {}
        if doing.write.origin is not None:
            commands = [lambda: self._make(doing, fields)]
        else:
            commands = [lambda: self._patch(doing, fields)] if fields else []
        commands += [lambda: self._patch(doing, rows)] if rows else []
        commands += [partial(self._patch, doing, {key: held}) for key, held in doing.held.items()]
        return [*commands, *(partial(self._say, doing, one) for one in said)]

    def _say(self, doing: _Doing, comment: Comment) -> None:
        if doing.record is None or doing.record not in self._records:
            doing.problem = doing.problem or Gone()
            return
        self.witness.comment_added(doing.ticket, self.name, doing.record, comment)
        self.feed.copy(doing.record, comment)
        doing.landed = True
        self.writes += 1

    def _make(self, doing: _Doing, fields: dict[str, Value]) -> None:
        if self.habits.refused(fields):
            doing.problem = Rejected()
            return
        write, now = doing.write, self._clock.now()
        if write.record is not None:
            self._take_over(doing, fields)
            return
        assert write.origin is not None
        doing.record = self._new_id(write.origin.kind)
        born = _Record({}, write.origin, tuple(write.contacts), now, now)
        self._records[doing.record] = born
        born.fields = {key: self.habits.kept(key, value, None) for key, value in {"stageId": "NEW", **fields}.items()}
        self.witness.record_born(doing.ticket, write, doing.record, born.fields)
        doing.landed = True
        self.writes += 1
        self.act(doing.record, fields)

    def _take_over(self, doing: _Doing, fields: dict[str, Value]) -> None:
        """Set what a birth sets on a record that a person made, and its origin."""
        found = self._records.get(doing.record) if doing.record else None
        if found is None or doing.record is None:
            doing.problem = Gone()
            return
        self._save(found, fields)
        found.origin = doing.write.origin
        self.witness.record_born(doing.ticket, doing.write, doing.record, found.fields)
        doing.landed = True
        self.writes += 1

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
            sent = asked(doing.write.files[key]) if key in doing.held else value
            landed = Landed(str(doing.record), key, before.get(key), sent, found.fields.get(key), doing.write.key)
            self.witness.record_written(doing.ticket, landed)
        doing.landed = True
        self.writes += 1
        self.act(doing.record or RecordId(""), fields)

    def _answered(self, doing: _Doing) -> Wrote | Problem:
        if not doing.landed:
            return doing.problem or next((one for one in doing.refused.values()), Rejected())
        after = self._snapshot(doing.record or RecordId(""), heavy=True)
        return Wrote(after, doing.refused) if isinstance(after, Snapshot) else after

    def act(self, record: str, fields: Mapping[str, Value]) -> None:
        """Let the robots see what was just set."""
        self.habits.rouse(fields, partial(self._answer, record), self._clock.clock.later)  # type: ignore[attr-defined]

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

    def leads(self) -> list[str]:
        """Return the leads of which nobody has made a deal yet."""
        made = {one.made_of for one in (*self._records.values(), *self.bin.values())}
        return sorted(id_ for id_ in self._records if id_.startswith("L_") and id_ not in made)

    def made_of(self, lead: str) -> list[str]:
        """Return the deals there are that were made of a lead."""
        return sorted(id_ for id_, one in self._records.items() if one.made_of == lead)
