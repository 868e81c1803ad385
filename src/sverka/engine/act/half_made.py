"""Orders found half made: what only their making knew is set before they are bound (K6, K23, R114)."""

from collections.abc import Mapping
from dataclasses import replace

from sverka.domain.commerce.value import Value, is_empty, show
from sverka.domain.errors import Gone, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId, OrderRef
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.task import Task
from sverka.engine.wave_state import Wave
from sverka.ports.journal import Event
from sverka.ports.store import OrderWrite, Wrote

_UNFINISHED = Text(
    "The order is still being made: what it lacks is set once that is over.",
    "Заказ ещё создаётся: чего в нём не хватает, будет записано, когда это закончится.",
)


def end_making(wave: Wave, task: Task, found: Snapshot, visited: OrderRef) -> Snapshot | None:
    """Return an order found by its mark, with the defaults it lacks; None where they cannot be set now.

    A default stands in no field of the record, so no later visit would miss it. What else was sent and is not there
    goes along: a payment is over what the goods cost. The making goes on under an intent of its own, in its own doubt.
    """
    fields = _lacking(task, found)
    if not fields:
        return found
    now = wave.hub.clock.now()
    ends = max((intent.doubt_until or now for intent in task.intents), default=now)
    if ends > now:
        wave.hold_off(visited, ends)
        task.rest()
        wave.outcome.journal.append(narrate.about(task, now, Event.DECIDED, _UNFINISHED, "K2"))
        return None
    _begin_again(wave, task)
    id_ = OrderId(found.id)
    answer: Wrote | Problem
    try:
        answer = wave.hub.stores[task.profile.store].write([OrderWrite(id_, fields)], wave.guard).get(id_, Unanswered())
    except Problem as problem:
        answer = problem
    if isinstance(answer, Problem) and not isinstance(answer, Rejected | Gone | Misconfigured):
        wave.trouble(visited, answer, task.profile.store, task)
        task.rest()
        return None
    _tell(wave, task, fields, answer)
    return answer.after if isinstance(answer, Wrote) else found


def _lacking(task: Task, found: Snapshot) -> dict[str, Value]:
    """Return what the order was to be made with and shows nothing of; nothing unless a default is among it."""
    sent = {part.field: part.value for intent in task.intents for part in intent.sent}
    defaults = task.profile.new_order.defaults if sent else {}

    def lacks(field: str) -> bool:
        return is_empty(found.get(field)) and not found.left_out(field)

    told = {field: value for field, value in sent.items() if not is_empty(value)}
    if not any(field not in told and lacks(field) for field in defaults):
        return {}
    return {field: value for field, value in {**defaults, **told}.items() if lacks(field)}


def _begin_again(wave: Wave, task: Task) -> None:
    """Commit the intent of the making anew, in place of those whose doubt is over."""
    wave.outcome.closed += [intent.id for intent in task.intents]
    wave.outcome.intents = [replace(task.intents[-1], id=0)]
    task.intents = list(wave.commit())


def _tell(wave: Wave, task: Task, fields: Mapping[str, Value], answer: Wrote | Problem) -> None:
    now, refused = wave.hub.clock.now(), answer.refused if isinstance(answer, Wrote) else dict.fromkeys(fields, answer)
    for key in task.profile.new_order.defaults.keys() & fields.keys():
        problem, value = refused.get(key), show(fields[key])
        text = Text(
            f"The making of the order broke off before the default of `{key}` was set; it is set now: {value}.",
            f"Создание заказа оборвалось до записи `{key}` по умолчанию; записано теперь: {value}.",
        )
        if problem is not None:
            text = Text(
                f"The default of `{key}`, {value}, could not be set; set it in the order by hand. {problem.text.en}",
                f"Не удалось записать `{key}` по умолчанию, {value}; укажите в заказе сами. {problem.text.ru}",
            )
        event = Event.DECIDED if problem is None else Event.HELD
        wave.outcome.journal.append(narrate.about(task, now, event, text, "default"))
