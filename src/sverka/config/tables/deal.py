"""What a new deal looks like, and which deals become orders."""

from typing import Any, Literal

from pydantic import Field, model_validator

from sverka.config.tables.base import Filled, LaxPolicy, LaxWay, Person, Table
from sverka.domain.mapping.field_mapping import Policy, Way


class ResponsibleTable(Table):
    """Who answers for a new record; a lone id is short for `else`."""

    from_: Literal["contact"] | None = Field(default=None, alias="from")
    else_: Person = Field(default="", alias="else")

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `9` as `{ else = 9 }`."""
        return value if isinstance(value, dict) else {"else": value}


class DealTable(Table):
    """What a new deal looks like, and which parts of the money go into it."""

    pipeline: Filled = "0"
    title: Filled = "{order.number}"
    responsible: ResponsibleTable = Field(default_factory=lambda: ResponsibleTable.model_validate({}))
    lines: Literal["products", "one_line", "none"] = "products"
    lines_way: LaxWay = Way.TO_OFFICE
    lines_policy: LaxPolicy = Policy.ASK
    offers: Literal["plain", "name"] = "plain"
    products: Literal["text", "find"] = "text"
    products_by: list[Literal["xml_id", "sku", "name"]] = Field(default=["xml_id", "sku", "name"], min_length=1)
    delivery: Literal["line", "field", "product"] = "line"
    delivery_section: str = ""
    bonuses: Literal["row", "discount"] = "row"
    refunds: Literal["keep", "subtract"] = "keep"
    source: str = ""
    begin_date: bool = True
    amount: bool = True


class NewOrderTable(Table):
    """Which deals opened by hand become orders: those that stand in one of these stages."""

    stages: list[Filled] = Field(min_length=1)
