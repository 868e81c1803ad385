"""Which orders a profile takes."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from sverka.config.tables.base import Number, Table, Texts, refusal
from sverka.domain.mapping.pattern import is_pattern, runs_away
from sverka.domain.text import Text


def _patterns(patterns: list[str]) -> list[str]:
    for pattern in patterns:
        if not is_pattern(pattern):
            raise refusal(
                Text(
                    f"`{pattern}` is no regular expression; a sign such as `(` or `+` itself is written `\\(`.",
                    f"`{pattern}` – не регулярное выражение; сам знак вроде `(` или `+` пишется `\\(`.",
                )
            )
        if runs_away(pattern):
            raise refusal(
                Text(
                    f"`{pattern}` could take for ever on some texts; use at most three of `*` and `+`, and none after "
                    "a group that holds another or a `|`; give several patterns instead.",
                    f"`{pattern}` на иных текстах считалось бы вечно; не более трёх `*` и `+`, и ни одного после "
                    "группы, где есть другой или `|`; задайте вместо этого несколько выражений.",
                )
            )
    return patterns


Patterns = Annotated[Texts, AfterValidator(_patterns)]


class ConditionTable(Table):
    """What one order field must satisfy. A lone value or a list is short for `is`, which means any of them."""

    is_: Texts | None = Field(default=None, alias="is")
    not_: Texts | None = Field(default=None, alias="not")
    contains: Texts | None = None
    starts: Texts | None = None
    matches: Patterns | None = None
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


Group = Annotated[dict[str, ConditionTable], Field(min_length=1)]


class WhenTable(Table):
    """Which orders the profile takes: conditions by order field, all of which must hold; of `any`, one group."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, ConditionTable]

    also: bool = False
    quiet_minutes: int = Field(default=0, ge=0, le=1440)
    confirmed: Texts = Field(default_factory=list)
    any_: Annotated[list[Group], Field(min_length=1)] | None = Field(default=None, alias="any")

    @property
    def conditions(self) -> dict[str, ConditionTable]:
        """The conditions by order field."""
        return self.__pydantic_extra__

    def every(self) -> list[tuple[tuple[str | int, ...], str, ConditionTable]]:
        """Return each condition with its place in the document and its field, those of the groups too."""
        found: list[tuple[tuple[str | int, ...], str, ConditionTable]] = [
            (("when", key), key, row) for key, row in self.conditions.items()
        ]
        for place, group in enumerate(self.any_ or ()):
            found += [(("when", "any", place, key), key, row) for key, row in group.items()]
        return found
