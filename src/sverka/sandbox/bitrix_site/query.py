"""Filter, order, select and paging of the `sale.*.list` methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import Any

from sverka.sandbox.bitrix_site.catalogue import Record

PAGE = 50
#: Longest first, so that `>=` is not read as `>` of a field named `=…`.
_PREFIXES = (">=", "<=", "!@", "!%", "!=", "%=", "=%", ">", "<", "@", "!", "%", "=")


def find(rows: list[Record], params: Mapping[str, Any], zone: timezone) -> tuple[list[Record], dict[str, int]]:
    """One page of rows in the asked order and the `total` and `next` beside it.

    A key of filter, order or select that is no field of the rows is passed over, as the kernel does; a date without
    an offset is the site's own time. `start` -1 skips counting, and then neither number comes.
    """
    found = [row for row in rows if all(_matches(row, key, want, zone) for key, want in _map(params, "filter").items())]
    for key, way in reversed(list((_map(params, "order") or {"id": "asc"}).items())):
        found.sort(key=lambda row, key=key: _rank(row.get(key)), reverse=str(way).lower() == "desc")  # type: ignore[misc]
    start = int(params.get("start") or 0)
    first = max(start, 0)
    page = [_selected(row, params.get("select")) for row in found[first : first + PAGE]]
    if start < 0:
        return page, {}
    numbers = {"total": len(found)}
    if first + PAGE < len(found):
        numbers["next"] = first + PAGE
    return page, numbers


def _map(params: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = params.get(key)
    return value if isinstance(value, dict) else {}


def _selected(row: Record, select: object) -> Record:
    wanted = list(select.values()) if isinstance(select, dict) else select
    if not isinstance(wanted, list) or not wanted or "*" in wanted:
        return row
    return {key: value for key, value in row.items() if key in wanted}


def _matches(row: Record, key: str, want: Any, zone: timezone) -> bool:
    prefix = next((prefix for prefix in _PREFIXES if key.startswith(prefix)), "")
    name = key[len(prefix) :]
    if name not in row:
        return True
    have = row[name]
    if isinstance(want, dict):
        want = list(want.values())
    if prefix in {"%", "!%"}:
        return (str(want).lower() in str(have or "").lower()) is (prefix == "%")
    if prefix in {"%=", "=%"}:
        return fnmatchcase(str(have or "").lower(), str(want).lower().replace("%", "*"))
    if prefix in {"@", "!@", "", "=", "!", "!="}:
        choices = want if isinstance(want, list) else [want]
        return any(_same(have, choice, zone) for choice in choices) is not prefix.startswith("!")
    return _COMPARE[prefix](*_pair(have, want, zone)) if have is not None else False


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda have, want: bool(have >= want),
    "<=": lambda have, want: bool(have <= want),
    ">": lambda have, want: bool(have > want),
    "<": lambda have, want: bool(have < want),
}


def _same(have: Any, want: Any, zone: timezone) -> bool:
    if have is None or want is None:
        return have in {None, ""} and want in {None, ""}
    left, right = _pair(have, want, zone)
    return bool(left == right)


def _pair(have: Any, want: Any, zone: timezone) -> tuple[Any, Any]:
    if isinstance(have, datetime):
        try:
            moment = datetime.fromisoformat(str(want))
        except ValueError:
            return str(have), str(want)
        return have, moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    try:
        return Decimal(str(have)), Decimal(str(want))
    except InvalidOperation:
        return str(have), str(want)


def _rank(value: object) -> tuple[int, Any]:
    if value is None:
        return (0, 0)
    if isinstance(value, datetime):
        return (1, (value - datetime(1970, 1, 1, tzinfo=value.tzinfo)) / timedelta(seconds=1))
    if isinstance(value, int | float | Decimal):
        return (1, value)
    return (2, str(value))
