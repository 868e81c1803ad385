"""Making and changing records: packed into batches, each with rows and read-back riding on the record (K8)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sverka.connectors.bitrix24 import beside, commands, files, importing, timeline
from sverka.connectors.bitrix24.commands import LONGEST, PAGE
from sverka.connectors.bitrix24.fields import ROWS, Fields
from sverka.connectors.bitrix24.job import Job
from sverka.connectors.bitrix24.kinds import KINDS, LEADS, RecordKind
from sverka.connectors.bitrix24.kinds import number_of as own_number
from sverka.connectors.bitrix24.leads import OWN_KEYS, person
from sverka.connectors.bitrix24.parties.writing import PartyWriter
from sverka.connectors.bitrix24.portal import Portal
from sverka.connectors.bitrix24.products import Key
from sverka.connectors.bitrix24.rows import lines, rows
from sverka.connectors.bitrix24.snapshots import snapshot
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import STOPS, Answered, as_map
from sverka.connectors.bitrix24.wire.params import Param, Ref
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.party import own
from sverka.domain.commerce.value import lines_of
from sverka.domain.errors import Later, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.backoffice import RecordWrite
from sverka.ports.comments import TIMELINE
from sverka.ports.guard import Guard, lane_of
from sverka.ports.store import Wrote

CREATES = 24
"""Records made in one request at most: each with its rows, and one read-back of all, make 49 commands."""

_NEVER = datetime.min.replace(tzinfo=UTC)


class Writer:
    """One call of `write`: jobs are prepared, packed, sent, read back and answered."""

    def __init__(self, portal: Portal, guard: Guard) -> None:
        """Take the portal and the guard that is asked before every request."""
        self._client = portal.client
        self._known = portal.known
        self._products = portal.products
        self._dates = portal.dates
        self._parties = PartyWriter(portal, guard)
        self._linked: dict[int, Mapping[Key, str] | Problem] = {}
        self._guard = guard
        self._currency = portal.currency
        self._zone = portal.zone
        self._answers: dict[int, Wrote | Problem] = {}
        self._fields: dict[RecordKind, Fields | Problem] = {}

    def write(self, writes: Sequence[RecordWrite]) -> Mapping[int, Wrote | Problem]:
        """Return an answer by key for every write."""
        # A portal takes records of the past as they were made, the oldest first; nobody waits for them.
        ranked = sorted(writes, key=lambda write: (write.placed is not None, write.placed or _NEVER))
        asked = [Job(write, record=own_number(write.record or "")) for write in ranked]
        for kind in KINDS.values():
            self._learn(kind, [job for job in asked if job.kind is kind])
        self._link(writes)
        jobs = [job for one in asked if (job := self._prepared(one))]
        self._parties.learn(writes, [job.rides for job in jobs])
        stop: Problem | None = None
        for pack in self._packs([job for job in jobs if self._cleared(job) and self._has_files(job)]):
            if stop is None:
                stop = self._send(pack)
            else:
                self._fail(pack, stop)
        self._settle([job for job in jobs if job.write.key not in self._answers])
        return self._answers

    def _link(self, writes: Sequence[RecordWrite]) -> None:
        """Find the products of all rows at once; where the catalogue refuses one of them, of each record by itself."""
        wanted = {write.key: lines_of(write.fields.get(ROWS)) for write in writes}
        asking = {key: asked for key, asked in wanted.items() if any(line.link for line in asked)}
        if not asking:
            return
        found = self._found([line for asked in asking.values() for line in asked])
        refused = isinstance(found, Rejected) and len(asking) > 1
        self._linked = {key: self._found(asked) if refused else found for key, asked in asking.items()}

    def _found(self, asked: Sequence[Line]) -> Mapping[Key, str] | Problem:
        try:
            return self._products.link(asked, self._guard)
        except Problem as problem:
            return problem

    def _learn(self, kind: RecordKind, jobs: Sequence[Job]) -> None:
        if jobs:
            keys = [key for job in jobs for key in job.write.fields if key not in OWN_KEYS]
            try:
                self._fields[kind] = self._known.of(kind).get(self._guard, keys)
            except Problem as problem:
                # Nothing was written yet, so even a lost answer leaves nothing in doubt.
                self._fields[kind] = Later() if isinstance(problem, Unanswered) else problem

    def _prepared(self, job: Job) -> Job | None:
        write, fields = job.write, self._laid_out(job)
        if isinstance(fields, Problem):
            self._answers[write.key] = fields
            return None
        job.rides.parts = self._parties.parts(write, job.refused)
        params = self._params(job, fields)
        if write.record is None:
            params |= person(write) if job.kind is LEADS else {}
            if write.placed:
                job.brought = self._dates.lay(params, job.kind, write.placed, self._zone)
            else:
                job.item = commands.added(job.kind.entity, params)
        elif params:
            job.item = commands.updated(job.kind.entity, job.record, params)
        elif job.rows is None and not job.to_say and not job.rides.parts and not write.files:
            self._answers[write.key] = job.problem if job.refused else Rejected()
            return None
        lane = lane_of(self._guard)
        if stands := next(filter(None, (self._client.blocked(one, lane) for one in job.methods)), None):
            self._answers[write.key] = stands
            return None
        return job

    def _params(self, job: Job, fields: Fields) -> dict[str, Param]:
        """Return the fields of a record as the portal takes them; those it would not take are noted as refused."""
        write, params = job.write, dict[str, Param]()
        for key, value in write.fields.items():
            if beside.put_aside(job, key, value) or (job.kind is LEADS and key in OWN_KEYS):
                continue
            if key not in fields.specs:
                job.refused[key] = _no_field(key, job.kind)
                continue
            try:
                name, params_value = fields.write(key, value, self._currency_of(write), self._zone)
            except Rejected as problem:
                job.refused[key] = problem
            else:
                params[name] = params_value
        if "opportunity" in params:
            params["isManualOpportunity"] = "Y"
        params |= job.kind.marked(write.origin) if write.origin else {}
        params |= job.links
        return params

    def _laid_out(self, job: Job) -> Fields | Problem:
        """Lay the rows out and return the record's fields, or what keeps it from being written.

        No record is made without its goods: whoever looks at it would take it for the whole order.
        """
        fields, found = self._fields[job.kind], self._linked.get(job.write.key, {})
        if ROWS not in job.write.fields or isinstance(fields, Problem):
            return fields
        try:
            if isinstance(found, Problem):
                raise found
            job.rows = rows(job.write.fields[ROWS], found)
        except Problem as problem:
            job.refused[ROWS] = problem
            return problem if job.is_new else fields
        return fields

    def _currency_of(self, write: RecordWrite) -> str:
        given = write.fields.get("currencyId")
        return given if isinstance(given, str) and given else write.currency or self._currency

    def _cleared(self, job: Job) -> bool:
        """Empty the rows where they are to be empty: brackets cannot tell that, so it goes as JSON, by itself."""
        if not job.clears_rows:
            return True
        empty = {"ownerType": job.kind.owner, "ownerId": int(job.record), "productRows": []}
        try:
            job.lines = lines(self._client.call(commands.SET_ROWS, empty, self._guard))
        except Rejected as problem:
            job.rows_problem = problem
        except Problem as problem:
            self._answers[job.write.key] = problem
            return False
        return True

    def _has_files(self, job: Job) -> bool:
        """Put a record's files, field by field; one that cannot be put leaves the rest of the write to go on."""
        fields = self._fields[job.kind]
        specs = fields.specs if isinstance(fields, Fields) else {}
        for key, held in job.write.files.items():
            spec = specs.get(key)
            if spec is None:
                job.refused[key] = _no_field(key, job.kind)
                continue
            entity, name = job.kind.entity, spec.wire or key
            try:
                files.put(self._client, entity, job.record, name, held, self._guard, many=spec.many)
            except Unanswered as problem:
                self._answers[job.write.key] = problem
                return False
            except Problem as problem:
                job.refused[key] = problem
            else:
                job.has_put = True
        return True

    def _packs(self, jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
        pack: list[Job] = []
        count, new, seconds = 0, 0, 0.0
        for job in jobs:
            adds = job.is_new and job.brought is None
            cost = sum(self._client.took(method) for method in job.methods)
            packed = [*pack, job]
            shown = len({one.kind for one in packed}) + self._parties.shown_by([one.write for one in packed])
            full = (
                count + job.size + importing.size(packed) + shown > PAGE
                or new + adds > CREATES
                or seconds + cost > LONGEST
                or (job.brought is not None and len(packed) > self._most_brought)
            )
            if pack and full:
                yield pack
                pack, count, new, seconds = [], 0, 0, 0.0
            pack.append(job)
            count, new, seconds = count + job.size, new + adds, seconds + cost
        if pack:
            yield pack

    @property
    def _most_brought(self) -> int:
        return PAGE if self._client.meter.knows(commands.IMPORT) else importing.FIRST

    def _send(self, pack: Sequence[Job]) -> Problem | None:
        """Send a pack in one request; return what makes further ones pointless."""
        batch, brought = importing.board(pack)
        places: list[tuple[int | None, int | None, int]] = []
        ids: dict[RecordKind, list[str | Ref]] = {}
        for job in pack:
            batch += self._parties.board(job.rides, len(batch), job.refused)
            item = len(batch) if job.item else None
            owner: str | Ref = Ref(f"c{len(batch)}", ("item", "id")) if job.is_new else job.record
            if place := brought.get(id(job)):
                owner = importing.owner(place)
            batch += [job.item] if job.item else []
            riders = job.riders(owner)
            places.append((item, len(batch) if riders else None, len(batch) + len(riders)))
            batch += riders
            batch += timeline.added(job.kind, owner, job.to_say) if job.to_say else []
            batch += beside.traced(job.kind, job.trace, owner, job.contacts)
            ids.setdefault(job.kind, []).append(owner)
        shown = len(batch)
        batch += [commands.listed(kind.entity, {"@id": tuple(made)}) for kind, made in ids.items()]
        asked = self._parties.ask([job.write for job in pack])
        batch += [command for command, _ in asked]
        try:
            answers = self._client.batch(batch, self._guard)
        except Rejected as problem:
            return self._send_halved(pack, problem)
        except Problem as problem:
            self._fail(pack, problem)
            return problem if isinstance(problem, STOPS) else None
        undated: list[Job] = []
        for job, (item, rider, said) in zip(pack, places, strict=True):
            own = None if item is None else answers[item]
            if place := brought.get(id(job)):
                own, is_date = importing.made(self._client, answers[place[0]], place[1])
                undated += [job] if self._is_undated(job, own, refused=is_date) else []
            job.take(own, None if rider is None else answers[rider])
            if job.to_say:
                spoken = answers[said : said + len(job.to_say) + 1]
                job.said, job.said_problem = timeline.shown(spoken, job.write.fields[TIMELINE], self._client.name)
            job.rides.take(answers, job.refused)
        for kind, answer in zip(ids, answers[shown : shown + len(ids)], strict=True):
            _take_shown([job for job in pack if job.kind is kind], answer)
        self._parties.take(asked, answers[shown + len(ids) :])
        return self._send(undated) if undated else None

    def _is_undated(self, job: Job, own: Answered, *, refused: bool) -> bool:
        """Tell whether a record of the past is to be made once more without its time, which it has no longer then."""
        if job.brought is None or job.write.placed is None or importing.CREATED not in job.brought:
            return False
        if refused or not isinstance(own, Problem):
            self._dates.take(job.write.placed, is_kept=not refused)
        if refused:
            del job.brought[importing.CREATED]
        return refused

    def _send_halved(self, pack: Sequence[Job], problem: Rejected) -> Problem | None:
        """Send a request that was refused as a whole in two halves: it may be one record's fault."""
        if len(pack) == 1:
            self._fail(pack, problem)
            return None
        middle = len(pack) // 2
        return self._send(pack[:middle]) or self._send(pack[middle:])

    def _fail(self, pack: Sequence[Job], problem: Problem) -> None:
        # Rows already emptied and files already put are a write done by half: only a look can tell what stands there.
        self._answers.update({job.write.key: Unanswered() if job.has_begun else problem for job in pack})

    def _settle(self, jobs: Sequence[Job]) -> None:
        unseen = []
        for job in jobs:
            if job.rides.is_doubtful:
                self._answers[job.write.key] = Unanswered()
            elif not job.has_landed:
                self._answers[job.write.key] = job.problem
            elif job.shown is None:
                unseen.append(job)
        answers = self._client.run([commands.got(job.kind.entity, job.record) for job in unseen], self._guard)
        for job, answer in zip(unseen, answers, strict=True):
            item = None if isinstance(answer, Problem) else as_map(answer.data).get("item")
            job.shown = item if isinstance(item, dict) else None
        for job in jobs:
            if job.write.key not in self._answers:
                self._answers[job.write.key] = self._wrote(job)

    def _wrote(self, job: Job) -> Wrote | Problem:
        if job.shown is None:
            return Unanswered()
        try:
            fields = self._known.of(job.kind).get(self._guard, job.shown)
        except Problem:
            return Unanswered()
        refused = dict(job.refused)
        if job.item_problem:
            mine = [key for key in own(job.write.fields) if key != ROWS and key not in refused]
            refused |= dict.fromkeys(mine, job.item_problem)
        if job.rows_problem and ROWS in job.write.fields:
            refused[ROWS] = job.rows_problem
        if job.said_problem:
            refused[TIMELINE] = job.said_problem
        shown = self._parties.seen if job.write.shows else None
        return Wrote(snapshot(job.shown, fields, self._client.root, job.lines, job.kind, job.said, shown), refused)


def _no_field(key: str, kind: RecordKind) -> Rejected:
    return Rejected(
        Text(
            f"The portal's {kind.name.en} have no field {key}; correct the profile or add the field.",
            f"У {kind.name.ru} портала нет поля {key}; исправьте профиль или добавьте поле.",
        )
    )


def _take_shown(pack: Sequence[Job], answer: Answered) -> None:
    if isinstance(answer, Problem):
        return
    shown = {str(item.get("id")): item for item in items_of(answer.data, "items")}
    for job in pack:
        job.shown = shown.get(job.record)
