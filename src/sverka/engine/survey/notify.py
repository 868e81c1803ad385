"""Values whose arrival somebody is told of: the hub writes each at most once an order, whatever it has forgotten."""

from datetime import datetime

from sverka.domain.commerce.value import show
from sverka.domain.mapping.convert import value_key
from sverka.domain.merge.plan import Change, Difference, Plan, Why
from sverka.domain.text import Text
from sverka.engine.task import Task
from sverka.ports.storage import Intent


def hold_repeats(task: Task, plan: Plan) -> None:
    """Take out of a plan what the customer was told of already, or may have been, unless a person has decided so."""
    for change in list(plan.changes):
        if change.rule == "decision" or not change.notifies:
            continue
        if (change.field, value_key(change.value)) in task.told:
            text = _told(show(change.value))
        elif _is_unsure(task):
            text = _unsure(show(change.value))
        else:
            continue
        mapping = change.mapping
        pair = (task.store.get(mapping.store_field), task.shown(mapping.office_field))
        plan.changes.remove(change)
        plan.differences.append(Difference(mapping.key, Why.GUARDED, *pair, text))


def note_written(task: Task, change: Change) -> None:
    """Remember that a value was written that somebody is told of."""
    if change.notifies:
        task.tell(change.field, value_key(change.value))


def note_doubtful(task: Task, intent: Intent) -> None:
    """Remember that such a value may have been written."""
    for sent in intent.sent:
        mapping = task.profile.mapping(sent.key)
        if mapping and sent.value in mapping.notifies:
            task.tell(sent.field, value_key(sent.value))


def _is_unsure(task: Task) -> bool:
    """Tell whether what the customer was told may have been lost with a database (K20)."""
    if task.lost_at is None:
        return False
    placed = task.store.get("order.created_at")
    since = placed if isinstance(placed, datetime) else task.store.changed_at
    return since is None or since <= task.lost_at


def _told(value: str) -> Text:
    return Text(
        f"The hub has written {value!r} to this order once, and the customer was told; so it is not written again by "
        "itself. If the customer is to be told again, say whose value stays: `sverka order decide`.",
        f"Хаб уже записывал {value!r} в этот заказ, и покупатель получил уведомление; сам он это не повторит. Если "
        "уведомить нужно ещё раз, скажите, чьё значение остаётся: `sverka order decide`.",
    )


def _unsure(value: str) -> Text:
    return Text(
        f"{value!r} notifies the customer, and the hub was restored from a backup since the order was placed: perhaps "
        "the customer was told already. Say whose value stays: `sverka order decide`.",
        f"{value!r} уведомляет покупателя, а хаб восстановлен из копии после оформления заказа: возможно, покупателя "
        "уже уведомили. Скажите, чьё значение остаётся: `sverka order decide`.",
    )
