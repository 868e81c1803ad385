"""Parameters of a call: PHP's bracket nesting, and lookup of names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

Tree = dict[str, Any]
#: PHP leaves out what is nested deeper than this
_DEEPEST = 64


def parse_query(text: str) -> Tree:
    """Return the nested parameters of an urlencoded text: `a[k]=v` is a map, `a[]=1&a[]=2` a list."""
    return parse_pairs(parse_qsl(text, keep_blank_values=True))


def parse_pairs(pairs: Iterable[tuple[str, Any]]) -> Tree:
    """Return the nested parameters of decoded pairs; maps with the keys 0..n-1 become lists, as in PHP's JSON."""
    root: Tree = {}
    for name, value in pairs:
        path = _path(name)
        if len(path) > _DEEPEST:
            continue
        node = root
        for step in path[:-1]:
            key = step or _next_index(node)
            child = node.get(key)
            if not isinstance(child, dict):
                child = node[key] = {}
            node = child
        node[path[-1] or _next_index(node)] = value
    return {key: _listed(value) for key, value in root.items()}


def _path(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket or not head or "]" not in rest:
        return [name]
    path = [head]
    remainder = bracket + rest
    while remainder.startswith("[") and "]" in remainder:
        inside, _, remainder = remainder[1:].partition("]")
        path.append(inside)
    return path


def _next_index(node: Tree) -> str:
    return str(max((int(key) for key in node if key.isdigit()), default=-1) + 1)


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    children = {key: _listed(child) for key, child in value.items()}
    return as_php(children) if children else children


def as_php(mapping: Tree) -> Any:
    """Return what PHP's JSON makes of an array: a list when it is empty or its keys are 0..n-1, else the map."""
    if list(mapping) == [str(number) for number in range(len(mapping))]:
        return list(mapping.values())
    return mapping


def write_pairs(name: str, value: Any) -> list[tuple[str, str]]:
    """Return a nested value as PHP writes it into a form: `a[k][0]=v`, and empty arrays not at all."""
    if isinstance(value, dict | list):
        return [pair for key, child in entries(value) for pair in write_pairs(f"{name}[{key}]", child)]
    if isinstance(value, bool):
        return [(name, str(int(value)))]
    return [] if value is None else [(name, str(value))]


def entries(value: Any) -> list[tuple[str, Any]]:
    """Return the keyed entries of a PHP array, be it a list or a map on the wire; nothing for anything else."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return [(str(number), entry) for number, entry in enumerate(value)]
    return []


class Params:
    """The parameters of one call; names of classic methods are found whatever their case."""

    def __init__(self, raw: Tree, ignore_case: bool = False) -> None:
        self.raw = raw
        self._folded = {key.lower(): value for key, value in raw.items()} if ignore_case else None

    def get(self, name: str, default: Any = None) -> Any:
        """Return the parameter as it came, or `default`."""
        if self._folded is not None:
            return self._folded.get(name.lower(), default)
        return self.raw.get(name, default)

    def has(self, name: str) -> bool:
        """Tell whether the parameter came with anything but null."""
        return self.get(name) is not None

    def mapping(self, name: str) -> Tree:
        """Return the parameter as a map, a list counting as a map by position; an empty map when absent."""
        return dict(entries(self.get(name)))

    def number(self, name: str) -> int | None:
        """Return the parameter as an integer, None when absent or no number."""
        return to_int(self.get(name))

    def flag(self, name: str) -> bool:
        """Tell whether the parameter is one of Y, 1 and true."""
        return str(self.get(name)).lower() in {"y", "1", "true"}


def to_int(value: Any) -> int | None:
    """Return an integer of a number or a text, None when it is neither."""
    if isinstance(value, bool):
        return int(value)
    try:
        return int(str(value).strip())
    except ValueError:
        return None
