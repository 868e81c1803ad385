"""The lead that an order of an unknown buyer becomes."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.base import People, Table
from sverka.config.tables.fields import FieldTable


class LeadTable(Table):
    """What a new lead looks like, and what follows once a person has made a deal of it.

    What is left empty here is as in `[deal]`; `company` makes a second lead, of the company a buyer buys for, which is
    moved to the stage `close_company` once there is a deal. With `registrations` a new customer of the store is a lead
    before his first order, titled `registered`.
    """

    stage: str = ""
    title: str = ""
    responsible: People | None = None
    source: str = ""
    comment: bool = True
    company: bool = True
    close_company: str = "CONVERTED"
    converted: Literal["set", "link"] = "set"
    registrations: bool = False
    registered: str = "{customer.name}"
    fields: dict[str, FieldTable] = Field(default_factory=dict)
