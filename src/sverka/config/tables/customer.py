"""How buyers are recognised, and what is kept of them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sverka.config.tables.base import LaxMode, Table, refusal
from sverka.domain.text import Text


def _create(value: Any) -> Any:
    if value == "lead":
        raise refusal(
            Text(
                "the hub cannot make leads yet; use `contact` or `none`.",
                "хаб пока не умеет создавать лиды; укажите `contact` или `none`.",
            )
        )
    return value


class CustomerTable(Table):
    """How buyers are recognised and what is made of unknown ones."""

    match: list[Literal["phone", "email"]] = Field(default=["phone", "email"], min_length=1)
    create: Annotated[Literal["contact", "none"], BeforeValidator(_create)] = "contact"
    fields: dict[Literal["name", "phone", "email", "company"], LaxMode] = Field(default_factory=dict)
