"""Stages of deals and leads: which one a write means, what follows from it, and its line in the history."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm.fields import DEAL
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
    current = int(item.values.get("categoryId") or 0) if item else 0
    given = values.pop("categoryId", None)
    funnel = current if given is None or (item is not None and not strict) else given
    if entity_type_id == DEAL and funnel not in state.categories:
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
    item.values["stageId"] = stage.status_id
    if item.entity_type_id == DEAL:
        item.values["categoryId"] = stage.category_id or 0
    item.values["movedTime"], item.values["movedBy"] = core.now(), core.caller.user_id
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
    """Set what follows from the stage: its semantics, and for deals whether they are closed and new."""
    values = item.values
    stages = state.stages(item.entity_type_id, int(values.get("categoryId") or 0))
    stage = next((line for line in stages if line.status_id == values["stageId"]), None)
    values["stageSemanticId"] = (stage.semantics if stage else None) or "P"
    if item.entity_type_id == DEAL:
        values["closed"] = "N" if values["stageSemanticId"] == "P" else "Y"
        values["isNew"] = "Y" if stage is not None and stages and stage.id == stages[0].id else "N"
