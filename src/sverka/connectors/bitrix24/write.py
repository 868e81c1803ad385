"""Making and changing deals: packed into batches, each with the rows and the read-back riding on the deal (K8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.client import STOPS, Answered, Client, as_map
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, DEAL, PAGE, Command
from sverka.connectors.bitrix24.fields import ROWS, Fields, Known
from sverka.connectors.bitrix24.params import Param, Ref
from sverka.connectors.bitrix24.parties import entity_of, number_of
from sverka.connectors.bitrix24.party_reading import Parties
from sverka.connectors.bitrix24.party_writing import Part, PartyWriter, Ride, party_keys_of
from sverka.connectors.bitrix24.rows import lines, rows
from sverka.connectors.bitrix24.snapshots import snapshot
from sverka.connectors.bitrix24.values import items_of
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.party import is_party
from sverka.domain.errors import Later, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.backoffice import RecordWrite
from sverka.ports.guard import Guard, lane_of
from sverka.ports.store import Wrote

CREATES = 24
"""Deals made in one request at most: each with its rows, and one read-back of all, make 49 commands."""

LONGEST = 40.0
"""Seconds of work packed into one request: a portal cuts at 60, and then nobody knows what was done."""


@dataclass
class Job:
    """One write on its way: its commands, and what became of them."""

    write: RecordWrite
    parts: list[Part] = field(default_factory=list)
    rides: list[Ride] = field(default_factory=list)
    boarded: int = 0
    item: Command | None = None
    rows: Sequence[Mapping[str, Param]] | None = None
    refused: dict[str, Problem] = field(default_factory=dict)
    record: str = ""
    item_problem: Problem | None = None
    rows_problem: Problem | None = None
    is_doubtful: bool = False
    lines: tuple[Line, ...] | None = None
    shown: Mapping[str, Any] | None = None

    @property
    def is_new(self) -> bool:
        """Whether the record is to be made."""
        return self.write.record is None

    @property
    def clears_rows(self) -> bool:
        """Whether a deal that has rows is to have none."""
        return not self.is_new and self.rows is not None and not self.rows

    @property
    def methods(self) -> Sequence[str]:
        """The methods its commands need."""
        return [*([self.item.method] if self.item else []), *([commands.SET_ROWS] if self.rows else [])]


class Writer:
    """One call of `write`: jobs are prepared, packed, sent, read back and answered."""

    def __init__(
        self,
        client: Client,
        known: Known,
        guard: Guard,
        currency: str,
        zone: tzinfo,
        clients: Mapping[int, Known],
    ) -> None:
        """Take the portal; `currency` is that of money fields, `zone` the one moments are told in.

        `clients` is what is known of the fields of contacts and companies.
        """
        self._client = client
        self._known = known
        self._clients = clients
        self._party_writer = PartyWriter(client, clients, guard, currency, zone)
        self._parties = Parties(clients, ())
        self._guard = guard
        self._currency = currency
        self._zone = zone
        self._answers: dict[int, Wrote | Problem] = {}

    def write(self, writes: Sequence[RecordWrite]) -> Mapping[int, Wrote | Problem]:
        """Return an answer by key for every write."""
        try:
            fields = self._known.get(self._guard, [key for write in writes for key in write.fields])
        except Problem as problem:
            # Nothing was written yet, so even a lost answer leaves nothing in doubt.
            return {write.key: Later() if isinstance(problem, Unanswered) else problem for write in writes}
        self._parties = Parties(self._clients, frozenset().union(*map(party_keys_of, writes)))
        jobs = [job for write in writes if (job := self._prepared(write, fields))]
        self._party_writer.learn([part for job in jobs for part in job.parts], self._parties)
        stop: Problem | None = None
        for pack in self._packs([job for job in jobs if self._cleared(job)]):
            if stop is None:
                stop = self._send(pack)
            else:
                self._fail(pack, stop)
        self._settle([job for job in jobs if job.write.key not in self._answers], fields)
        return self._answers

    def _prepared(self, write: RecordWrite, fields: Fields) -> Job | None:
        job = Job(write, record=write.record or "")
        job.parts = self._party_writer.parts(write, job.refused)
        params: dict[str, Param] = {}
        for key, value in write.fields.items():
            if is_party(key):
                continue
            if key == ROWS:
                job.rows = rows(value)
                continue
            if key not in fields.specs:
                job.refused[key] = _no_field(key)
                continue
            try:
                name, params_value = fields.write(key, value, self._currency_of(write), self._zone)
            except Rejected as problem:
                job.refused[key] = problem
            else:
                params[name] = params_value
        if "opportunity" in params:
            params["isManualOpportunity"] = "Y"
        if write.origin:
            params |= {"originatorId": write.origin.hub, "originId": write.origin.id}
        params |= _linked(write)
        if write.record is None:
            job.item = commands.added(DEAL, params)
        elif params:
            job.item = commands.updated(write.record, params)
        elif job.rows is None and not job.parts:
            self._answers[write.key] = next(iter(job.refused.values()), Rejected())
            return None
        lane = lane_of(self._guard)
        if stands := next(filter(None, (self._client.blocked(one, lane) for one in job.methods)), None):
            self._answers[write.key] = stands
            return None
        return job

    def _currency_of(self, write: RecordWrite) -> str:
        given = write.fields.get("currencyId")
        return given if isinstance(given, str) and given else self._currency

    def _cleared(self, job: Job) -> bool:
        """Empty the rows where they are to be empty: brackets cannot tell that, so it goes as JSON, by itself."""
        if not job.clears_rows:
            return True
        empty = {"ownerType": "D", "ownerId": int(job.record), "productRows": []}
        try:
            job.lines = lines(self._client.call(commands.SET_ROWS, empty, self._guard))
        except Rejected as problem:
            job.rows_problem = problem
        except Problem as problem:
            self._answers[job.write.key] = problem
            return False
        return True

    def _packs(self, jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
        pack: list[Job] = []
        count, new, seconds = 0, 0, 0.0
        most = PAGE - 4 * len(self._parties.entities)  # parties are read back too
        for job in jobs:
            size = _size(job)
            cost = sum(self._client.took(method) for method in job.methods)
            full = count + size >= most or new + job.is_new > CREATES or seconds + cost > LONGEST
            if pack and full:
                yield pack
                pack, count, new, seconds = [], 0, 0, 0.0
            pack.append(job)
            count, new, seconds = count + size, new + job.is_new, seconds + cost
        if pack:
            yield pack

    def _send(self, pack: Sequence[Job]) -> Problem | None:
        """Send a pack in one request; return what makes further ones pointless."""
        batch: list[Command] = []
        places: list[tuple[int | None, int | None]] = []
        ids: list[str | Ref] = []
        for job in pack:
            self._board(job, len(batch))
            batch += [ride.command for ride in job.rides]
            item = len(batch) if job.item else None
            owner: str | Ref = Ref(f"c{len(batch)}", ("item", "id")) if job.is_new else job.record
            batch += [job.item] if job.item else []
            riders = _riders(job, owner)
            places.append((item, len(batch) if riders else None))
            batch += riders
            ids.append(owner)
        shown = len(batch)
        batch.append(commands.listed(DEAL, {"@id": tuple(ids)}))
        asked = self._parties.ask([one for job in pack for one in job.write.contacts], fresh=True)
        batch += [command for command, _ in asked]
        try:
            answers = self._client.batch(batch, self._guard)
        except Rejected as problem:
            return self._send_halved(pack, problem)
        except Problem as problem:
            self._fail(pack, problem)
            return problem if isinstance(problem, STOPS) else None
        for job, (item, rider) in zip(pack, places, strict=True):
            _take(job, None if item is None else answers[item], None if rider is None else answers[rider])
            _take_rides(job, answers)
        _take_shown(pack, answers[shown])
        for (_, take), answer in zip(asked, answers[shown + 1 :], strict=True):
            take(answer)
        more, self._parties.more = self._parties.more, []
        self._parties.drain(self._client, self._guard, more)
        return None

    def _board(self, job: Job, place: int) -> None:
        """Put the commands that change the parties of a job's record before its own."""
        job.rides, job.boarded = [], place
        for part in job.parts:
            start = place + len(job.rides)
            job.rides += self._party_writer.rides(part, self._parties.held(part.party), start, job.refused)

    def _send_halved(self, pack: Sequence[Job], problem: Rejected) -> Problem | None:
        """Send a request that was refused as a whole in two halves: it may be one record's fault."""
        if len(pack) == 1:
            self._fail(pack, problem)
            return None
        middle = len(pack) // 2
        return self._send(pack[:middle]) or self._send(pack[middle:])

    def _fail(self, pack: Sequence[Job], problem: Problem) -> None:
        # Rows already emptied are a write done by half: only a look can tell what stands there.
        self._answers.update({job.write.key: problem if job.lines is None else Unanswered() for job in pack})

    def _settle(self, jobs: Sequence[Job], fields: Fields) -> None:
        unseen = []
        for job in jobs:
            if job.is_doubtful:
                self._answers[job.write.key] = Unanswered()
            elif _nothing_landed(job):
                self._answers[job.write.key] = job.item_problem or job.rows_problem or Unanswered()
            elif job.shown is None:
                unseen.append(job)
        answers = self._client.run([commands.got(DEAL, job.record) for job in unseen], self._guard)
        for job, answer in zip(unseen, answers, strict=True):
            item = None if isinstance(answer, Problem) else as_map(answer.data).get("item")
            job.shown = item if isinstance(item, dict) else None
        for job in jobs:
            if job.write.key not in self._answers:
                self._answers[job.write.key] = self._wrote(job, fields)

    def _wrote(self, job: Job, fields: Fields) -> Wrote | Problem:
        if job.shown is None:
            return Unanswered()
        if not fields.knows(job.shown):
            try:
                fields = self._known.get(self._guard, job.shown)
            except Problem:
                return Unanswered()
        refused = dict(job.refused)
        if job.item_problem:
            mine = [key for key in job.write.fields if key != ROWS and not is_party(key)]
            refused |= {key: job.item_problem for key in mine if key not in refused}
        if job.rows_problem and ROWS in job.write.fields:
            refused[ROWS] = job.rows_problem
        parties = self._parties if job.write.shows else None
        return Wrote(snapshot(job.shown, fields, self._client.root, job.lines, parties), refused)


def _no_field(key: str) -> Rejected:
    return Rejected(
        Text(
            f"The portal's deals have no field {key}; correct the profile or add the field.",
            f"У сделок портала нет поля {key}; исправьте профиль или добавьте поле.",
        )
    )


def _size(job: Job) -> int:
    belongings = sum(3 + len(part.values) for part in job.parts)
    return belongings + (job.item is not None) + (job.rows is not None and not job.clears_rows)


def _riders(job: Job, owner: str | Ref) -> list[Command]:
    if job.rows:
        return [commands.rows_set(owner, job.rows)]
    # A newborn without rows is asked for them all the same: a robot may have given it some.
    return [commands.rows_listed(owner)] if job.rows is not None and job.is_new else []


def _take(job: Job, item: Answered | None, rider: Answered | None) -> None:
    if isinstance(item, Problem):
        job.item_problem = item
    elif item is not None and job.is_new:
        made = as_map(item.data).get("item")
        job.record = str(as_map(made).get("id") or "")
        if not job.record:
            job.item_problem = Unanswered()
    if isinstance(rider, Problem):
        job.rows_problem = rider
    elif rider is not None:
        try:
            job.lines = lines(rider.data)
        except Problem as problem:
            job.rows_problem = problem


def _take_rides(job: Job, answers: Sequence[Answered]) -> None:
    """Note which party fields were refused; one whose answer was lost leaves the whole write in doubt."""
    for ride, answer in zip(job.rides, answers[job.boarded :], strict=False):
        if isinstance(answer, Unanswered):
            job.is_doubtful = True
        elif isinstance(answer, Problem):
            job.refused |= dict.fromkeys(ride.keys, answer)


def _take_shown(pack: Sequence[Job], answer: Answered) -> None:
    if isinstance(answer, Problem):
        return
    shown = {str(item.get("id")): item for item in items_of(answer.data, "items")}
    for job in pack:
        job.shown = shown.get(job.record)


def _nothing_landed(job: Job) -> bool:
    if job.is_new:
        return job.item_problem is not None
    rows_landed = job.rows is not None and job.rows_problem is None
    item_landed = job.item is not None and job.item_problem is None
    ride_landed = any(key not in job.refused for ride in job.rides for key in ride.keys)
    return not rows_landed and not item_landed and not ride_landed


def _linked(write: RecordWrite) -> Mapping[str, Param]:
    contacts = tuple(number_of(one) for one in write.contacts if entity_of(one) == CONTACT)
    companies = [number_of(one) for one in write.contacts if entity_of(one) == COMPANY]
    linked: dict[str, Param] = {"contactIds": contacts} if contacts else {}
    return linked | ({"companyId": companies[0]} if companies else {})
