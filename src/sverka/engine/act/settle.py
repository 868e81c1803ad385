"""What a write led to: the baseline takes in what each side shows, never what was asked (K13, K16, K18)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sverka.domain.commerce.value import Value, is_empty, many, show
from sverka.domain.errors import Gone, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.domain.mapping.field_mapping import Side, Way, WriteMode
from sverka.domain.mapping.files import Files, has_arrived
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.merge.reconcile import pair_under
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.act.write import Job, sent_of
from sverka.engine.survey.create import BIRTH, birth_fields, birth_key
from sverka.engine.survey.notify import note_written
from sverka.engine.survey.whole import merge
from sverka.engine.task import Task
from sverka.engine.trouble import pause_for
from sverka.ports.journal import Event
from sverka.ports.storage import HeldDifference, IntentKind, NewBinding, Outcome, Refusal, Sent
from sverka.ports.store import Wrote

_BIRTHS = (IntentKind.CREATE_RECORD, IntentKind.CREATE_ORDER)


def settle(job: Job, answer: Wrote | Problem, outcome: Outcome, now: datetime) -> Problem | None:
    """Put one job's result into the outcome; return the problem that stands in the way of the whole task, if any.

    An answered intent is closed with what it led to (K7); an unanswered one stays open, in doubt (K2).
    """
    task = job.task
    if isinstance(answer, Unanswered):
        text = Text("No answer came; whether it was done is looked up later", "Ответа нет; исход выяснится позже")
        outcome.journal.append(narrate.about(task, now, Event.DOUBT, text, "K2"))
        return answer
    outcome.closed.append(job.intent.id)
    if isinstance(answer, Rejected | Gone) and not (isinstance(answer, Gone) and job.intent.record):
        born = job.intent.kind in _BIRTHS
        _refuse(job, {"": answer} if born else {change.field: answer for change in job.changes}, outcome, now)
        return None
    if isinstance(answer, Problem):
        return answer
    if job.intent.kind in _BIRTHS:
        _born(job, answer.after, outcome, now)
    for change in job.changes:
        # A field that is not there took nothing, and what it is to hold is first sight once it is.
        if change.field not in answer.refused and not answer.after.lacks(change.field):
            _landed(job, change, answer.after, outcome, now)
    _refuse(job, answer.refused, outcome, now)
    if job.to_store:
        task.store = answer.after
    else:
        task.record = answer.after
    return None


def _landed(job: Job, change: Change, after: Snapshot, outcome: Outcome, now: datetime) -> None:
    task, mapping = job.task, change.mapping
    note_written(task, change)
    _overtaken(task, change, now)
    sent = next(sent for sent in job.intent.sent if sent.key == mapping.key)
    shown = change.value if after.left_out(change.field) else after.get(change.field)
    if mapping.is_marked:
        # Agreed is what has arrived: what somebody added meanwhile is to travel yet, and so is what was left for later.
        # What was there before and is no longer has been deleted meanwhile, and is not to come again.
        asked = many(change.value)
        shown = tuple(item for item in many(shown) if item in asked)
        later = set(asked) - set(many(change.old)) - set(shown)
        sent = replace(sent, source=tuple(item for item in many(sent.source) if item not in later))
    outcome.journal.append(narrate.wrote(task, now, change, shown))
    pair = task.landed[mapping.key] = _joined(sent, _less_own(task, change, shown), task.landed.get(mapping.key))
    kept = shown != change.value and not mapping.converter.agree(pair.store, pair.office)
    if isinstance(mapping.converter, Files):
        kept = not has_arrived(change.value, shown)
    if kept and mapping.type_on(change.side).is_chosen:
        # A robot or a person has already moved it on: what was agreed on is what was sent, and the rest is news.
        task.remember(mapping.key, Entry(sent.pair_with(change.value), sent.fingerprint))
        task.postpone(now)
        return
    task.remember(mapping.key, Entry(pair, sent.fingerprint))
    if kept:
        text = Text(
            f"Sent {show(change.value)!r}, kept as {show(shown)!r} there.",
            f"Отправлено {show(change.value)!r}, там сохранилось {show(shown)!r}.",
        )
        task.plan.differences.append(Difference(mapping.key, Why.KEPT, pair.store, pair.office, text))


def _overtaken(task: Task, change: Change, now: datetime) -> None:
    """Remember what a change has overtaken as if it had been made first: what stands now is news to that mapping."""
    for other in task.plan.passed:
        if (other.side, other.field) == (change.side, change.field):
            sent = sent_of(task, other)
            task.remember(sent.key, Entry(sent.pair_with(other.value), sent.fingerprint))
            task.postpone(now)


def _less_own(task: Task, change: Change, shown: Value) -> Value:
    """Return what a write that adds has led to, without what its target had gained by itself before (K17).

    That is news to the other side still: whether it has travelled there, its own write will tell.
    """
    mapping, known = change.mapping, task.baseline.get(change.mapping.key)
    pair = pair_under(known, mapping) if known else None
    if mapping.write is not WriteMode.APPEND or mapping.way is not Way.BOTH or pair is None:
        return shown
    own = set(many(change.old)) - set(many(pair.office if change.side is Side.OFFICE else pair.store))
    return tuple(item for item in many(shown) if item not in own) if own & set(many(shown)) else shown


def _joined(sent: Sent, shown: Value, other: Pair | None) -> Pair:
    """Return the pair a write led to; where the other side was written in the same wave too, both have what travelled.

    Only what adds is ever written to both sides at once (K17).
    """
    if other is None:
        return sent.pair_with(shown)
    there = other.office if sent.side is Side.STORE else other.store
    return replace(sent, source=tuple(dict.fromkeys((*many(there), *many(sent.source))))).pair_with(shown)


def _born(job: Job, after: Snapshot, outcome: Outcome, now: datetime) -> None:
    """Bind what was made; every mapped field read back becomes baseline, sent or not (K13)."""
    task = job.task
    store, office = (after, task.record or Snapshot("", {})) if job.to_store else (task.store, after)
    sent = {change.mapping.key for change in job.changes} | set(task.entries)
    sent_there = {change.field: change.value for change in job.changes if change.side is Side.OFFICE}
    for mapping in task.profile.mappings:
        shown = office.get(mapping.office_field)
        # Whoever has answered what another mapping sent has moved it on: that is news (K16).
        given = sent_there.get(mapping.office_field, shown) if mapping.office_type.is_chosen else shown
        pair = Pair(store.get(mapping.store_field), given)
        # What a store gave its new order by itself, a number above all, fills the record's empty fields at first sight.
        # Files follow what was born, whichever side has them: they do not ride with it. A deal of a person has its own.
        follows = isinstance(mapping.converter, Files)
        fills = is_empty(pair.office) and not is_empty(pair.store) and mapping.allows(Side.OFFICE)
        filled = is_empty(pair.store) and not is_empty(pair.office) and mapping.allows(Side.STORE)
        differ = not is_empty(pair.store) and not is_empty(pair.office)
        is_first = (fills and (follows or job.to_store)) or (follows and (filled or differ))
        is_read = not office.left_out(mapping.office_field) and mapping.store_field not in store.unread
        if mapping.key not in sent and is_read and not is_first:
            task.remember(mapping.key, Entry(pair, mapping.fingerprint()))
    task.store, task.record, task.adopted = store, office, RecordId(office.id)
    if job.to_store:
        return
    outcome.turns += [task.turn] if task.turn else []
    title = birth_fields(task).get(task.profile.new.title_field)
    text = Text(f"Created record {after.id}: {title}", f"Создана запись {after.id}: {title}")
    if task.into and task.takes:
        text = Text(
            f"The order goes into lead {after.id}, made when its client registered",
            f"Заказ записан в лид {after.id}, созданный при регистрации клиента",
        )
    elif task.into:
        text = Text(
            f"Record {after.id}, which a person made, is this order's now",
            f"Запись {after.id}, созданная человеком, теперь принадлежит этому заказу",
        )
    outcome.journal.append(narrate.about(task, now, Event.BOUND, text, "K1"))


def bind(task: Task, record: RecordId) -> NewBinding:
    """Return the binding of a record born or adopted in this wave."""
    entries = {key: entry for key, entry in task.entries.items() if entry is not None}
    return NewBinding(task.order, task.profile.name, record, entries, task.profile.kind, task.parties)


def _refuse(job: Job, refused: Mapping[str, Problem], outcome: Outcome, now: datetime) -> None:
    """Hold what would be refused again; what only could not be done now is planned again at the next visit."""
    task = job.task
    for field, problem in refused.items():
        if not isinstance(problem, Rejected | Misconfigured | Gone):
            task.not_before = now + pause_for(problem, task.attempts)
            change = next((change for change in job.changes if change.field == field), None)
            if change and isinstance(change.mapping.converter, Files):
                waits = Difference(
                    change.mapping.key,
                    Why.WAITING,
                    task.store.get(change.mapping.store_field),
                    task.shown(change.mapping.office_field),
                    problem.text,
                )
                outcome.differences.append(HeldDifference(task.order, task.profile.name, waits, None))
            continue
        change = next((change for change in job.changes if change.field == field), None)
        if change is None and job.intent.kind not in _BIRTHS:
            continue  # it went along with another field, which is refused by itself
        key = change.mapping.key if change else BIRTH
        value: Value = change.value if change else birth_key(task)
        store, office = (value, None) if job.to_store else (None, value)
        difference = Difference(key, Why.REFUSED, store, office, problem.text)
        refusal = Refusal(value)
        outcome.differences.append(HeldDifference(task.order, task.profile.name, difference, refusal))
        outcome.journal.append(narrate.held(task, now, difference))


def look_further(task: Task, now: datetime) -> None:
    """Say what stays different after a write; ask for another visit where somebody answered it with one of his own.

    What the mappings of a field that was written agree to now is remembered at once: it is no edit of anybody's.
    """
    if task.record is None:
        return
    after = merge(task, task.record)
    landed = [change for change in task.plan.changes if change.mapping.key in task.landed]
    for mapping in task.profile.mappings:
        if not any(mapping.field_on(change.side) == change.field for change in landed):
            continue
        if mapping.key in after.agreed:
            task.remember(mapping.key, Entry(after.agreed[mapping.key], mapping.fingerprint()))
        elif mapping.key in task.landed:
            continue
        task.plan.differences = [one for one in task.plan.differences if one.key != mapping.key]
    told = {difference.key for difference in task.plan.differences}
    task.plan.differences += [difference for difference in after.differences if difference.key not in told]
    if after.changes:
        task.postpone(now)


def differences_of(tasks: Sequence[Task]) -> list[HeldDifference]:
    """Return what stays different after this wave, under its owners, with the refused values that are still held."""
    return [
        HeldDifference(
            task.order,
            task.profile.name,
            difference,
            # What was refused before is kept as it is: an operator's retry meanwhile must not be undone.
            Refusal(task.refused[difference.key]) if difference.key in task.fresh else None,
        )
        for task in tasks
        for difference in task.plan.differences
    ]
