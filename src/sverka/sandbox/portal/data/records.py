"""One line of a file as one object of the portal: names and kinds checked against its class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

from sverka.sandbox.portal.data.codec import decode
from sverka.sandbox.portal.data.problems import DataError, expected, unknown

Made = TypeVar("Made")
#: what a text, a number and a flag may be
_PLAIN: dict[Any, tuple[type, ...]] = {str: (str,), int: (int,), bool: (bool,), float: (int, float)}
_NAMES = {str: ("a text", "текст"), int: ("a whole number", "целое число"), bool: ("true or false", "true или false"),
          float: ("a number", "число")}  # fmt: skip


def lines(document: dict[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each object of a list stands, and the object; DataError for anything else."""
    given = document.get(section, [])
    if not isinstance(given, list):
        raise expected(section, "a list", "список")
    for number, line in enumerate(given):
        where = f"{section}[{number}]"
        yield where, mapping(line, where)


def mapping(raw: Any, where: str) -> dict[str, Any]:
    """Return a JSON object; DataError for anything else."""
    if not isinstance(raw, dict):
        raise expected(where, "an object in {}", "объект в {}")
    return raw


def whole(raw: Any, where: str) -> int:
    """Return a whole number, given as one or as its text; DataError for anything else."""
    text = str(raw)
    if isinstance(raw, bool) or not text.isascii() or not text.isdigit():
        raise expected(where, *_NAMES[int])
    return int(text)


def make(made: type[Made], where: str, given: dict[str, Any]) -> Made:
    """Return a `made` of these fields; DataError names what is unknown, missing or of another kind."""
    hints = get_type_hints(made)
    known = {one.name: one for one in fields(made)}  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise unknown(where, name, list(known))
    for name, one in known.items():
        if name not in given and one.default is MISSING and one.default_factory is MISSING:
            raise DataError(where, f"field {name} is missing.", f"нет поля {name}.")
    return made(**{name: _value(hints[name], raw, f"{where}, field {name}") for name, raw in given.items()})


def _value(hint: Any, raw: Any, where: str) -> Any:
    wanted = _PLAIN.get(hint)
    if wanted and (not isinstance(raw, wanted) or (isinstance(raw, bool) and hint is not bool)):
        raise expected(where, *_NAMES[hint])
    return decode(raw, where)
