"""Orders made of records that were opened by hand (K23).

A record without an order is visited under its own name. It becomes an order if a person opened it, it stands in one of
a profile's stages, and the store has no order with its mark yet; from then on both are bound and kept in step.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sverka.domain.commerce.value import Value, is_empty, show
from sverka.domain.errors import Gone, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId, OrderRef, RecordId, StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.act.half_made import end_making
from sverka.engine.act.settle import bind, settle
from sverka.engine.act.write import Job, job_of
from sverka.engine.survey.create import BIRTH, plan_birth
from sverka.engine.survey.newborn import is_being_given_one
from sverka.engine.survey.recover import adopt
from sverka.engine.survey.whole import Survey, task_of
from sverka.engine.task import Task
from sverka.engine.trouble import PAUSED
from sverka.engine.wave_state import Wave
from sverka.ports.backoffice import Look
from sverka.ports.comments import TIMELINE
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Intent, IntentKind, Ring
from sverka.ports.store import NewOrderWrite, Wrote

_STAGE = "stageId"
"""The field of a record that holds where it stands."""

_WAITS = Text(
    "An order is being made of a record in this store, and this may be it: it waits until that is known.",
    "В этом магазине создаётся заказ по записи, и это может быть он: заказ ждёт, пока это не выяснится.",
)
_GONE = Text("There is no such record, so no order is made.", "Такой записи нет, заказ не создаётся.")
_NOT_NOW = Text(
    "No profile makes an order of this record as it stands: nothing to do.",
    "Ни один профиль не создаёт заказ по этой записи в её нынешнем виде: делать нечего.",
)
_TAKEN = Text(
    "The order made of this record belongs to another record by now; no second one is made.",
    "Заказ, созданный по этой записи, уже связан с другой; второй не создаётся.",
)


def greet_newborns(wave: Wave, found: Survey) -> None:
    """Bind new orders to the records their marks name, and let those wait that may get a mark yet."""
    now = wave.hub.clock.now()
    for order, until in found.newborn.early.items():
        wave.hold_off(order, until)
        wave.outcome.journal.append(JournalLine(now, Event.DECIDED, _WAITS, order, office=wave.office, rule="K23"))
    open_ = wave.hub.storage.open_orders(wave.office) if found.newborn.made else ()
    makers = [one for one in wave.hub.profiles() if one.office == wave.office and one.new_order.stages]
    records = _shown(wave, [RecordId(record.id) for record in found.newborn.made.values()], _wanted_of(makers))
    for order, record in found.newborn.made.items():
        intents = [intent for intent in open_ if intent.order == record]
        profile = _maker(wave.hub.profiles_of(wave.office, order.store), intents)
        if profile.paused:
            wave.hold_off(order, now + PAUSED)
            continue
        task = task_of(order, profile, found.shown[order], wave.memory)
        task.intents = intents
        shown = records[RecordId(record.id)]
        task.record = shown if isinstance(shown, Snapshot) else None
        made = end_making(wave, task, found.shown[order], order)
        if made is not None:
            _adopt(wave, task, made, RecordId(record.id))


def _maker(profiles: Sequence[Profile], intents: Sequence[Intent]) -> Profile:
    """Return the profile that made an order: the intent's, or where that is forgotten the first that makes any."""
    begun = {intent.profile for intent in intents}
    ranked = sorted(profiles, key=lambda profile: (profile.name not in begun, not profile.new_order.stages))
    return ranked[0]


def look_at_records(wave: Wave, records: Sequence[OrderRef]) -> list[Task]:
    """Look at records without an order, and return those that are to have one; raises where the office is in trouble.

    Those with an open intent are among them whatever they show: their order may have been made.
    """
    ids = {RecordId(record.id): record for record in records}
    greeted = {binding.record for binding in wave.outcome.bindings}
    bound = {*wave.hub.storage.orders_of(wave.office, list(ids)), *greeted}
    for id_ in bound & set(ids):
        _drop(wave, ids.pop(id_))
    chosen: dict[RecordId, Profile] = {}
    for id_, shown in _shown(wave, list(ids)).items():
        profile = _profile_of(wave, ids[id_], shown)
        if profile is not None:
            chosen[id_] = profile
    tasks = []
    for id_, shown in _shown(wave, list(chosen), _wanted_of(chosen.values())).items():
        profile = _profile_of(wave, ids[id_], shown)
        if profile is not None and isinstance(shown, Snapshot):
            task = task_of(ids[id_], profile, Snapshot("", {}), wave.memory)
            task.record, task.intents = shown, _intents(wave, ids[id_])
            # What has begun is ended; nothing else speaks for an order that may have been made and lost (K20).
            task.restored_at = None if task.intents else wave.memory.restored_at
            tasks.append(task)
    return tasks


def _wanted_of(profiles: Iterable[Profile]) -> frozenset[str]:
    """Return the fields that orders may be born with; what was said before is carried once there is an order."""
    mappings = [mapping for profile in profiles for mapping in (*profile.mappings, *profile.new_order.given)]
    return frozenset(key for mapping in mappings for key in (mapping.office_field, *mapping.beside)) - {TIMELINE}


def _shown(
    wave: Wave, records: Sequence[RecordId], fields: Collection[str] = ()
) -> Mapping[RecordId, Snapshot | Problem]:
    if not records:
        return {}
    ask = Look(records=records, heavy=records if fields else (), fields=fields)
    seen = wave.hub.offices[wave.office].look(ask, wave.guard).records
    return {record: seen.get(record, Gone()) for record in records}


def _intents(wave: Wave, record: OrderRef) -> list[Intent]:
    return [intent for intent in wave.memory.intents if intent.order == record]


def _drop(wave: Wave, record: OrderRef) -> None:
    """Leave a record that is to have no order: nothing is open on it any more, and nothing to be shown of it."""
    wave.outcome.closed += [intent.id for intent in _intents(wave, record)]
    wave.outcome.looked |= {owner for owner in wave.memory.differences if owner[0] == record}


def _profile_of(wave: Wave, record: OrderRef, shown: Snapshot | Problem) -> Profile | None:
    """Return the profile by which a record becomes an order, None where it is left alone or looked at later."""
    now = wave.hub.clock.now()
    if isinstance(shown, Gone):
        wave.outcome.journal.append(JournalLine(now, Event.HELD, _GONE, record, office=wave.office, rule="K19"))
        _drop(wave, record)
        return None
    if isinstance(shown, Problem):
        wave.trouble(record, shown, wave.office)
        return None
    begun = {intent.profile for intent in _intents(wave, record)}
    ours = [p for p in wave.hub.profiles() if p.office == wave.office and p.store in wave.hub.stores]
    # What has begun under a profile is ended under it, wherever the record has gone meanwhile.
    free = not shown.origin and not _is_of_an_order(wave, shown)
    able = [p for p in ours if p.name in begun] or [p for p in ours if free and _is_wanted(p, shown)]
    if not able:
        wave.outcome.journal.append(JournalLine(now, Event.ECHO, _NOT_NOW, record, office=wave.office, rule="K23"))
        _drop(wave, record)
        return None
    if able[0].paused:
        wave.hold_off(record, now + PAUSED)
        return None
    return able[0]


def _is_of_an_order(wave: Wave, record: Snapshot) -> bool:
    """Tell whether a record was made of one that has its order: it is that order's, and gets no other."""
    made_of = [RecordId(record.made_of)] if record.made_of else []
    return bool(made_of and wave.hub.storage.orders_of(wave.office, made_of))


def _is_wanted(profile: Profile, record: Snapshot) -> bool:
    return record.get(_STAGE) in profile.new_order.stages


def make_orders(wave: Wave, tasks: Sequence[Task]) -> Sequence[Task]:
    """Bind records to the orders that carry their marks, and make the orders that are missing; return the tasks."""
    births: list[Task] = []
    for name, mine in _by_store(tasks).items():
        marks = [task.order.mark for task in mine]
        answers: Mapping[str, Sequence[Snapshot] | Problem]
        try:
            answers = wave.hub.stores[name].find(marks, wave.guard)
        except Problem as problem:
            answers = dict.fromkeys(marks, problem)
        births += [task for task in mine if _is_missing(wave, task, answers.get(task.order.mark, ()))]
    jobs = [job_of(task, IntentKind.CREATE_ORDER, task.plan.changes) for task in births]
    if jobs:
        _create(wave, jobs)
    return tasks


def _by_store(tasks: Sequence[Task]) -> dict[StoreName, list[Task]]:
    names = sorted({task.profile.store for task in tasks})
    return {name: [task for task in tasks if task.profile.store == name] for name in names}


def _is_missing(wave: Wave, task: Task, found: Sequence[Snapshot] | Problem) -> bool:
    """Tell whether the task's order is to be made; if it is there already, it is bound."""
    record = task.order
    if isinstance(found, Rejected):
        task.hold(Difference(BIRTH, Why.REFUSED, None, None, found.text))
        return False
    if isinstance(found, Problem):
        wave.trouble(record, found, task.profile.store, task)
        task.rest()
        return False
    free = _free(wave, task, found)
    if free is not None:
        task.order = OrderRef(task.profile.store, OrderId(free.id))
        made = end_making(wave, task, free, record)
        if made is not None:
            _adopt(wave, task, made, RecordId(record.id))
        return False
    _drop(wave, record)
    if found:
        now = wave.hub.clock.now()
        wave.outcome.journal.append(narrate.about(task, now, Event.HELD, _TAKEN, "K23"))
    elif task.record is not None and _is_wanted(task.profile, task.record):
        _plan(task)
    return task.is_birth


def _plan(task: Task) -> None:
    try:
        plan_birth(task, Side.STORE)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # What a record holds is not ours to trust: one that cannot be reckoned with is held alone.
        task.hold(Difference(BIRTH, Why.REFUSED, None, None, _unreckonable(error)))


def _unreckonable(error: Exception) -> Text:
    name = type(error).__name__
    return Text(
        f"No order is made: this record cannot be reckoned with ({name}); look at its amounts and dates in the portal.",
        f"Заказ не создан: с этой записью не удаётся посчитать ({name}); проверьте её суммы и даты на портале.",
    )


def _free(wave: Wave, task: Task, found: Sequence[Snapshot]) -> Snapshot | None:
    """Return the first of the marked orders that has no other record in this office, nor is one being made of it."""
    orders = {OrderRef(task.profile.store, OrderId(one.id)): one for one in found}
    memory = wave.hub.storage.recall(list(orders), wave.hub.clock.now())
    for order, one in orders.items():
        bindings = [binding for binding in memory.bindings.get(order, ()) if binding.office == wave.office]
        ours = all(binding.record in (task.order.id, "") for binding in bindings)
        if ours and not is_being_given_one(wave.office, order, memory):
            return one
    return None


def _adopt(wave: Wave, task: Task, shown: Snapshot, record: RecordId) -> None:
    """Bind an order that was made before to its record (K6)."""
    adopt(task, shown, task.intents, Side.STORE)
    task.adopted = record
    wave.outcome.closed += [intent.id for intent in task.intents]
    text = Text(
        f"Found order {task.order} by its mark: it was made of record {record}",
        f"Найден заказ {task.order} по метке: он создан по записи {record}",
    )
    _bind(wave, task, text, "K6")


def _bind(wave: Wave, task: Task, text: Text, rule: str) -> None:
    """Bind an order to the record it was made of, tell both stories, and ring for it wherever it may go."""
    if task.adopted is None:
        return
    now = wave.hub.clock.now()
    wave.outcome.bindings.append(bind(task, task.adopted))
    line = narrate.about(task, now, Event.BOUND, text, rule)
    record = OrderRef.of_record(wave.office, task.adopted)
    wave.outcome.journal += [line, replace(line, order=record)]
    wave.outcome.looked |= {owner for owner in wave.memory.differences if owner[0] in (record, task.order)}
    offices = wave.hub.offices_of(task.profile.store)
    wave.outcome.rings += [Ring(task.order, office, now, why="made of a record") for office in offices]


def _create(wave: Wave, jobs: Sequence[Job]) -> None:
    """Commit the intents, make the orders, and settle each by what it shows."""
    now = wave.hub.clock.now()
    text = Text("No order yet: one is to be made", "Заказа ещё нет: создаётся")
    wave.outcome.intents = [job.intent for job in jobs]
    wave.outcome.journal += [narrate.about(job.task, now, Event.DECIDED, text, "K23") for job in jobs]
    for job, intent in zip(jobs, wave.commit(), strict=True):
        job.intent = intent
    for name in _by_store([job.task for job in jobs]):
        mine = [job for job in jobs if job.task.profile.store == name]
        writes = [
            NewOrderWrite(
                job.intent.id,
                job.task.order.mark,
                {**_defaults(wave, job, now), **_given(job)},
                _currency(job.task),
            )
            for job in mine
        ]
        answers: Mapping[int, Wrote | Problem]
        try:
            answers = wave.hub.stores[name].create(writes, wave.guard)
        except Problem as problem:
            answers = dict.fromkeys((write.key for write in writes), problem)
        for job in mine:
            _settle(wave, job, answers.get(job.intent.id, Unanswered()), wave.hub.clock.now())


def _given(job: Job) -> dict[str, Value]:
    return {change.field: change.value for change in job.changes if not is_empty(change.value)}


def _currency(task: Task) -> str:
    """Return the currency of the record's sums, empty where the profile takes none from the orders."""
    fields = [mapping.office_field for mapping in task.profile.mappings if mapping.store_field == "currency"]
    return next((shown for shown in map(task.shown, fields) if isinstance(shown, str)), "")


def _defaults(wave: Wave, job: Job, now: datetime) -> dict[str, Value]:
    """Return the defaults of the fields a record gives nothing for, each told in the journal (R114)."""
    given = _given(job)
    found = {key: value for key, value in job.task.profile.new_order.defaults.items() if key not in given}
    for key, value in found.items():
        text = Text(
            f"The deal does not say `{key}`; the default is set: {show(value)}.",
            f"В сделке нет поля `{key}`; установлено значение по умолчанию: {show(value)}.",
        )
        wave.outcome.journal.append(narrate.about(job.task, now, Event.DECIDED, text, "default"))
    return found


def _settle(wave: Wave, job: Job, answer: Wrote | Problem, now: datetime) -> None:
    task, record = job.task, job.task.order
    if isinstance(answer, Wrote):
        task.order = OrderRef(task.profile.store, OrderId(answer.after.id))
    problem = settle(job, answer, wave.outcome, now)
    if problem is not None:
        wave.trouble(record, problem, task.profile.store, task)
        task.rest()
    elif isinstance(answer, Wrote):
        text = Text(
            f"Made order {task.order} of record {record.id}", f"По записи {record.id} создан заказ {task.order}"
        )
        _bind(wave, task, text, "K23")
        wave.report.births += 1
        wave.report.writes += 1
