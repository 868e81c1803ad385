"""Lists of ready lines of texts, short enough to be filtered and sorted as they are answered."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sverka.sandbox.portal.params import entries
from sverka.sandbox.portal.records.filters import split_key

Line = dict[str, Any]


def choose_lines(lines: list[Line], given: Any) -> list[Line]:
    """Return the lines whose values are among those wanted, or with `!` are not; unknown names count for nothing."""
    for key, value in entries(given):
        prefix, name = split_key(key.upper())
        values = [one for _, one in entries(value)] if isinstance(value, list | dict) else [value]
        wanted = {str("" if one is None else one) for one in values}
        negative = prefix.startswith("!")
        lines = [line for line in lines if name not in line or (str(_or_nothing(line[name])) in wanted) is not negative]
    return lines


def order_lines(lines: list[Line], order: Any, numbers: tuple[str, ...]) -> list[Line]:
    """Return the lines in the asked order, the columns in `numbers` by their size; unknown names count for nothing."""
    for key, way in reversed(entries(order)):
        name = key.upper()
        if lines and name in lines[0]:
            rank = _by_size if name in numbers else _by_letters
            keyed = [(rank(line[name]), line) for line in lines]
            keyed.sort(key=lambda pair: pair[0], reverse=str(way).upper() == "DESC")
            lines = [line for _, line in keyed]
    return lines


def _or_nothing(value: Any) -> Any:
    return "" if value is None else value


def _by_letters(value: Any) -> Any:
    return str(_or_nothing(value))


def _by_size(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
