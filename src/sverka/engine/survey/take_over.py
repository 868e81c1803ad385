"""Orders that an older program has made a record of: that one is taken over, and no second one made (R24)."""

from collections.abc import Sequence

from sverka.domain.errors import Problem
from sverka.domain.ids import OldOrigin, RecordId
from sverka.domain.mapping.new_record import fill
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.survey.create import BIRTH
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen


def old_origins(task: Task) -> list[OldOrigin]:
    """Return what the order's record may carry that an older program made, in the order of the profile."""
    kind, fields = task.profile.kind, task.store.fields
    told = [(program, fill(template, fields)) for program, template in task.profile.new.adopt]
    return [OldOrigin(program, task.order, task.profile.name, kind, mark) for program, mark in told if mark]


def take_over(hub: Hub, seen: Seen, task: Task, wave: Sequence[Task]) -> Problem | None:
    """Give the order the record an older program made of it, or hold it where there are several.

    One that is bound, or that another task of the wave has just taken, is another order's. What is taken over is met
    for the first time: nothing of it is overwritten.
    """
    origins = old_origins(task)
    taken = {one.adopted for one in wave if one.adopted} if origins else set()
    for origin in origins:
        found = seen.origins.get(origin, ())
        if isinstance(found, Problem):
            return found
        ids = [RecordId(record.id) for record in found]
        bound = hub.storage.orders_of(task.profile.office, ids) if ids else {}
        free = [record for record in found if record.id not in bound and record.id not in taken]
        if len(free) > 1:
            task.hold(Difference(BIRTH, Why.WAITING, None, None, _several(task, [record.id for record in free])))
            return None
        if free:
            task.record, task.adopted = free[0], RecordId(free[0].id)
            return None
    return None


def _several(task: Task, records: list[str]) -> Text:
    names = ", ".join(records)
    return Text(
        f"Held: several records were made of this order before ({names}); delete or join all but one, then "
        f"`sverka order sync {task.order}`.",
        f"Придержан: из этого заказа раньше сделали несколько записей ({names}); удалите или объедините лишние, затем "
        f"`sverka order sync {task.order}`.",
    )
