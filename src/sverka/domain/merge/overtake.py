"""Several mappings that would write one field in one visit: the one that leads furthest does."""

from collections.abc import Sequence

from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.status_map import StatusMap
from sverka.domain.merge.plan import Change, Plan


def overtake(plan: Plan, mappings: Sequence[FieldMapping]) -> Plan:
    """Leave one change of each field in the plan; the others are passed, and so are those that a guard holds.

    Cancellation leads furthest, then what stands last in the status map, then what the profile names first. Where
    nothing but guarded changes would write a field, they all stay.
    """
    best: dict[tuple[Side, str], Change] = {}
    order: dict[Side, Sequence[str]] | None = None
    for change in plan.changes:
        if change.is_guarded:
            continue
        known = best.setdefault((change.side, change.field), change)
        if known is not change:
            order = order or _order(mappings)
            if _place(order, change) > _place(order, known):
                best[change.side, change.field] = change
    if len(best) < len(plan.changes):
        passed = [change for change in plan.changes if best.get((change.side, change.field), change) is not change]
        plan.passed += passed
        plan.changes = [change for change in plan.changes if not any(change is one for one in passed)]
    return plan


def _order(mappings: Sequence[FieldMapping]) -> dict[Side, Sequence[str]]:
    maps = [mapping.converter for mapping in mappings if isinstance(mapping.converter, StatusMap)]
    return {side: [one for map_ in maps for one in (*map_.course(side), *map_.cancel)] for side in Side}


def _place(order: dict[Side, Sequence[str]], change: Change) -> int:
    places = order[change.side]
    return places.index(str(change.value)) if change.value in places else -1
