"""What a new deal looks like, and which deals become orders."""

from typing import Any, Literal

from pydantic import Field, model_validator

from sverka.config.tables.base import Filled, Person, Table


class ResponsibleTable(Table):
    """Who answers for a new record; a lone id is short for `else`."""

    from_: Literal["contact"] | None = Field(default=None, alias="from")
    else_: Person = Field(default="", alias="else")

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `9` as `{ else = 9 }`."""
        return value if isinstance(value, dict) else {"else": value}


class AdoptTable(Table):
    """An older program whose deals are taken over: what it called itself, and what it wrote of the order."""

    originator: Filled
    origin: Filled = "{order.id}"


class DealTable(Table):
    """What a new deal looks like, and which parts of the money go into it."""

    pipeline: Filled = "0"
    title: Filled = "{order.number}"
    responsible: ResponsibleTable = Field(default_factory=lambda: ResponsibleTable.model_validate({}))
    lines: Literal["products", "one_line", "none"] = "products"
    delivery: Literal["line", "field"] = "line"
    source: str = ""
    begin_date: bool = True
    adopt: list[AdoptTable] = Field(default_factory=list)
    amount: bool = True


class NewOrderTable(Table):
    """Which deals opened by hand become orders: those that stand in one of these stages."""

    stages: list[Filled] = Field(min_length=1)
