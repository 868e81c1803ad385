"""What a new deal looks like, and which deals become orders."""

from typing import Any, Literal

from pydantic import Field, model_validator

from sverka.config.tables.base import Filled, LaxPolicy, LaxWay, People, Table, Texts
from sverka.domain.mapping.field_mapping import Policy, Way


class ResponsibleTable(Table):
    """Who answers for a new record: the contact's own employee, the pipeline's, or else these, in turn if several.

    A lone id or a list is short for `else`.
    """

    from_: Literal["contact"] | None = Field(default=None, alias="from")
    by_pipeline: dict[str, People] = Field(default_factory=dict)
    else_: People | None = Field(default=None, alias="else")

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `9` as `{ else = 9 }`."""
        return value if isinstance(value, dict) else {"else": value}

    @property
    def names_somebody(self) -> bool:
        """Whether anything is said of who answers."""
        return bool(self.from_ or self.by_pipeline or self.else_)


class SectionTable(Table):
    """A pipeline for orders with products of these sections of the store's catalogue, or of sections below them."""

    section: Texts
    pipeline: Filled


class SourceTable(Table):
    """A deal's source by what the order shows in a field; a lone id is short for `else`."""

    by: Filled = "channel"
    values: dict[str, Filled] = Field(default_factory=dict)
    else_: str = Field(default="", alias="else")

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `"WEB"` as `{ else = "WEB" }`."""
        return value if isinstance(value, dict) else {"else": value}


class AdoptTable(Table):
    """An older program whose deals are taken over: what it called itself, and what it wrote of the order."""

    originator: Filled
    origin: Filled = "{order.id}"


class DealTable(Table):
    """What a new deal looks like, and which parts of the money go into it."""

    @property
    def pipelines(self) -> list[str]:
        """The pipelines new deals may go to, the default one first."""
        return list(dict.fromkeys([self.pipeline, *(row.pipeline for row in self.by_section)]))

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
    by_section: list[SectionTable] = Field(default_factory=list)
    source: SourceTable = Field(default_factory=lambda: SourceTable.model_validate({}))
    type: str = ""
    begin_date: bool = True
    adopt: list[AdoptTable] = Field(default_factory=list)
    amount: bool = True


class NewOrderTable(Table):
    """Which deals opened by hand become orders: those in one of these stages; and what orders take of them."""

    stages: list[Filled] = Field(min_length=1)
    client: bool = True
    lines: bool = True
