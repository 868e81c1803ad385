"""Statuses and stages, milestones, and the way from one funnel to the next."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sverka.config.tables.base import Filled, LaxPolicy, LaxWay, Table, Texts
from sverka.domain.mapping.field_mapping import Policy, Way


class StatusRowTable(Table):
    """One status and the stages that mean it; of each funnel's, the first is the one the hub sets."""

    status: Filled
    stage: list[Filled] = Field(min_length=1)
    back: bool = False


class StatusTable(Table):
    """Statuses and stages. `way` is for stores that cannot be told a status: they need `->`.

    `notifies` are statuses and stages whose arrival somebody is told of.
    """

    policy: LaxPolicy = Policy.ASK
    unmapped: Literal["hold", "ignore"] = "hold"
    way: LaxWay = Way.BOTH
    guard: Literal["off", "forward"] = "off"
    notifies: list[Filled] = Field(default_factory=list)
    map: list[StatusRowTable] = Field(default_factory=list)
    cancel: list[Filled] = Field(default_factory=list)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Stages = Annotated[list[Filled], Field(min_length=1), BeforeValidator(_listed)]
"""Stages, of which a lone one may stand without brackets."""


class MilestoneTable(Table):
    """What happens to an order, and the stage it leads to; a lone value of `is` stands for a list of one."""

    when: Filled
    is_: Texts | None = Field(default=None, alias="is")
    stage: Stages
    beyond: list[Filled] | None = None
    way: LaxWay = Way.TO_OFFICE


class HandoverTable(Table):
    """Stages from which a deal is moved on to another funnel, and the stage it comes to there."""

    at: Stages
    to: Filled
