"""Order fields kept in step with fields of the back office."""

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
