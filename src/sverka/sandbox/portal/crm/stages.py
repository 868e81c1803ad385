"""Stages of funnels: which one a write means, what follows from it, and its line in the history."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm.fields import HAS_FUNNELS
from sverka.sandbox.portal.errors import invalid_value
from sverka.sandbox.portal.state import Item, StageMove, State, Status


class Entry(IntEnum):
    """How a record came to its stage, as TYPE_ID of the stage history (a final stage is 3)."""

    CREATED = 1
    MOVED = 2
    FINAL = 3
    OTHER_FUNNEL = 5


def choose_stage(
    state: State, entity_type_id: int, item: Item | None, values: dict[str, Any], *, strict: bool
) -> Status | None:
    """Take stageId and categoryId out of `values` and return the stage they mean; None leaves the record where it is.

    A stage of another funnel is refused when `strict`, else passed over. Only strict changes move between funnels.
    """
    wanted = values.pop("stageId", None)
    current = int(item.values.get("categoryId") or 0) if item else state.default_funnel(entity_type_id)
    given = values.pop("categoryId", None)
    funnel = current if given is None or (item is not None and not strict) else given
    if entity_type_id in HAS_FUNNELS and funnel not in state.funnels[entity_type_id]:
        if strict:
            raise invalid_value("categoryId")
        funnel = current
    stages = state.stages(entity_type_id, funnel)
    if wanted is None and item is not None and funnel != current:
        raise invalid_value("stageId")
    if wanted is None:
        return None if item else stages[0]
    found = next((stage for stage in stages if stage.status_id == wanted), None)
    if found is None and strict:
        raise invalid_value("stageId")
    if found is None:
        return None if item else stages[0]
    return found


def enter_stage(core: Core, item: Item, stage: Status, entry: Entry) -> None:
    """Put a record on a stage: the mover, the time and a line of history follow."""
    if "previousStageId" in item.values:
        item.values["previousStageId"] = item.values.get("stageId")
    item.values["stageId"] = stage.status_id
    if item.entity_type_id in HAS_FUNNELS:
        item.values["categoryId"] = stage.category_id or 0
    moved = {"movedTime": core.now(), "movedBy": core.caller.user_id}
    item.values |= {name: value for name, value in moved.items() if name in item.values}
    derive_stage(core.state, item)
    if "dateClosed" in item.values:
        item.values["dateClosed"] = core.now() if stage.semantics else None
    if entry is Entry.MOVED and stage.semantics:
        entry = Entry.FINAL
    core.state.history.append(
        StageMove(
            core.state.next_id("history"),
            item.entity_type_id,
            int(entry),
            item.id,
            core.now(),
            stage.category_id or 0,
            stage.semantics or "P",
            stage.status_id,
        )
    )


def derive_stage(state: State, item: Item) -> None:
    """Set what follows from the stage, in records that tell it: its semantics, and whether they are closed and new."""
    values = item.values
    stages = state.stages(item.entity_type_id, int(values.get("categoryId") or 0))
    stage = next((line for line in stages if line.status_id == values["stageId"]), None)
    semantics = (stage.semantics if stage else None) or "P"
    derived = {
        "stageSemanticId": semantics,
        "closed": "N" if semantics == "P" else "Y",
        "isNew": "Y" if stage is not None and stages and stage.id == stages[0].id else "N",
    }
    values.update({name: value for name, value in derived.items() if name in values})
