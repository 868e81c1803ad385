"""PHP's reading of names with brackets: `a[b][]=1` is {"a": {"b": ["1"]}}."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

_SUBKEY = re.compile(r"\[([^\]]*)\]")


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Fold flat pairs into dictionaries and lists; a dictionary whose keys run 0, 1, 2… becomes a list."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        keys = [head, *_SUBKEY.findall(bracket + rest)]
        node = tree
        for key in keys[:-1]:
            deeper = node.setdefault(_index(node, key), {})
            if not isinstance(deeper, dict):
                break
            node = deeper
        else:
            node[_index(node, keys[-1])] = value
    return {key: _listed(value) for key, value in tree.items()}


def parse(text: str) -> dict[str, Any]:
    """Read a query string or an urlencoded body."""
    return nest(parse_qsl(text, keep_blank_values=True))


def flatten(value: object, name: str) -> list[tuple[str, str]]:
    """Return the pairs that a browser would send for `value` under `name`; None is an empty string."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in flatten(item, f"{name}[{key}]")]
    if isinstance(value, list | tuple):
        return [pair for index, item in enumerate(value) for pair in flatten(item, f"{name}[{index}]")]
    return [(name, "" if value is None else str(value))]


def _index(node: dict[str, Any], key: str) -> str:
    return key if key else str(len(node))


def _listed(value: object) -> object:
    if not isinstance(value, dict):
        return value
    items = {key: _listed(item) for key, item in value.items()}
    if items and list(items) == [str(index) for index in range(len(items))]:
        return list(items.values())
    return items
