"""The wave: the due visits of one back office, together.

Look at both sides, decide each order by a pure function, commit what is about to be written, write, look again,
and commit what was seen. Nothing is sent that was not committed before, and nothing committed by a wave that has
been taken over (K1, K3, K7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sverka.domain.errors import Gone, Problem, Superseded, Unanswered
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.merge.binding import BindingState, Entry
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.brake import brake_flood, brake_gone, brake_ping_pong
from sverka.engine.hub import Hub
from sverka.engine.match_customer import Buyer, buyers_of, match
from sverka.engine.settle import bind, differences_of, look_further, settle
from sverka.engine.survey import Survey, survey
from sverka.engine.task import Task
from sverka.engine.trouble import BACKOFF, PAUSED, line_of, pause_for, stop_what_must
from sverka.engine.write import Job, jobs_of, send
from sverka.ports.backoffice import NewCustomer
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Again, Claim, HeldDifference, Intent, IntentKind, Lane, Memory, Outcome, Ring

GONE = "order"
"""The key under which it is kept that an order is gone."""


@dataclass
class Report:
    """What a wave did, in counts."""

    visits: int = 0
    births: int = 0
    writes: int = 0
    doubts: int = 0


@dataclass
class Wave:
    """The state of one wave between its commits."""

    hub: Hub
    office: OfficeName
    claim: Claim
    deadline: datetime | None = None
    memory: Memory = field(default_factory=Memory)
    outcome: Outcome = field(default_factory=Outcome)
    report: Report = field(default_factory=Report)
    later: dict[OrderRef, datetime] = field(default_factory=dict)

    def guard(self) -> None:
        """Let a request pass only under the claim's own epoch and before the deadline of its intents (K3).

        While nothing is committed there is no deadline: looks may take their time, and the lock is kept for them.
        """
        now = self.hub.clock.now()
        if self.deadline is None:
            self.hub.storage.extend(self.claim, now + self.hub.terms.doubt)
        elif now >= self.deadline or not self.hub.storage.still_mine(self.claim):
            raise Superseded

    def commit(self) -> Sequence[Intent]:
        """Commit what has come together and start afresh."""
        now = self.hub.clock.now()
        intents = self.hub.storage.commit(self.claim, self.outcome, now, self.hub.terms)
        if intents:
            self.deadline = now + self.hub.terms.wave
        self.outcome = Outcome()
        return intents

    def postpone(self, order: OrderRef, moment: datetime) -> None:
        """Have the order's visit made again, at the earliest moment asked for."""
        self.later[order] = min(self.later.get(order, moment), moment)

    def trouble(self, order: OrderRef, problem: Problem, connection: str, task: Task | None = None) -> None:
        """Have the order's visit made again after a pause, tell why, and stop what the problem says must stop."""
        now = self.hub.clock.now()
        attempts = next((visit.attempts for visit in self.claim.visits if visit.order == order), 0)
        moment = now + pause_for(problem, attempts)
        if isinstance(problem, Unanswered) and task is not None:
            moment = now + self.hub.terms.doubt
        self.postpone(order, moment)
        stop_what_must(self.hub, problem, now, connection=connection, profile=task.profile if task else None)
        self.outcome.journal.append(line_of(problem, now, order, self.office, task))


def run_wave(hub: Hub, office: OfficeName) -> Report | None:
    """Run one wave of a back office; None where nothing is due or another process holds the office."""
    claim = hub.storage.claim(office, hub.clock.now(), hub.terms, hub.bound, hub.quiet)
    if claim is None:
        return None
    wave = Wave(hub, office, claim)
    try:
        _run(wave)
    finally:
        hub.storage.release(claim, hub.clock.now())
    return wave.report


def _run(wave: Wave) -> None:
    hub = wave.hub
    since = hub.clock.now() - timedelta(minutes=max((p.brakes.window_minutes for p in hub.profiles()), default=10))
    wave.memory = hub.storage.recall([visit.order for visit in wave.claim.visits], since)
    wave.claim = _not_too_many_births(wave)
    orders = [visit.order for visit in wave.claim.visits]
    wave.report.visits = len(orders)
    try:
        found = survey(hub, wave.office, orders, wave.memory, wave.guard)
        tasks = _ready(wave, found)
        _give_contacts(wave, tasks, found)
        _carry_out(wave, tasks)
    except Superseded:
        raise
    except Problem as problem:
        for visit in wave.claim.visits:
            wave.postpone(visit.order, hub.clock.now() + pause_for(problem, visit.attempts))
        stop_what_must(hub, problem, hub.clock.now(), connection=wave.office)
        wave.outcome.journal.append(line_of(problem, hub.clock.now(), None, wave.office))
    _finish(wave)


def _not_too_many_births(wave: Wave) -> Claim:
    """Leave new orders beyond the bound for the next wave: they cost many requests, bound ones next to none."""
    new = [visit for visit in wave.claim.visits if not wave.memory.bindings.get(visit.order)]
    later = {visit.id for visit in new[wave.hub.bound :]}
    return replace(wave.claim, visits=[visit for visit in wave.claim.visits if visit.id not in later])


def _ready(wave: Wave, found: Survey) -> list[Task]:
    """Sort out what cannot go on, brake, and return the tasks that may be carried out."""
    now = wave.hub.clock.now()
    for order, problem in found.problems.items():
        if isinstance(problem, Gone):
            _order_gone(wave, order, now)
        else:
            wave.trouble(order, problem, order.store)
    halted = _deal_with_failed(wave, found, now)
    failed = {id(task) for task, _ in found.failed}
    tasks = [task for task in found.tasks if id(task) not in failed]
    for task in tasks:
        _close_recovered(wave, task, now)
    brake_ping_pong(tasks, wave.memory)
    for profile in {task.profile.name: task.profile for task in tasks}.values():
        mine = [task for task in tasks if task.profile.name == profile.name]
        halt = brake_flood(profile, mine, wave.hub.storage, now)
        if halt:
            stop_what_must(wave.hub, halt, now, connection=wave.office, profile=profile)
            halted.add(profile.name)
    for task in tasks:
        if task.profile.paused or task.profile.name in halted:
            task.rest()
            wave.postpone(task.order, now + PAUSED)
    return tasks


def _deal_with_failed(wave: Wave, found: Survey, now: datetime) -> set[str]:
    """Release bindings whose record is gone, unless many are gone at once (K19); postpone the others."""
    halted: set[str] = set()
    for profile in {task.profile.name: task.profile for task, _ in found.failed}.values():
        mine = [(task, problem) for task, problem in found.failed if task.profile.name == profile.name]
        gone = [task for task, problem in mine if isinstance(problem, Gone)]
        looked = sum(task.profile.name == profile.name and task.binding is not None for task in found.tasks)
        halt = brake_gone(looked, len(gone), profile)
        if halt:
            stop_what_must(wave.hub, halt, now, connection=wave.office, profile=profile)
            halted.add(profile.name)
        for task, problem in mine:
            if halt:
                wave.postpone(task.order, now + PAUSED)
            elif not isinstance(problem, Gone):
                wave.trouble(task.order, problem, wave.office, task)
            else:
                _release(wave, task, now)
    return halted


def _order_gone(wave: Wave, order: OrderRef, now: datetime) -> None:
    """Say that an order is no longer in its store; its records stay as they are (K19)."""
    text = Text(
        "The order is no longer in the store; its record is left as it is.",
        "Заказа больше нет в магазине; запись оставлена как есть.",
    )
    for binding in wave.memory.bindings.get(order, ()):
        if binding.office == wave.office and binding.state is BindingState.BOUND:
            owner = (order, binding.profile)
            wave.outcome.looked.add(owner)
            wave.outcome.differences.append(HeldDifference(*owner, Difference(GONE, Why.GONE, None, None, text)))
    wave.outcome.journal.append(JournalLine(now, Event.HELD, text, order, office=wave.office, rule="K19"))


def _release(wave: Wave, task: Task, now: datetime) -> None:
    if task.binding is None:
        return
    text = Text(
        f"Record {task.binding.record} was deleted in the back office; the order is left as it is and no new record "
        "is made. To make one, run `sverka order sync --recreate`.",
        f"Запись {task.binding.record} удалена в CRM; заказ оставлен как есть, новая запись не создаётся. "
        "Чтобы создать её, выполните `sverka order sync --recreate`.",
    )
    wave.outcome.released.append(task.binding.id)
    wave.outcome.closed += [intent.id for intent in task.intents]
    wave.outcome.looked.add(task.owner)
    wave.outcome.journal.append(narrate.about(task, now, Event.RELEASED, text, "K19"))


def _close_recovered(wave: Wave, task: Task, now: datetime) -> None:
    """Close intents whose outcome the look has shown, together with what it led to (K7)."""
    if task.binding and task.entries:
        wave.outcome.baselines[task.binding.id] = dict(task.entries)
    for intent in task.intents:
        wave.outcome.closed.append(intent.id)
        text = Text("A write without an answer was looked up", "Исход записи без ответа выяснен")
        wave.outcome.journal.append(narrate.about(task, now, Event.RECOVERED, text, "K4"))
    if task.adopted:
        binding = bind(task)
        wave.outcome.bindings += [binding] if binding else []
        text = Text(f"Found record {task.adopted} by its origin", f"Найдена запись {task.adopted} по метке заказа")
        wave.outcome.journal.append(narrate.about(task, now, Event.BOUND, text, "K6"))
        task.plan.changes.clear()
        task.postpone(now)


def _give_contacts(wave: Wave, tasks: Sequence[Task], found: Survey) -> None:
    """Match the buyers of all births and make the contacts that are missing; a birth without its contact waits."""
    buyers = buyers_of([task for task in tasks if task.is_birth])
    match(buyers, found.known, found.seen)
    lost = [contact for contact, answer in found.seen.contacts.items() if isinstance(answer, Gone)]
    wave.outcome.lost_contacts += lost
    missing = [buyer for buyer in buyers if buyer.contact is None and not buyer.waits]
    if missing:
        _add_contacts(wave, missing)
    for buyer in buyers:
        wave.outcome.contacts |= buyer.learn()
        if buyer.contact is None:
            for task in buyer.tasks:
                task.rest()
                wave.postpone(task.order, wave.hub.clock.now() + BACKOFF)


def _add_contacts(wave: Wave, buyers: Sequence[Buyer]) -> None:
    for buyer in buyers:
        first = buyer.tasks[0]
        wave.outcome.intents.append(
            Intent(IntentKind.ADD_CUSTOMER, wave.office, first.order, first.profile.name, keys=buyer.keys)
        )
    intents = wave.commit()
    made = [
        NewCustomer(intent.id, buyer.customer, buyer.tasks[0].profile.new.responsible, str(buyer.keys[0]))
        for intent, buyer in zip(intents, buyers, strict=True)
    ]
    answers: Mapping[int, RecordId | Problem]
    try:
        answers = wave.hub.offices[wave.office].add_customers(made, wave.guard)
    except Problem as problem:
        answers = dict.fromkeys((intent.id for intent in intents), problem)
    for intent, buyer in zip(intents, buyers, strict=True):
        answer = answers.get(intent.id, Unanswered())
        if not isinstance(answer, Unanswered):
            wave.outcome.closed.append(intent.id)
        if not isinstance(answer, Problem):
            buyer.contact = answer
        for task in buyer.tasks:
            task.contact = buyer.contact
            if isinstance(answer, Problem):
                wave.trouble(task.order, answer, wave.office, task)


def _carry_out(wave: Wave, tasks: Sequence[Task]) -> None:
    jobs, waiting = jobs_of(tasks)
    for task in waiting:
        task.postpone(wave.hub.clock.now())
    now = wave.hub.clock.now()
    wave.outcome.intents = [job.intent for job in jobs]
    wave.outcome.rings += _rings_for_siblings(wave, jobs, now)
    wave.outcome.journal += [narrate.decided(job.task, now, c) for job in jobs for c in job.changes]
    if jobs:
        for job, intent in zip(jobs, wave.commit(), strict=True):
            job.intent = intent
        answers = send(wave.hub, wave.office, jobs, wave.guard)
        now = wave.hub.clock.now()
        for job in sorted(jobs, key=lambda job: job.to_store):
            problem = settle(job, answers.get(job.intent.id, Unanswered()), wave.outcome, now)
            if problem is not None:
                wave.trouble(job.task.order, problem, job.task.order.store if job.to_store else wave.office, job.task)
                wave.report.doubts += isinstance(problem, Unanswered)
        wave.report.writes = len(jobs)
        wave.report.births = sum(job.intent.kind is IntentKind.CREATE_RECORD for job in jobs)
    written = {id(job.task) for job in jobs}
    for task in tasks:
        if id(task) in written:
            look_further(task, now)
        _remember(wave, task, idle=id(task) not in written, now=now)


def _rings_for_siblings(wave: Wave, jobs: Sequence[Job], now: datetime) -> list[Ring]:
    """Ring for orders that are written and have other bindings in this very office (K10)."""
    written = {job.task.order for job in jobs if job.to_store}
    several = [
        order
        for order in sorted(written)
        if sum(binding.office == wave.office for binding in wave.memory.bindings.get(order, ())) > 1
    ]
    return [Ring(order, wave.office, now, why="a write on this order by another binding") for order in several]


def _remember(wave: Wave, task: Task, *, idle: bool, now: datetime) -> None:
    """Put a task's agreed pairs, entries, binding and differences into the outcome."""
    for key, pair in task.plan.agreed.items():
        mapping = task.profile.mapping(key)
        if mapping and key not in task.entries:
            task.remember(key, Entry(pair, mapping.fingerprint()))
    if task.binding:
        wave.outcome.baselines[task.binding.id] = dict(task.entries)
    elif task.adopted and not idle:
        binding = bind(task)
        wave.outcome.bindings += [binding] if binding else []
    if not task.is_resting:
        wave.outcome.looked.add(task.owner)
    wave.outcome.differences += differences_of([task])
    known = {(d.key, d.why, d.store, d.office) for d in wave.memory.differences.get(task.owner, ())}
    fresh = [d for d in task.plan.differences if (d.key, d.why, d.store, d.office) not in known]
    wave.outcome.journal += [narrate.held(task, now, difference) for difference in fresh]
    if idle and not fresh and task.binding and not task.entries:
        text = Text("Nobody moved: nothing to do", "Никто ничего не менял: делать нечего")
        wave.outcome.journal.append(narrate.about(task, now, Event.ECHO, text, "compare"))
    if task.again is not None:
        wave.postpone(task.order, task.again)


def _finish(wave: Wave) -> None:
    now = wave.hub.clock.now()
    for visit in wave.claim.visits:
        moment = wave.later.get(visit.order)
        if moment is None:
            wave.outcome.done.append(visit)
        else:
            wave.outcome.again.append(Again(visit, max(moment, now)))
    quiet = {visit.order for visit in wave.claim.visits if visit.lane is not Lane.LIVE}
    wave.outcome.journal = [
        line for line in wave.outcome.journal if line.event is not Event.ECHO or line.order not in quiet
    ]
    wave.commit()
