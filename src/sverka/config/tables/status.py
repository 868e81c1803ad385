"""Statuses and stages."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.base import Filled, LaxPolicy, LaxWay, Table
from sverka.domain.mapping.field_mapping import Policy, Way


class StatusRowTable(Table):
    """One status and the stages that mean it; the first is the one the hub sets."""

    status: Filled
    stage: list[Filled] = Field(min_length=1)
    back: bool = False


class StatusTable(Table):
    """Statuses and stages. `way` is for stores that cannot be told a status: they need `->`."""

    policy: LaxPolicy = Policy.ASK
    unmapped: Literal["hold", "ignore"] = "hold"
    way: LaxWay = Way.BOTH
    map: list[StatusRowTable] = Field(default_factory=list)
    cancel: list[Filled] = Field(default_factory=list)
