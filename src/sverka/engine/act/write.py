"""Turning plans into intents, and intents into requests."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sverka.domain.commerce.party import is_party
from sverka.domain.commerce.value import FileRef, Value
from sverka.domain.errors import Problem, Rejected, Unanswered
from sverka.domain.ids import OfficeName, OrderId, OrderRef, RecordId, StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Change
from sverka.engine.act.carry_files import files_of, holds_files
from sverka.engine.hub import Hub
from sverka.engine.parties.given import client_fields
from sverka.engine.parties.registrations import lead_keys
from sverka.engine.survey.create import birth_fields
from sverka.engine.survey.facets import parent_of, parties_of
from sverka.engine.task import Task
from sverka.ports.backoffice import RecordWrite
from sverka.ports.files import Upload
from sverka.ports.guard import Guard
from sverka.ports.storage import Intent, IntentKind, Sent
from sverka.ports.store import OrderWrite, Wrote

Answers = dict[int, Wrote | Problem]
"""What became of each job, by the id of its intent."""


@dataclass
class Job:
    """One intent and the changes it stands for."""

    task: Task
    intent: Intent
    changes: list[Change]

    @property
    def to_store(self) -> bool:
        """Whether the order is written, and not the record."""
        return self.intent.kind in (IntentKind.PATCH_ORDER, IntentKind.CREATE_ORDER)


def jobs_of(tasks: Sequence[Task]) -> tuple[list[Job], list[Task]]:
    """Return the jobs of all plans, and the tasks that must be rung again.

    In one wave one binding writes a given field of an order, or of a contact that several records hang on; another
    that wants it waits for its next visit (K11).
    """
    jobs: list[Job] = []
    waiting: list[Task] = []
    taken: set[tuple[OrderRef, str]] = set()
    held: set[tuple[str, str]] = set()
    for task in tasks:
        if _leave_to_others(task, held):
            waiting.append(task)
        office = [change for change in task.plan.changes if change.side is Side.OFFICE]
        store = [change for change in task.plan.changes if change.side is Side.STORE]
        free = [change for change in store if (task.order, change.field) not in taken]
        if len(free) < len(store):
            waiting.append(task)
        taken |= {(task.order, change.field) for change in free}
        if office or task.is_birth:
            kind = IntentKind.CREATE_RECORD if task.is_birth else IntentKind.PATCH_RECORD
            jobs.append(job_of(task, kind, office))
        if free:
            jobs.append(job_of(task, IntentKind.PATCH_ORDER, free))
    return jobs, waiting


def _leave_to_others(task: Task, held: set[tuple[str, str]]) -> bool:
    """Take changes of a party's fields that another task makes in this wave out of the plan; tell whether any were."""
    mine = [one for one in task.plan.changes if one.side is Side.OFFICE and is_party(one.field)]
    taken = [change for change in mine if (task.party_of(change.field), change.field) in held]
    held |= {(task.party_of(change.field), change.field) for change in mine}
    task.plan.changes = [change for change in task.plan.changes if change not in taken]
    return bool(taken)


def job_of(task: Task, kind: IntentKind, changes: list[Change]) -> Job:
    """Return a job whose intent is to be committed before it is carried out."""
    target = task.store if kind is IntentKind.PATCH_ORDER else task.record
    intent = Intent(
        kind,
        task.profile.office,
        task.order,
        task.profile.name,
        [sent_of(task, change) for change in changes],
        target.stamp if target else "",
        task.binding.id if task.binding else None,
        task.binding.record if task.binding else None,
        lead_keys(task) if kind is IntentKind.CREATE_RECORD else (),
    )
    return Job(task, intent, changes)


def sent_of(task: Task, change: Change) -> Sent:
    """Return what an intent keeps of a change: the raw value, and the value it was made of (K13)."""
    mapping = change.mapping
    source = task.store.get(mapping.store_field) if change.side is Side.OFFICE else task.shown(mapping.office_field)
    return Sent(mapping.key, change.side, change.field, change.value, source, mapping.fingerprint(), change.old)


def send(hub: Hub, office: OfficeName, jobs: Sequence[Job], guard: Guard) -> Answers:
    """Carry the jobs out, set-wise; refused commands of several fields are repeated field by field (K18)."""
    answers = _send(hub, office, jobs, guard)
    for job in jobs:
        answer = answers[job.intent.id]
        refused = _refused_fields(job, answer)
        if len(job.changes) > 1 and len(refused) > 1 and job.intent.kind is not IntentKind.CREATE_RECORD:
            answers[job.intent.id] = _field_by_field(hub, office, job, refused, answer, guard)
    return answers


def _refused_fields(job: Job, answer: Wrote | Problem) -> list[str]:
    if isinstance(answer, Rejected):
        return [change.field for change in job.changes]
    # What went along with a field is refused with it.
    mine = {change.field for change in job.changes}
    return [field for field in answer.refused if field in mine] if isinstance(answer, Wrote) else []


def _field_by_field(
    hub: Hub, office: OfficeName, job: Job, fields: Sequence[str], first: Wrote | Problem, guard: Guard
) -> Wrote | Problem:
    refused: dict[str, Problem] = {}
    latest = first
    for field in fields:
        single = replace(job, changes=[change for change in job.changes if change.field == field])
        answer = _send(hub, office, [single], guard)[job.intent.id]
        if isinstance(answer, Unanswered):
            return answer
        if isinstance(answer, Problem):
            refused[field] = answer
        else:
            refused |= answer.refused
            latest = answer
    if isinstance(latest, Wrote):
        return Wrote(latest.after, refused)
    # Nothing landed: a field that only could not be written now must not be held with the refused ones.
    return next((problem for problem in refused.values() if not isinstance(problem, Rejected)), latest)


def _send(hub: Hub, office: OfficeName, jobs: Sequence[Job], guard: Guard) -> Answers:
    answers: Answers = {}
    records = [job for job in jobs if not job.to_store]
    if records:
        writes = [_record_write(hub, job, guard) for job in records]
        try:
            answers |= hub.offices[office].write(writes, guard)
        except Problem as problem:
            answers |= dict.fromkeys((write.key for write in writes), problem)
    for name in sorted({job.task.order.store for job in jobs if job.to_store}):
        mine = [job for job in jobs if job.to_store and job.task.order.store == name]
        answers |= _send_to_store(hub, name, mine, guard)
    return answers


def _record_write(hub: Hub, job: Job, guard: Guard) -> RecordWrite:
    task, intent = job.task, job.intent
    currency, shows = str(task.store.get("currency") or ""), client_fields([task.profile])
    if intent.kind is IntentKind.CREATE_RECORD:
        into = RecordId(task.into.id) if task.into else None
        origin, contacts = task.origin(hub.id), parties_of(task)
        fields, parent, past = birth_fields(task), parent_of(task), None if into else task.placed
        return RecordWrite(intent.id, fields, into, origin, contacts, parent, currency, shows, placed=past)
    fields = {}
    for change in job.changes:
        if not holds_files(change):
            fields |= {**change.along, change.field: change.value}
    parties, files = [RecordId(party) for party in task.parties] if shows else [], files_of(hub, job, guard)
    return RecordWrite(intent.id, fields, intent.record, contacts=parties, currency=currency, shows=shows, files=files)


def _send_to_store(hub: Hub, name: StoreName, jobs: Sequence[Job], guard: Guard) -> Answers:
    """Join what several bindings write to one order, and give each its own part of the answer."""
    fields: dict[OrderId, dict[str, Value]] = {}
    files: dict[OrderId, dict[str, Sequence[FileRef | Upload]]] = {}
    for job in jobs:
        plain = {change.field: change.value for change in job.changes if not holds_files(change)}
        fields.setdefault(job.task.order.id, {}).update(plain)
        files.setdefault(job.task.order.id, {}).update(files_of(hub, job, guard))
    writes = [OrderWrite(order, values, files[order]) for order, values in fields.items()]
    results: Mapping[OrderId, Wrote | Problem]
    try:
        results = hub.stores[name].write(writes, guard)
    except Problem as problem:
        results = dict.fromkeys(fields, problem)
    answers: Answers = {}
    shared = Counter(job.task.order.id for job in jobs)
    for job in jobs:
        answer = results[job.task.order.id]
        if isinstance(answer, Rejected) and shared[job.task.order.id] > 1:
            # One binding's bad value must not be held against another's good one.
            answers |= _send_to_store(hub, name, [job], guard)
            continue
        if isinstance(answer, Wrote):
            mine = {change.field for change in job.changes}
            answer = Wrote(answer.after, {field: p for field, p in answer.refused.items() if field in mine})
        answers[job.intent.id] = answer
    return answers
