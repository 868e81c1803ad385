"""Which orders a profile takes."""

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from sverka.config.tables.base import Number, Table, Texts, refusal
from sverka.domain.text import Text


class ConditionTable(Table):
    """What one order field must satisfy. A lone value or a list is short for `is`, which means any of them."""

    is_: Texts | None = Field(default=None, alias="is")
    not_: Texts | None = Field(default=None, alias="not")
    contains: Texts | None = None
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `"x"` and `["x", "y"]` as the full table."""
        return value if isinstance(value, dict) else {"is": value}

    @model_validator(mode="after")
    def says_something(self) -> "ConditionTable":
        """Refuse a condition without a word in it, and bounds that nothing lies between."""
        if not self.model_fields_set:
            raise refusal(Text("the condition is empty.", "условие пустое."))
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise refusal(
                Text(
                    "`at_least` is above `at_most`: no order can match.",
                    "`at_least` больше, чем `at_most`: ни один заказ не подойдёт.",
                )
            )
        return self


class WhenTable(Table):
    """Which orders the profile takes: conditions by order field, all of which must hold."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, ConditionTable]

    also: bool = False
    quiet_minutes: int = Field(default=0, ge=0, le=1440)
    confirmed: Texts = Field(default_factory=list)

    @property
    def conditions(self) -> dict[str, ConditionTable]:
        """The conditions by order field."""
        return self.__pydantic_extra__
