"""How buyers are recognised, and what is kept of them."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.base import LaxMode, Table


class CustomerTable(Table):
    """How buyers are recognised and what is made of unknown ones."""

    match: list[Literal["phone", "email"]] = Field(default=["phone", "email"], min_length=1)
    create: Literal["contact", "lead", "none"] = "contact"
    fields: dict[Literal["name", "phone", "email", "company"], LaxMode] = Field(default_factory=dict)
