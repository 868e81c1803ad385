"""A back office in memory."""

import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sverka.connectors.in_memory.feed import Feed, new_among
from sverka.connectors.in_memory.shelf import Shelf
from sverka.connectors.in_memory.weather import Fate, Weather
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.party import COMPANY, CONTACT, is_party, own, party_keys
from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.errors import Forged, Gone, Problem, Rejected
from sverka.domain.ids import Origin, RecordId
from sverka.domain.kind import Kind
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.backoffice import Look, NewCustomer, Person, RecordWrite, Seen
from sverka.ports.clock import Clock
from sverka.ports.comments import TIMELINE
from sverka.ports.files import Fetched
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice, Subject
from sverka.ports.store import Wrote

_MARKS = {Kind.LEAD: "L_", Kind.INVOICE: "SI_"}
"""What the ids of records begin with that are no deals."""


@dataclass
class _Record:
    fields: dict[str, Value]
    origin: Origin | None
    contacts: tuple[str, ...]
    changed_at: datetime
    born_at: datetime
    version: int = 1
    made_of: str = ""


@dataclass
class _Contact:
    name: str
    keys: tuple[MatchKey, ...]
    responsible: str
    born_at: datetime
    fields: dict[str, Value] = field(default_factory=dict)
    changed_at: datetime | None = None


def _rest(_fields: Mapping[str, Value]) -> Mapping[str, Value]:
    return {}


@dataclass
class Robot:
    """A rule of the portal: it is shown the fields that were just written, and returns what it sets itself."""

    act: Callable[[Mapping[str, Value]], Mapping[str, Value]] = field(default=_rest)


class MemoryOffice:
    """Records and contacts by id; searches may lag behind what was born, and a robot may answer writes."""

    def __init__(
        self, clock: Clock, secret: str = "", weather: Weather | None = None, lag: timedelta = timedelta()
    ) -> None:
        """Take the secret of its notices, and how late its searches find what is new."""
        self._clock = clock
        self._secret = secret
        self._lag = lag
        self._records: dict[RecordId, _Record] = {}
        self._contacts: dict[RecordId, _Contact] = {}
        self._last_id = 0
        self.weather = weather or Weather()
        self.robot = Robot()
        self.refuses: set[tuple[str, Value]] = set()
        self.refused_keys: set[str] = set()
        self.heavy_field = "rows"
        self.writes = 0
        self.employees: dict[str, Person] = {}
        self.feed = Feed("office")
        self.shelf = Shelf("o")

    # People's hands

    def open(self, fields: Mapping[str, Value], origin: Origin | None = None) -> RecordId:
        """Let a manager open a record by hand, or a program that writes its own origin into it."""
        id_, now = self._new_id(), self._clock.now()
        self._records[id_] = _Record(dict(fields), origin, (), now, now)
        return id_

    def convert(self, lead: str, fields: Mapping[str, Value]) -> RecordId:
        """Let a manager make a deal of a lead; these are the fields he takes over."""
        deal = self.open(fields)
        self._records[deal].made_of = lead
        return deal

    def edit(self, record: str, fields: Mapping[str, Value]) -> None:
        """Let a manager edit a record."""
        self._save(self._records[RecordId(record)], fields)

    def link(self, record: str, contact: str) -> None:
        """Let a manager put a contact on a record."""
        self._records[RecordId(record)].contacts += (contact,)

    def drop(self, record: str) -> None:
        """Let a manager delete a record."""
        self._records.pop(RecordId(record), None)

    def edit_contact(self, contact: str, fields: Mapping[str, Value]) -> None:
        """Let a manager edit a contact; keys are `contact.phone` and the like."""
        known = self._contacts[RecordId(contact)]
        known.fields |= fields
        known.changed_at = self._clock.now()

    def show_contact(self, contact: str) -> Mapping[str, Value]:
        """Return a contact's fields as a manager sees them."""
        return dict(self._contacts[RecordId(contact)].fields)

    def add_contact(self, fields: Mapping[str, Value], *keys: MatchKey, responsible: str = "") -> RecordId:
        """Let a manager make a contact that these keys lead to."""
        id_ = self._new_id()
        self._contacts[id_] = _Contact("", keys, responsible, self._clock.now(), dict(fields), self._clock.now())
        return id_

    def merge_contact(self, gone: str, heir: str) -> None:
        """Let a manager merge one contact into another: its records hang on the other from now on."""
        taken, into = self._contacts.pop(RecordId(gone)), self._contacts[RecordId(heir)]
        into.keys = (*into.keys, *taken.keys)
        for record in self._records.values():
            record.contacts = tuple(heir if one == gone else one for one in record.contacts)

    def sign_contact(self, contact: str) -> tuple[dict[str, str], bytes]:
        """Return a genuine notice about a contact."""
        return {}, json.dumps({"id": contact, "secret": self._secret, "is_contact": True}).encode()

    def sign_comment(self, comment: str) -> tuple[dict[str, str], bytes]:
        """Return a genuine notice about a comment."""
        return {}, json.dumps({"id": comment, "secret": self._secret, "is_comment": True}).encode()

    def drop_contact(self, contact: str) -> None:
        """Let a manager delete a contact."""
        self._contacts.pop(RecordId(contact), None)

    def show(self, record: str) -> Mapping[str, Value]:
        """Return a record's fields as a manager sees them."""
        return dict(self._records[RecordId(record)].fields)

    def records(self) -> Mapping[RecordId, Origin | None]:
        """Return all records with their origins."""
        return {id_: record.origin for id_, record in self._records.items()}

    def contacts(self) -> Mapping[RecordId, tuple[MatchKey, ...]]:
        """Return all contacts with the keys they can be matched by."""
        return {id_: contact.keys for id_, contact in self._contacts.items()}

    def contacts_of(self, record: str) -> tuple[str, ...]:
        """Return the contacts a record hangs on."""
        return self._records[RecordId(record)].contacts

    def sign(self, record: str) -> tuple[dict[str, str], bytes]:
        """Return a genuine notice about a record."""
        body = json.dumps({"id": record, "secret": self._secret}).encode()
        return {}, body

    # The port

    def look(self, ask: Look, guard: Guard) -> Seen:
        """Return all that was asked."""
        guard()
        self.weather.read()
        clients = bool(party_keys(ask.fields))
        return Seen(
            {record: self._snapshot(record, heavy=record in ask.heavy, clients=clients) for record in ask.records},
            {origin: self._by_origin(origin) for origin in ask.origins},
            {key: self._by_key(key) for key in ask.keys},
            {contact: self._responsible(contact) for contact in ask.contacts},
            dict(self.people(self.employees if ask.owners else ask.people)),
            made={lead: self._made_of(lead) for lead in ask.leads},
            parties={one: dict(self._contacts[one].fields) for one in ask.contacts if one in self._contacts},
        )

    def people(self, ids: Collection[str], guard: Guard = free) -> Mapping[str, Person]:
        """Return the employees there are; of the others it does not speak."""
        guard()
        return {one: self.employees[one] for one in ids if one in self.employees}

    def find_people(self, name: str) -> Sequence[Person]:
        """Return those who work here and whose name holds the text."""
        return [one for one in self.employees.values() if one.works and name.casefold() in one.name.casefold()]

    def records_of(self, comments: Collection[str], guard: Guard) -> Mapping[str, RecordId | Problem | None]:
        """Return the record each comment stands under."""
        guard()
        self.weather.read()
        owners = {comment: self.feed.owner(comment) for comment in comments}
        return {comment: RecordId(owner) if owner else None for comment, owner in owners.items()}

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of a record's."""
        del owner
        guard()
        return self.shelf.fetch(ref, limit)

    def _findable(self, born_at: datetime) -> bool:
        return born_at + self._lag <= self._clock.now()

    def _snapshot(self, record: RecordId, *, heavy: bool, clients: bool = True) -> Snapshot | Problem:
        found = self._records.get(record)
        if found is None:
            return Gone()
        unread = frozenset() if heavy else frozenset({self.heavy_field, TIMELINE})
        fields = {key: value for key, value in found.fields.items() if key not in unread}
        if heavy:
            fields[TIMELINE] = self.feed.of(record)
        for prefix, party in ((CONTACT, found.contacts[:1]), (COMPANY, found.contacts[-1:])):
            held = self._contacts.get(RecordId(party[0])) if party and clients else None
            if held is None or not any(key.startswith(prefix) for key in held.fields):
                unread |= {prefix}
            else:
                fields |= {key: value for key, value in held.fields.items() if key.startswith(prefix)}
        return Snapshot(
            id=record,
            fields=fields,
            stamp=str(found.version),
            changed_at=found.changed_at,
            unread=unread,
            contacts=found.contacts,
            title=str(fields.get("title", "")),
            origin=f"{found.origin.hub}/{found.origin.id}" if found.origin else "",
            made_of=found.made_of,
        )

    def _made_of(self, lead: RecordId) -> Sequence[Snapshot]:
        """Return the deals that were made of a lead, oldest first."""
        shown = [self._snapshot(id_, heavy=True) for id_, one in self._records.items() if one.made_of == lead]
        return [one for one in shown if isinstance(one, Snapshot)]

    def _by_origin(self, origin: Origin) -> Sequence[Snapshot]:
        asked = (origin.hub, origin.id, origin.kind)
        marked = [(id_, r.origin) for id_, r in self._records.items() if r.origin and self._findable(r.born_at)]
        found = [id_ for id_, mark in marked if (mark.hub, mark.id, mark.kind) == asked]
        shown = [self._snapshot(record, heavy=True) for record in found]
        return [snapshot for snapshot in shown if isinstance(snapshot, Snapshot)]

    def _by_key(self, key: MatchKey) -> Sequence[RecordId]:
        return [id_ for id_, c in self._contacts.items() if key in c.keys and self._findable(c.born_at)]

    def _responsible(self, contact: RecordId) -> str | Problem:
        found = self._contacts.get(contact)
        return found.responsible if found else Gone()

    def add_customers(self, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        """Make contacts, as the weather lets it."""
        guard()
        done, problem = self._fate(len(customers))
        answers: dict[int, RecordId | Problem] = {}
        for new in customers[:done]:
            keys = new.customer.keys()
            if {key.value for key in keys} & self.refused_keys:
                answers[new.key] = Rejected()
                continue
            id_ = self._new_id()
            buyer, now = new.customer, self._clock.now()
            known_by = {*buyer.company_keys(), *buyer.company_keys(("inn",))} if new.is_company else buyer.keys()
            fields = {**buyer.as_party(new.kinds, is_company=new.is_company), **new.fields}
            self._contacts[id_] = _Contact(buyer.name, tuple(known_by), new.responsible, now, fields, now)
            answers[new.key] = id_
        return dict.fromkeys((new.key for new in customers), problem) if problem else answers

    def write(self, writes: Sequence[RecordWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make and change records, as the weather lets it."""
        guard()
        self.weather.between()
        done, problem = self._fate(len(writes))
        answers = {write.key: self._write_one(write) for write in writes[:done]}
        return dict.fromkeys((write.key for write in writes), problem) if problem else answers

    def _fate(self, size: int) -> tuple[int, Problem | None]:
        self.weather.requests += 1
        fate = self.weather.next_fate()
        done = {Fate.FINE: size, Fate.LOST_AFTER: size, Fate.CUT: size // 2}.get(fate, 0)
        return done, self.weather.problem(fate)

    def _write_one(self, write: RecordWrite) -> Wrote | Problem:
        mine = {key: value for key, value in own(write.fields).items() if key != TIMELINE}
        if any((key, value) in self.refuses for key, value in mine.items()):
            return Rejected()
        self.writes += 1
        refused = self._write_parties(write)
        if write.record is None:
            kind = write.origin.kind if write.origin else Kind.DEAL
            id_, now = self._new_id(kind), self._clock.now()
            self._records[id_] = _Record(mine, write.origin, tuple(write.contacts), now, now)
        else:
            id_ = write.record
            if id_ not in self._records:
                return Gone()
            self._save(self._records[id_], mine)
            self._records[id_].origin = write.origin or self._records[id_].origin
        for comment in new_among(many(write.fields.get(TIMELINE))):
            self.feed.copy(id_, comment)
        for key, held in write.files.items():
            try:
                self._save(self._records[id_], {key: self.shelf.lay(held)})
            except Problem as problem:
                refused[key] = problem
        reaction = self.robot.act(write.fields)
        if reaction:
            self._save(self._records[id_], reaction)
        after = self._snapshot(id_, heavy=True, clients=bool(write.shows))
        return Wrote(after, refused) if isinstance(after, Snapshot) else after

    def _write_parties(self, write: RecordWrite) -> dict[str, Problem]:
        refused: dict[str, Problem] = {}
        for key, value in write.fields.items():
            if not is_party(key):
                continue
            some = write.contacts[:1] if key.startswith(CONTACT) else write.contacts[-1:]
            party = self._contacts.get(some[0]) if some else None
            if party is None or (key, value) in self.refuses:
                refused[key] = Rejected()
            else:
                party.fields[key] = value
                party.changed_at = self._clock.now()
        return refused

    def _new_id(self, kind: Kind = Kind.DEAL) -> RecordId:
        self._last_id += 1
        return RecordId(f"{_MARKS.get(kind, '')}{self._last_id}")

    def _save(self, record: _Record, fields: Mapping[str, Value]) -> None:
        """Save what really changes; like a portal, an unchanged record gets no new stamp."""
        if all(record.fields.get(key) == value for key, value in fields.items()):
            return
        record.fields |= fields
        record.version += 1
        record.changed_at = self._clock.now()

    def all_records(self, where: Mapping[str, Value], fields: Collection[str], guard: Guard) -> Iterator[Snapshot]:  # noqa: ARG002 - nothing is saved by leaving fields out
        """Yield every record that passes, oldest first."""
        guard()
        self.weather.read()
        for record, found in sorted(self._records.items(), key=lambda item: item[1].born_at):
            shown = self._snapshot(record, heavy=True)
            if isinstance(shown, Snapshot) and all(found.fields.get(key) == value for key, value in where.items()):
                yield shown

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every record touched at or after the moment, oldest first."""
        self.weather.read()
        for id_, record in sorted(self._records.items(), key=lambda item: item[1].changed_at):
            if moment is None or record.changed_at >= moment:
                yield Notice(Subject.RECORD, id_, "changed", record.changed_at)

    def clients_changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every contact touched at or after the moment."""
        self.weather.read()
        for id_, contact in self._contacts.items():
            if contact.changed_at and (moment is None or contact.changed_at >= moment):
                yield Notice(Subject.CUSTOMER, id_, "changed", contact.changed_at)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:  # noqa: ARG002 - this office signs in the body
        """Compare the secret, and return the record it rings for."""
        data = json.loads(body)
        if not hmac.compare_digest(str(data.get("secret", "")).encode(), self._secret.encode()):
            raise Forged
        subject = Subject.CUSTOMER if data.get("is_contact") else Subject.RECORD
        subject = Subject.COMMENT if data.get("is_comment") else subject
        return [Notice(subject, str(data["id"]), f"{subject}.updated")]

    def catalogue(self) -> Sequence[Field]:
        """Return the fields that records have had so far."""
        keys = sorted({key for record in self._records.values() for key in record.fields})
        return [Field(k, Text(k, k), FieldType.CHOICE if k == "stageId" else FieldType.TEXT) for k in keys]

    def check(self) -> Sequence[Finding]:
        """Say that all is well: there is nothing to be connected to."""
        return [Finding(Level.GOOD, Text("The back office in memory answers.", "CRM в памяти отвечает."))]
