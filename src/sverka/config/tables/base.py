"""What all tables of a profile share: exact types, no keys but the named ones, and sentences for refusals."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from sverka.domain.mapping.field_mapping import Policy, Way, WriteMode
from sverka.domain.text import Text


def refusal(text: Text) -> PydanticCustomError:
    """Return an error that carries a sentence in both languages to whoever translates pydantic's errors."""
    return PydanticCustomError("sentence", "{en}", {"en": text.en, "ru": text.ru})


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise refusal(Text("must be a number, without quotes.", "должно быть числом, без кавычек."))
    return value


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
"""A name of a profile or a connection; it becomes part of the origin written into records, so it has no slash."""

Filled = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[Decimal, Strict(False), BeforeValidator(_number)]
Count = Annotated[int, Field(ge=1)]
LaxWay = Annotated[Way, Strict(False)]
LaxPolicy = Annotated[Policy, Strict(False)]
LaxMode = Annotated[WriteMode, Strict(False)]


class Table(BaseModel):
    """What all tables share: exact types and no keys but the named ones."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


def _texts(value: Any) -> Any:
    """Let a lone value stand for a list of one, and flags and whole numbers for the texts routes compare with."""
    items = value if isinstance(value, list) else [value]
    return [_plain(item) for item in items]


def _plain(item: Any) -> Any:
    if isinstance(item, bool):
        return "Y" if item else "N"
    return str(item) if isinstance(item, int) else item


Texts = Annotated[list[Filled], Field(min_length=1), BeforeValidator(_texts)]


_PAGE = re.compile(r"/company/personal/user/(\d+)(?:/|$|\?)")
_ID = re.compile(r"[\w-]+")


def _person(value: Any) -> Any:
    """Read an employee's id, given as a number, a text, or the address of his page on the portal (R103, R300)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        page = _PAGE.search(value)
        if page or _ID.fullmatch(value):
            return page[1] if page else value
    raise refusal(
        Text(
            "must be an employee's id, such as 9, or the address of his page, which ends in it; "
            "`sverka portal people` finds them by name.",
            "должно быть номером сотрудника, например 9, или адресом его страницы, где номер в конце; "
            "`sverka portal people` найдёт по имени.",
        ),
    )


def _people(value: Any) -> Any:
    """Let a lone employee stand for a list of one."""
    return [_person(one) for one in value] if isinstance(value, list) else [_person(value)]


People = Annotated[list[str], Field(min_length=1), BeforeValidator(_people)]
"""Employees by id; where there are several, they take turns."""
