"""Orders that may not be placed yet: a checkout writes one at each of its steps (C2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sverka.domain.text import Text
from sverka.engine.task import Task

UNCONFIRMED = Text(
    "Perhaps not placed yet: it waits until nobody has saved it for the profile's `quiet_minutes`.",
    "Возможно, ещё не оформлен: ждёт, пока его не перестанут сохранять на время `quiet_minutes` из профиля.",
)


def quiet_until(tasks: Sequence[Task], now: datetime) -> datetime | None:
    """Return when an order that nothing is known of yet has been left alone long enough; None where it is.

    It waits whole: where several profiles take it, all of them get it at once (K14).
    """
    if any(task.binding or task.intents or task.former or task.is_sought for task in tasks):
        return None
    ends = [end for task in tasks if (end := _end(task)) is not None and end > now]
    return max(ends, default=None)


def _end(task: Task) -> datetime | None:
    route, saved = task.profile.route, task.store.changed_at
    if not route.quiet_minutes or saved is None or task.store.get("status") in route.confirmed:
        return None
    return saved + timedelta(minutes=route.quiet_minutes)
