"""Stop before a flood: what a person should look at first (K19, K21)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sverka.domain.commerce.value import is_empty
from sverka.domain.errors import Halt
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.convert import value_key
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.text import Text
from sverka.engine.task import Task
from sverka.ports.storage import Memory, Storage

MANY_AGAIN = 100
"""So many writes past the usual few to one field of an order, of all orders within a window, are a loop."""

MANY_GONE = 5
"""So many records missing at once, and more than half of those looked at, look like lost rights, not like work."""


def brake_ping_pong(tasks: Sequence[Task], memory: Memory) -> None:
    """Stop a field that would be set to the same value for the Nth time within the window (K21)."""
    on_orders: Counter[tuple[OrderRef, str, str]] = Counter()
    for (order, _, field, value), times in memory.writes.items():
        on_orders[order, field, value] += times
    for task in tasks:
        for change in list(task.plan.changes):
            if task.is_birth:
                break
            what = (change.field, value_key(change.value))
            # A field of the order counts whichever profile wrote it.
            to_store = change.side is Side.STORE
            times = on_orders[task.order, *what] if to_store else memory.writes.get((*task.owner, *what), 0)
            if times + 1 < task.profile.brakes.same_value_writes:
                continue
            text = Text(
                f"Written {times} times already and moved back each time: a robot or another program fights over it. "
                "Settle that, then retry with `sverka order sync`.",
                f"Уже записано {times} раз и каждый раз возвращено: за поле спорит робот или другая программа. "
                "Уладьте это и повторите: `sverka order sync`.",
            )
            task.refuse(change.mapping.key, change.value)
            pair = (task.store.get(change.mapping.store_field), task.shown(change.mapping.office_field))
            task.stop([change], Difference(change.mapping.key, Why.BRAKE, *pair, text))


def brake_flood(
    profile: Profile, tasks: Sequence[Task], memory: Memory, storage: Storage, now: datetime
) -> Halt | None:
    """Return the halt of a profile that writes the same again and again, or more than it allows in its window, or None.

    A bulk edit writes many orders a few times; a loop few orders many times, if ever other values, which K21 does not
    see (ADR 35).
    """
    often = profile.brakes.same_value_writes - 1
    written: Counter[tuple[OrderRef, str]] = Counter()
    for (order, name, field, _), times in memory.writes.items():
        if name == profile.name:
            written[order, field] += times
    planned = [(task.order, change.field) for task in tasks if not task.is_birth for change in task.plan.changes]
    if not planned:
        return None
    since = now - timedelta(minutes=profile.brakes.window_minutes)
    total, again = storage.count_writes(profile.name, since, often)
    if again + sum(written[one] >= often for one in planned) > MANY_AGAIN:
        return _loop(profile)
    limit = profile.brakes.writes_per_wave
    if total + len(planned) <= limit:
        return None
    return Halt(
        Text(
            f"Profile {profile.name} would make more than {limit} writes in {profile.brakes.window_minutes} minutes; "
            f"look at `sverka profile preview {profile.document}`, then `sverka profile resume {profile.document}`.",
            f"Профиль {profile.name} сделал бы более {limit} записей за {profile.brakes.window_minutes} минут; "
            f"посмотрите `sverka profile preview {profile.document}`, "
            f"затем `sverka profile resume {profile.document}`.",
        )
    )


def _loop(profile: Profile) -> Halt:
    name = profile.document
    return Halt(
        Text(
            f"Profile {name} writes the same fields of the same orders again and again: a robot or another program "
            f"answers each write with another value. Find it with `sverka profile moves {name}`, settle that, then "
            f"`sverka profile resume {name}`.",
            f"Профиль {name} снова и снова пишет одни и те же поля одних и тех же заказов: робот или другая программа "
            f"отвечает на каждую запись новым значением. Найдите её: `sverka profile moves {name}`, уладьте это, "
            f"затем `sverka profile resume {name}`.",
        )
    )


def brake_emptied(profile: Profile, tasks: Sequence[Task]) -> Halt | None:
    """Return the halt when one field would be emptied on many orders at once, else None."""
    cleared = Counter(
        change.field
        for task in tasks
        if not task.is_birth
        for change in task.plan.changes
        if is_empty(change.value) and not is_empty(change.old)
    )
    for field, times in sorted(cleared.items()):
        if times >= MANY_GONE and times * 2 > len(tasks):
            return Halt(
                Text(
                    f"{field} would be emptied on {times} of {len(tasks)} orders at once: the other side has lost it. "
                    f"Look there first, then `sverka profile resume {profile.document}`.",
                    f"Поле {field} опустело бы сразу у {times} из {len(tasks)} заказов: другая сторона его потеряла. "
                    f"Сначала проверьте её, затем `sverka profile resume {profile.document}`.",
                )
            )
    return None


def brake_gone(looked: int, gone: int, profile: Profile) -> Halt | None:
    """Return the halt when many records are gone at once: the webhook's owner may have lost his rights (K19)."""
    if gone < MANY_GONE or gone * 2 <= looked:
        return None
    return Halt(
        Text(
            f"{gone} of {looked} records are gone at once; check the rights of the portal's webhook with "
            f"`sverka doctor`, then `sverka profile resume {profile.document}`.",
            f"Разом пропали {gone} из {looked} записей; проверьте права вебхука портала командой "
            f"`sverka doctor`, затем `sverka profile resume {profile.document}`.",
        )
    )
