"""The wave: the due visits of one back office, together.

Look at both sides, decide each order by a pure function, commit what is about to be written, write, look again,
and commit what was seen. Nothing is sent that was not committed before, and nothing committed by a wave that has
been taken over (K1, K3, K7).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sverka.domain.errors import Gone, Problem, Superseded, Unanswered
from sverka.domain.ids import OfficeName
from sverka.domain.merge.binding import BindingState, Entry
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.act.add_customers import give_contacts
from sverka.engine.act.brake import brake_emptied, brake_flood, brake_ping_pong
from sverka.engine.act.missing import clear_overcome, close_orphans, release, release_gone, tell_order_gone
from sverka.engine.act.new_order import greet_newborns, look_at_records, make_orders
from sverka.engine.act.settle import bind, differences_of, look_further, settle
from sverka.engine.act.write import Job, jobs_of, send
from sverka.engine.hub import Hub
from sverka.engine.survey.accounts import ring_for_accounts
from sverka.engine.survey.facets import follow, hang_back
from sverka.engine.survey.quiet import UNCONFIRMED
from sverka.engine.survey.said import ring_for_comments
from sverka.engine.survey.whole import Survey, survey
from sverka.engine.task import Task
from sverka.engine.trouble import PAUSED, line_of, pause_for, stop_what_must
from sverka.engine.wave_state import Report, Wave
from sverka.ports import watch
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Again, Claim, IntentKind, Lane, Ring
from sverka.ports.store import Wrote

_BY_ANOTHER = "a write on this order by another binding"


def run_wave(hub: Hub, office: OfficeName) -> Report | None:
    """Run one wave of a back office; None where nothing is due or another process holds the office."""
    claim = hub.storage.claim(office, hub.clock.now(), hub.terms, hub.bound, hub.quiet)
    if claim is None:
        return None
    wave = Wave(hub, office, claim)
    with watch.wave_of(claim.wave):
        try:
            _run(wave)
        except Exception as error:
            watch.counts.add("waves", office=office, outcome=type(error).__name__)
            watch.note("wave broken off", office=office, problem=type(error).__name__)
            raise
        finally:
            hub.storage.release(claim, hub.clock.now())
        _count(wave)
    return wave.report


def _count(wave: Wave) -> None:
    office, report = wave.office, wave.report
    watch.counts.add("waves", office=office, outcome="done")
    watch.counts.add("visits", report.visits, office=office)
    watch.note("wave done", office=office, visits=report.visits, births=report.births, writes=report.writes)


def _run(wave: Wave) -> None:
    hub = wave.hub
    since = hub.clock.now() - timedelta(minutes=max((p.brakes.window_minutes for p in hub.profiles()), default=10))
    wave.memory = hub.storage.recall([visit.order for visit in wave.claim.visits], since)
    wave.claim = _not_too_many_births(wave)
    visited = [visit.order for visit in wave.claim.visits]
    wave.report.visits = len(visited)
    for visit in wave.claim.visits:
        watch.note("visit", order=str(visit.order), lane=visit.lane.name.lower(), why=visit.why)
    try:
        orders = [order for order in visited if not (order.is_record or order.account)]
        with watch.span("read", office=wave.office):
            found = survey(hub, wave.office, orders, wave.memory, wave.guard, adds=True)
        wave.outcome.owed += [(*task.owner, task.profile.kind) for task in found.tasks if task.is_owed]
        greet_newborns(wave, found)
        ring_for_comments(wave, [order for order in visited if order.comment])
        ring_for_accounts(wave, [order for order in visited if order.account])
        records = look_at_records(wave, [order for order in visited if order.is_record and not order.comment])
        tasks = _ready(wave, found)
        give_contacts(wave, tasks, found)
        _carry_out(wave, tasks)
        for task in make_orders(wave, records):
            _remember(wave, task, idle=True, now=hub.clock.now())
    except Superseded:
        raise
    except Problem as problem:
        watch.counts.add("problems", connection=wave.office, problem=type(problem).__name__)
        for visit in wave.claim.visits:
            wave.hold_off(visit.order, hub.clock.now() + pause_for(problem, visit.attempts))
        stop_what_must(hub, problem, hub.clock.now(), connection=wave.office)
        wave.outcome.journal.append(line_of(problem, hub.clock.now(), None, wave.office))
    _finish(wave)


def _not_too_many_births(wave: Wave) -> Claim:
    """Leave new orders beyond the bound for the next wave: they cost many requests, bound ones next to none.

    Of orders of the past, for which nobody waits, there are as many as a backfill has rung for.
    """
    new = [visit for visit in wave.claim.visits if not wave.memory.bindings.get(visit.order)]
    past = all(visit.lane is Lane.HISTORY for visit in new)
    later = {visit.id for visit in new[wave.hub.quiet if past else wave.hub.bound :]}
    return replace(wave.claim, visits=[visit for visit in wave.claim.visits if visit.id not in later])


def _ready(wave: Wave, found: Survey) -> list[Task]:
    """Sort out what cannot go on, brake, and return the tasks that may be carried out."""
    now = wave.hub.clock.now()
    for order, problem in found.problems.items():
        if isinstance(problem, Gone):
            tell_order_gone(wave, order, now)
        else:
            wave.trouble(order, problem, order.store)
    text = Text("No profile takes this order.", "Этот заказ не берёт ни один профиль.")
    wave.outcome.journal += [
        JournalLine(now, Event.DECIDED, text, order, office=wave.office, rule="route") for order in found.unrouted
    ]
    for order, until in found.quiet.items():
        wave.hold_off(order, until)
        wave.outcome.journal.append(
            JournalLine(now, Event.DECIDED, UNCONFIRMED, order, office=wave.office, rule="quiet")
        )
    _rest_paused(wave, found, now)
    close_orphans(wave, found)
    clear_overcome(wave, found)
    _greet_again(wave, found)
    halted = release_gone(wave, found, now)
    failed = {id(task) for task, _ in found.failed}
    tasks = [task for task in found.tasks if id(task) not in failed]
    visits = {visit.order: visit for visit in wave.claim.visits}
    for task in tasks:
        task.attempts = visits[task.order].attempts
        task.placed = _placed(task, now) if visits[task.order].lane is Lane.HISTORY else None
        _close_recovered(wave, task, now)
    brake_ping_pong(tasks, wave.memory)
    for profile in {task.profile.name: task.profile for task in tasks}.values():
        mine = [task for task in tasks if task.profile.name == profile.name]
        halt = brake_emptied(profile, mine) or brake_flood(profile, mine, wave.memory, wave.hub.storage, now)
        if profile.is_allowed(now):
            halt = None
        if halt:
            stop_what_must(wave.hub, halt, now, connection=wave.office, profile=profile)
            halted.add(profile.document)
    for task in tasks:
        if task.profile.document in halted:
            task.rest()
            wave.hold_off(task.order, now + PAUSED)
    return tasks


def _placed(task: Task, now: datetime) -> datetime:
    told = task.store.get("order.created_at")
    return min(told if isinstance(told, datetime) else task.store.changed_at or now, now)


def _rest_paused(wave: Wave, found: Survey, now: datetime) -> None:
    """Leave what belongs to a stopped profile as it is, whatever the look has shown of it."""
    for task in found.tasks:
        if task.profile.paused:
            task.rest()
            wave.hold_off(task.order, now + PAUSED)
    found.resting = [task for task in found.tasks if task.profile.paused]
    found.failed = [(task, problem) for task, problem in found.failed if not task.profile.paused]
    found.tasks = [task for task in found.tasks if not task.profile.paused]


def _greet_again(wave: Wave, found: Survey) -> None:
    """Let connections go on that had refused the hub and now have answered it."""
    answered = {str(wave.office)} | {str(task.order.store) for task in found.tasks}
    text = Text("The connection answers again.", "Подключение снова отвечает.")
    for connection in sorted(answered & wave.hub.paused):
        line = JournalLine(wave.hub.clock.now(), Event.APPLIED, text, rule="AuthLost")
        wave.hub.storage.resume_connection(connection, line)


def _close_recovered(wave: Wave, task: Task, now: datetime) -> None:
    """Remember what both sides agree on, and close intents whose outcome the look has shown, together (K7)."""
    _note_told(wave, task)
    for key, pair in task.plan.agreed.items():
        mapping = task.profile.mapping(key)
        if mapping:
            task.remember(key, Entry(pair, mapping.fingerprint()))
    if task.binding and task.entries:
        wave.outcome.baselines[task.binding.id] = dict(task.entries)
    for intent in task.intents:
        wave.outcome.closed.append(intent.id)
        text = Text("A write without an answer was looked up", "Исход записи без ответа выяснен")
        wave.outcome.journal.append(narrate.about(task, now, Event.RECOVERED, text, "K4"))
    if task.adopted:
        wave.outcome.bindings.append(bind(task, task.adopted))
        follow(wave, task, now)
        text = Text(f"Found record {task.adopted} by its origin", f"Найдена запись {task.adopted} по метке заказа")
        wave.outcome.journal.append(narrate.about(task, now, Event.BOUND, text, "K6"))
        task.plan.changes.clear()
        task.postpone(now)


def _note_told(wave: Wave, task: Task) -> None:
    """Remember for good of what somebody was told, together with what told so (K7)."""
    wave.outcome.told |= {(task.order, *what) for what in task.just_told}


def _carry_out(wave: Wave, tasks: Sequence[Task]) -> None:
    hang_back(tasks)
    jobs, waiting = jobs_of(tasks)
    for task in waiting:
        task.postpone(wave.hub.clock.now())
    now = wave.hub.clock.now()
    wave.outcome.intents = [job.intent for job in jobs]
    wave.outcome.rings += _rings_for_the_star(wave, jobs, now)
    for task in (job.task for job in jobs if job.task.is_birth):
        wave.outcome.journal += [*task.notes, narrate.begun(task, now)]
    moves = [(job.task, change) for job in jobs if not job.task.is_birth for change in job.changes]
    wave.outcome.journal += [narrate.decided(task, now, change) for task, change in moves]
    if jobs:
        for job, intent in zip(jobs, wave.commit(), strict=True):
            job.intent = intent
        with watch.span("write", office=wave.office):
            answers = send(wave.hub, wave.office, jobs, wave.guard)
        now = wave.hub.clock.now()
        for job in sorted(jobs, key=lambda job: job.to_store):
            answer = answers.get(job.intent.id, Unanswered())
            _tell(wave, job, "done" if isinstance(answer, Wrote) else type(answer).__name__)
            problem = settle(job, answer, wave.outcome, now)
            if problem is not None:
                wave.trouble(job.task.order, problem, job.task.order.store if job.to_store else wave.office, job.task)
            elif job.task.is_leaving and job.task.not_before is None:
                release(wave, job.task, now)
        landed = [job for job in jobs if isinstance(answers.get(job.intent.id), Wrote)]
        wave.report.writes = len(landed)
        wave.report.births = sum(job.intent.kind is IntentKind.CREATE_RECORD for job in landed)
    written = {id(job.task) for job in jobs}
    for task in tasks:
        if id(task) in written:
            look_further(task, now)
        _remember(wave, task, idle=id(task) not in written, now=now)


def _tell(wave: Wave, job: Job, outcome: str) -> None:
    kind = job.intent.kind.value
    watch.counts.add("writes", office=wave.office, kind=kind, outcome=outcome)
    watch.note("write", order=str(job.task.order), intent=job.intent.id, kind=kind, outcome=outcome)


def _rings_for_the_star(wave: Wave, jobs: Sequence[Job], now: datetime) -> list[Ring]:
    """Ring for orders that are written wherever else they may go: what held a record back may be over (K10).

    The storage rings for the bindings in other offices; here are those of this very office, one that is only being made
    among them, and the offices in which an order has none yet.
    """
    lanes = {visit.order: visit.lane for visit in wave.claim.visits}
    here = {
        order: {one.profile for one in known if one.office == wave.office}
        for order, known in wave.memory.bindings.items()
    }
    for job in jobs:
        here.setdefault(job.task.order, set()).add(job.task.profile.name)
    rings: list[Ring] = []
    for order in sorted({job.task.order for job in jobs if job.to_store}):
        known = wave.memory.bindings.get(order, ())
        bound = {wave.office, *(binding.office for binding in known if binding.state is BindingState.BOUND)}
        offices = [one for one in wave.hub.offices_of(order.store) if one not in bound]
        if len(here[order]) > 1:
            offices.append(wave.office)
        rings += [Ring(order, office, now, lanes.get(order, Lane.LIVE), _BY_ANOTHER) for office in offices]
    return rings


def _remember(wave: Wave, task: Task, *, idle: bool, now: datetime) -> None:
    """Put a task's agreed pairs, entries, binding and differences into the outcome."""
    if task.binding:
        wave.outcome.baselines[task.binding.id] = dict(task.entries)
        # One that hangs on nobody now may be given to another: whose memory this is has to be known then.
        if task.parties and task.binding.parties != task.parties:
            wave.outcome.parties[task.binding.id] = task.parties
    elif task.adopted and not idle:
        wave.outcome.bindings.append(bind(task, task.adopted))
        follow(wave, task, now)
    _note_told(wave, task)
    if not task.is_resting:
        wave.outcome.looked.add(task.owner)
    wave.outcome.differences += differences_of([task])
    known = {(d.key, d.why, d.store, d.office) for d in wave.memory.differences.get(task.owner, ())}
    fresh = [d for d in task.plan.differences if (d.key, d.why, d.store, d.office) not in known]
    wave.outcome.journal += [narrate.held(task, now, difference) for difference in fresh]
    for difference in fresh:
        watch.counts.add("held", office=wave.office, why=difference.why.value)
    if idle and not fresh and task.binding and not task.entries:
        text = Text("Nobody moved: nothing to do", "Никто ничего не менял: делать нечего")
        wave.outcome.journal.append(narrate.about(task, now, Event.ECHO, text, "compare"))
    if task.again is not None:
        wave.postpone(task.order, task.again)
    if task.not_before is not None:
        wave.hold_off(task.order, task.not_before)


def _finish(wave: Wave) -> None:
    now = wave.hub.clock.now()
    for visit in wave.claim.visits:
        moment = wave.next_visit(visit.order, now)
        if moment is None:
            wave.outcome.done.append(visit)
        else:
            wave.outcome.again.append(Again(visit, moment))
    quiet = {visit.order for visit in wave.claim.visits if visit.lane is not Lane.LIVE}
    wave.outcome.journal = [
        line for line in wave.outcome.journal if line.event is not Event.ECHO or line.order not in quiet
    ]
    wave.commit()
