"""Which comments travel between a store's order and a deal's timeline, and who sees them."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.base import LaxWay, Table
from sverka.domain.mapping.field_mapping import Way


class CommentsTable(Table):
    """Comments both ways; none reaches the buyer but those that begin with the word `for_customer`."""

    way: LaxWay = Way.BOTH
    from_store: list[Literal["customer", "manager"]] = Field(default=["customer", "manager"], min_length=1)
    for_customer: str = ""
