"""What a profile's switches hold back."""

from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Difference, Plan, Why
from sverka.domain.text import Text
from sverka.engine.task import Task

_HELD = {
    Side.OFFICE: Text(
        "Not written: the profile has `update_deals = false`. Switched on, it goes over at the next visit.",
        "Не записано: в профиле `update_deals = false`. После включения перейдёт при следующем визите.",
    ),
    Side.STORE: Text(
        "Not written: the profile has `update_orders = false`. Switched on, it goes over at the next visit.",
        "Не записано: в профиле `update_orders = false`. После включения перейдёт при следующем визите.",
    ),
}


def hold_switched(task: Task, plan: Plan) -> None:
    """Take the writes out of a plan that the profile does not make, and show them; the memory stays as it was.

    What another change of the same field has overtaken is held with it.
    """
    switches = task.profile.switches
    for changes in (plan.changes, plan.passed):
        for change in list(changes):
            if switches.update_records if change.side is Side.OFFICE else switches.update_orders:
                continue
            changes.remove(change)
            mapping = change.mapping
            pair = task.store.get(mapping.store_field), task.shown(mapping.office_field)
            plan.differences.append(Difference(mapping.key, Why.KEPT, *pair, _HELD[change.side]))
