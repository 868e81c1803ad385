"""Order fields kept in step with fields of the back office."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.base import Filled, LaxMode, LaxPolicy, LaxWay, Table
from sverka.domain.mapping.field_mapping import Policy, Way, WriteMode


class FieldTable(Table):
    """One order field kept in step with one field of the back office. Without a way it only goes to the office."""

    to: Filled
    way: LaxWay = Way.TO_OFFICE
    policy: LaxPolicy = Policy.ASK
    write: LaxMode = WriteMode.OVERWRITE
    values: dict[str, Filled] | None = Field(default=None, min_length=1)
    by_name: bool = False
    new_options: Literal["hold", "create"] = "hold"

    @property
    def joins_options(self) -> bool:
        """Whether the row says which option is which."""
        return bool(self.values) or self.by_name
