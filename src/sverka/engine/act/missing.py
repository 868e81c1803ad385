"""What is no longer there: deletion never travels by itself (K19)."""

from datetime import datetime

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Gone
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.merge.binding import BindingState, Pair
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.merge.reconcile import pair_under
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.act.brake import brake_gone
from sverka.engine.survey.notify import note_doubtful
from sverka.engine.survey.recover import recover_patch
from sverka.engine.survey.whole import Survey
from sverka.engine.task import Task
from sverka.engine.trouble import PAUSED, stop_what_must
from sverka.engine.wave_state import Wave
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import HeldDifference

GONE = "order"
"""The key under which it is kept that an order is gone."""

STATUS = "status"
"""The key of the status mapping, and of the order's field."""

_ASK = Text(
    "The record is gone, but the order's status has moved since the two last agreed, or that is no longer known; so "
    "the order is not cancelled. Cancel it in the store if that is right, or make a record anew: "
    "`sverka order sync --recreate`.",
    "Записи больше нет, но статус заказа изменился с последнего согласия сторон, или оно уже неизвестно; поэтому "
    "заказ не отменён. Отмените его в магазине, если это верно, или создайте запись заново: "
    "`sverka order sync --recreate`.",
)
_SWITCHED = Text(
    "The record is gone, and the profile has `update_orders = false`; so the order is not cancelled. Cancel it in the "
    "store if that is right, or make a record anew: `sverka order sync --recreate`.",
    "Записи больше нет, а в профиле `update_orders = false`; поэтому заказ не отменён. Отмените его в магазине, если "
    "это верно, или создайте запись заново: `sverka order sync --recreate`.",
)


def release_gone(wave: Wave, found: Survey, now: datetime) -> set[str]:
    """Release bindings whose record is gone, unless many are gone at once (K19); postpone the others.

    A task whose order is to be cancelled first is failed no longer.
    """
    halted: set[str] = set()
    for profile in {task.profile.name: task.profile for task, _ in found.failed}.values():
        mine = [(task, problem) for task, problem in found.failed if task.profile.name == profile.name]
        gone = [task for task, problem in mine if isinstance(problem, Gone)]
        looked = sum(task.profile.name == profile.name and task.binding is not None for task in found.tasks)
        halt = None if profile.is_allowed(now) else brake_gone(looked, len(gone), profile)
        if halt:
            stop_what_must(wave.hub, halt, now, connection=wave.office, profile=profile)
            halted.add(profile.document)
        for task, problem in mine:
            if halt:
                wave.hold_off(task.order, now + PAUSED)
            elif not isinstance(problem, Gone):
                wave.trouble(task.order, problem, wave.office, task)
            elif task.profile.brakes.on_record_deleted != "cancel_order":
                release(wave, task, now)
            else:
                _cancel(wave, task, now)
    found.failed = [(task, problem) for task, problem in found.failed if not task.is_leaving]
    return halted


def _cancel(wave: Wave, task: Task, now: datetime) -> None:
    """Plan to cancel the order of a record that is gone; its binding is released with the store's answer (K7).

    Where it is cancelled already nothing is written; nor where the profile writes no orders, where the agreement on
    its status is forgotten (K5), or the store has moved it meanwhile: both sides have then, and the back office has to
    win by the profile.
    """
    for intent in task.intents:
        recover_patch(task, intent)
    status = task.profile.mapping(STATUS)
    shown = task.store.get(STATUS)
    if status is None or shown == CANCELLED:
        release(wave, task, now)
        return
    entry = task.baseline.get(STATUS)
    agreed = entry is None or _may_cancel(status, pair_under(entry, status), shown)
    if not agreed or not task.profile.switches.update_orders:
        release(wave, task, now)
        why = _SWITCHED if agreed else _ASK
        wave.outcome.differences.append(HeldDifference(*task.owner, Difference(STATUS, Why.GONE, shown, None, why)))
        return
    task.plan.changes.append(Change(status, Side.STORE, CANCELLED, shown, "cancel_order"))
    task.is_leaving = True


def _may_cancel(status: FieldMapping, agreed: Pair | None, shown: Value) -> bool:
    office_wins = status.way is Way.TO_STORE or (status.way is Way.BOTH and status.policy is Policy.OFFICE_WINS)
    return agreed is not None and (office_wins or agreed.store == shown)


def clear_overcome(wave: Wave, found: Survey) -> None:
    """Show no longer that an order could not be cancelled whose record is gone: somebody has done it."""
    released = {
        (binding.order, binding.profile)
        for bindings in wave.memory.bindings.values()
        for binding in bindings
        if binding.office == wave.office and binding.state is BindingState.RELEASED
    }
    cancelled = {order for order, shown in found.shown.items() if shown.get(STATUS) == CANCELLED}
    wave.outcome.looked |= {owner for owner in released & set(wave.memory.differences) if owner[0] in cancelled}


def tell_order_gone(wave: Wave, order: OrderRef, now: datetime) -> None:
    """Say that an order is no longer in its store; its records stay as they are (K19)."""
    if order.is_customer:
        return  # he was sent without one, and it was only to be seen what became of that
    text = Text(
        "The order is no longer in the store; its record is left as it is.",
        "Заказа больше нет в магазине; запись оставлена как есть.",
    )
    bound = [one for one in wave.memory.bindings.get(order, ()) if one.office == wave.office]
    if not bound:
        # What was shown of an order that never had a record is over with it.
        wave.outcome.looked |= {owner for owner in wave.memory.differences if owner[0] == order}
        text = Text("There is no such order in the store.", "Такого заказа в магазине нет.")
    for binding in bound:
        if binding.state is BindingState.BOUND:
            owner = (order, binding.profile)
            wave.outcome.looked.add(owner)
            wave.outcome.differences.append(HeldDifference(*owner, Difference(GONE, Why.GONE, None, None, text)))
    wave.outcome.journal.append(JournalLine(now, Event.HELD, text, order, office=wave.office, rule="K19"))


def close_orphans(wave: Wave, found: Survey) -> None:
    """Close intents that no task answers for: their order or their profile is gone, and their doubt is over."""
    carried = {intent.id for task in found.tasks for intent in task.intents}
    unread = {order for order, problem in found.problems.items() if not isinstance(problem, Gone)}
    looked_at = {visit.order for visit in wave.claim.visits} - unread - {t.order for t in found.resting}
    wave.outcome.closed += [
        intent.id
        for intent in wave.memory.intents
        if intent.office == wave.office
        and intent.id not in carried
        and intent.order in looked_at
        # What is open on a record without an order is closed where that record is visited (K23).
        and not intent.order.is_record
    ]


def release(wave: Wave, task: Task, now: datetime) -> None:
    """Release a task's binding, or have its record made anew where the profile says so, and tell what was done."""
    if task.binding is None:
        return
    left = Text("is left as it is", "оставлен как есть")
    if task.is_leaving or task.store.get(STATUS) == CANCELLED:
        done = task.store.get(STATUS) == CANCELLED
        left = Text("is cancelled", "отменён") if done else Text("could not be cancelled", "отменить не удалось")
    text = Text(
        f"Record {task.binding.record} was deleted in the back office; the order {left.en} and no new record "
        "is made. To make one, run `sverka order sync --recreate`.",
        f"Запись {task.binding.record} удалена в CRM; заказ {left.ru}, новая запись не создаётся. "
        "Чтобы создать её, выполните `sverka order sync --recreate`.",
    )
    if task.profile.brakes.on_record_deleted == "recreate":
        text = Text(
            f"Record {task.binding.record} was deleted in the back office; the profile says to make it anew.",
            f"Запись {task.binding.record} удалена в CRM; по профилю она создаётся заново.",
        )
        wave.outcome.awaited.append(task.binding.id)
        wave.postpone(task.order, now)
    else:
        wave.outcome.released.append(task.binding.id)
        if wave.memory.restored_at:
            wave.postpone(task.order, now)  # its record may have been made anew meanwhile, and is looked for (K20)
    for intent in task.intents:
        note_doubtful(task, intent)
    wave.outcome.told |= {(task.order, *what) for what in task.just_told}
    wave.outcome.closed += [intent.id for intent in task.intents]
    wave.outcome.looked.add(task.owner)
    wave.outcome.journal.append(narrate.about(task, now, Event.RELEASED, text, "K19"))
