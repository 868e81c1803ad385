"""Filters, sorting and the search lag of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fnmatch import translate
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Any

from sverka.sandbox.portal.core import PAGE, Core
from sverka.sandbox.portal.errors import invalid_argument
from sverka.sandbox.portal.moments import read_day, read_moment
from sverka.sandbox.portal.params import entries, to_int
from sverka.sandbox.portal.records.multifields import ALIASES, TYPES
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.state import Item

#: longest first, so that `!=%` is not taken for `!`
PREFIXES = ("!=%", "!%=", ">=", "<=", "!@", "!%", "=%", "%=", "!=", ">", "<", "@", "%", "=", "!")
Resolve = Callable[[str], FieldSpec | None]


def split_key(key: str) -> tuple[str, str]:
    """Return the prefix and the field name of a filter's key; no prefix means `=`."""
    for prefix in PREFIXES:
        if key.startswith(prefix):
            return prefix, key[len(prefix) :]
    return "=", key


class Filter:
    """A filter read once for all records.

    `resolve` turns a name into its field. With `strict` an unknown field or a value that is no date, number or the like
    raises RestError INVALID_ARG_VALUE and groups may nest (`{"logic": "OR", "0": {...}}`); else unknown keys count for
    nothing.
    """

    def __init__(self, core: Core, resolve: Resolve, given: Any, *, strict: bool) -> None:
        self._core, self._resolve, self._strict = core, resolve, strict
        self.only_ids: set[int] | None = None
        self.above = 0
        self.origins: set[str] | None = None
        self.by_id_alone = False
        self._test = self._group(given, top=True)

    def matches(self, item: Item) -> bool:
        """Tell whether the record passes."""
        return self._test(item)

    def _group(self, given: Any, top: bool = False) -> Callable[[Item], bool]:
        tests: list[Callable[[Item], bool]] = []
        either = False
        names = []
        for key, value in entries(given):
            if key.lower() == "logic":
                either = str(value).upper() == "OR"
            elif key.isdigit() and isinstance(value, dict | list):
                names.append("")
                tests.append(self._group(value))
            else:
                prefix, name = split_key(key)
                names.append(f"{prefix}{name.lower()}")
                if top:
                    self._narrow(prefix, name, value)
                test = self._condition(prefix, name, value)
                if test is not None:
                    tests.append(test)
        if top:
            self.by_id_alone = bool(names) and all(name in ("=id", "@id") for name in names)
        if either:
            if top:
                self.only_ids, self.origins, self.above = None, None, 0
            return lambda item: any(test(item) for test in tests) or not tests
        return lambda item: all(test(item) for test in tests)

    def _narrow(self, prefix: str, name: str, value: Any) -> None:
        """Note what spares walking through all records: ids, a lower bound of ids, or external ids."""
        values = value if isinstance(value, list) else [value]
        if name.lower() == "id" and prefix in ("=", "@"):
            self.only_ids = {to_int(one) or 0 for one in values}
        elif name.lower() == "id" and prefix == ">":
            self.above = max(self.above, to_int(value) or 0)
        elif name in ("originId", "ORIGIN_ID") and prefix in ("=", "@"):
            self.origins = {str("" if one is None else one).casefold() for one in values}

    def _condition(self, prefix: str, name: str, value: Any) -> Callable[[Item], bool] | None:
        spec = self._resolve(name)
        pick = _multifield(name) if spec is None else None
        if pick is not None:
            wanted = {str(one) for one in (value if isinstance(value, list) else [value])}
            negative = prefix.startswith("!")
            return lambda item: (not wanted.isdisjoint(pick(item))) is not negative
        if spec is None:
            if self._strict:
                raise invalid_argument(f"Invalid filter: field '{name}' is not allowed in filter")
            return None
        try:
            return _comparison(self._core, spec, prefix, value)
        except (ValueError, ArithmeticError) as error:
            if self._strict:
                raise invalid_argument(f"Invalid filter: field '{name}' has invalid value") from error
            return None


def _multifield(name: str) -> Callable[[Item], set[str]] | None:
    if name in ALIASES:
        type_id, value_type = ALIASES[name]
    elif name in TYPES:
        type_id, value_type = name, ""
    else:
        return None
    return lambda item: {m.value for m in item.fm if m.type_id == type_id and value_type in ("", m.value_type)}


def _comparison(core: Core, spec: FieldSpec, prefix: str, value: Any) -> Callable[[Item], bool]:
    if "%" in prefix:
        return _like(spec, prefix, str(value))
    raw = [one for _, one in entries(value)] if isinstance(value, list | dict) else [value]
    wanted = [_comparable(core, spec, one) for one in raw]
    chosen = set(wanted)
    if prefix in (">=", "<=", ">", "<"):
        bound = wanted[0] if wanted else None
        return lambda item: any(_ordered(prefix, one, bound) for one in _held(spec, item))
    negative = prefix.startswith("!")

    def equal(item: Item) -> bool:
        held = _held(spec, item)
        found = any(one in chosen for one in held) or (None in chosen and not any(held))
        return found is not negative

    return equal


def _ordered(prefix: str, held: Any, bound: Any) -> bool:
    if held is None or bound is None:
        return False
    if prefix == ">=":
        return bool(held >= bound)
    if prefix == "<=":
        return bool(held <= bound)
    return bool(held > bound) if prefix == ">" else bool(held < bound)


def _like(spec: FieldSpec, prefix: str, text: str) -> Callable[[Item], bool]:
    negative = prefix.startswith("!")
    if "=" in prefix:
        mask = text.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]").replace("%", "*").replace("_", "?")
        pattern = compile_pattern(translate(mask), IGNORECASE)
        return lambda item: any(pattern.match(str(one or "")) is not None for one in _held(spec, item)) is not negative
    needle = text.casefold()
    return lambda item: any(needle in str(one or "").casefold() for one in _held(spec, item)) is not negative


def _held(spec: FieldSpec, item: Item) -> list[Any]:
    value = item.values.get(spec.name)
    values = value if isinstance(value, list) else [value]
    return [_folded(one) for one in values] or [None]


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold() or None
    return value["id"] if isinstance(value, dict) else value


def _comparable(core: Core, spec: FieldSpec, raw: Any) -> Any:
    if raw is None or raw == "" or raw is False:
        return None
    if spec.kind == "boolean":
        return {"1": "y", "0": "n", "true": "y"}.get(str(raw).lower(), str(raw).lower())
    if spec.kind == "datetime":
        return read_moment(raw, core.settings.zone)
    if spec.kind == "date":
        return read_day(raw, core.settings.zone)
    if spec.kind == "double":
        return Decimal(str(raw))
    if spec.kind in {
        "string",
        "text",
        "crm_status",
        "crm_currency",
        "money",
        "url",
        "crm",
        "address",
        "location",
        "char",
        "any",
    }:
        return str(raw).casefold()
    return int(str(raw))


def visible(core: Core, item: Item) -> bool:
    """Tell whether search knows the record yet: it does once the lag since its creation is over."""
    lag = core.settings.lag_seconds
    created: datetime = item.values["createdTime"]
    return not lag or created + timedelta(seconds=lag) <= core.clock.now()


def select_items(core: Core, entity_type_id: int, chosen: Filter, most: int | None = None) -> list[Item]:
    """Return the records that pass, by id, at most `most` of them when given.

    A filter by id alone finds even those search does not know yet.
    """
    found: list[Item] = []
    for item in _pool(core, entity_type_id, chosen):
        if chosen.matches(item) and (chosen.by_id_alone or visible(core, item)):
            found.append(item)
            if len(found) == most:
                break
    return found


def _pool(core: Core, entity_type_id: int, chosen: Filter) -> Iterator[Item]:
    held = core.state.items[entity_type_id]
    numbers: Iterable[int] = held
    if chosen.only_ids is not None:
        numbers = sorted(chosen.only_ids)
    elif chosen.origins is not None:
        numbers = core.index.find("originId", entity_type_id, chosen.origins)
    elif chosen.above:
        numbers = range(chosen.above + 1, next(reversed(held), 0) + 1)
    for number in numbers:
        item = held.get(number)
        if item is not None:
            yield item


def enough(start: Any, order: Any) -> int | None:
    """Return how many records will do: a page when nothing is counted and the order is that of ids, else all."""
    by_id = [(str(name).lower(), str(way).upper()) for name, way in entries(order)] in ([], [("id", "ASC")])
    return PAGE if to_int(start) == -1 and by_id else None


def sort_items(items: list[Item], order: Any, resolve: Resolve, *, strict: bool) -> list[Item]:
    """Return the records in the asked order (by id when none is asked); a bad order is refused when `strict`."""
    for name, direction in reversed(entries(order)):
        spec = resolve(name)
        way = str(direction).upper()
        if spec is None or way not in ("ASC", "DESC"):
            if strict:
                raise invalid_argument(f"Invalid order: field '{name}' is not allowed in order")
            continue
        items = sorted(items, key=lambda item: _sort_key(item.values.get(spec.name)), reverse=way == "DESC")
    return items


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, list):
        return 1, str(value)
    if isinstance(value, datetime):
        return 1, value.timestamp()
    if isinstance(value, date):
        return 1, value.toordinal()
    return 1, value.casefold() if isinstance(value, str) else value
