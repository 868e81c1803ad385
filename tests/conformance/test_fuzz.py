"""Whatever a client sends, the sandbox portal answers, or refuses with a code the documents know; it never breaks.

Every method gets its good call bent in many ways, at any depth: each of its values by each piece of junk, then things
missing and things nobody asked for, by chance. What a refusal says is for a person to read, so it is never empty.
Chance is drawn by the method's name, so it is the same in every run; SVERKA_FUZZ_CASES draws more of it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import chain
from random import Random
from typing import Any

import pytest

from support.truth import IMPLEMENTED, caller_of, fresh, good_call, paths
from sverka.sandbox.portal import RestError

CASES = int(os.environ.get("SVERKA_FUZZ_CASES") or 150)
_STATUSES = {200, 400, 401, 403, 404, 405}
_JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, -100, 2**31, 10**40, 0.5, 1e308,
    "", "0", "1", "-100", "1e40", "1e99999", "NaN", "Infinity", "٣", "²", "1|RUB", "x|y|z", "D_1", "T80_6", "n0",
    "Y", "N", "nonsense", "\x00", "\ud800", "2026-13-45", "0001-01-01T00:00:00+14:00", "9999-12-31", "%", "[]",
    "x" * 70_000,
    [], [[]], [None], [[1]], ["a", "b"], [{"a": 1}], ["name.txt", "%%%"], [1, "a", None],
    {}, {"a": 1}, {"0": 1}, {"1": {"0": []}}, {"id": []}, {"value": {}}, {"logic": "OR", "0": 1}, {"ID": {"a": "b"}},
    {"fileData": 1}, {"VALUE": []}, {"n0": {"typeId": []}},
)  # fmt: skip
_NAMES = (
    "id", "fields", "filter", "select", "order", "start", "ID", "surplus", "auth_connector", "", "0", ">id", "!@id",
    "%title", "logic", "params", "data",
)  # fmt: skip


def _places(node: Any) -> list[Any]:
    """Return every map and list in a tree of parameters."""
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    below = [place for child in inside for place in _places(child)]
    return [node, *below] if isinstance(node, dict | list) else below


def _each(params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield parameters with one value of theirs replaced by one piece of junk: every value, every piece."""
    for place, where in enumerate(_places(params)):
        for name in where if isinstance(where, dict) else range(len(where)):
            for junk in _JUNK:
                bent = deepcopy(params)
                _places(bent)[place][name] = deepcopy(junk)
                yield bent


def _bent(dice: Random, params: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return parameters with one or two things wrong."""
    bent = deepcopy(params)
    for _ in range(dice.choice((1, 1, 2))):
        where, junk = dice.choice(_places(bent)), deepcopy(dice.choice(_JUNK))
        if isinstance(where, list):
            where.insert(dice.randint(0, len(where)), junk)
            continue
        name = dice.choice([*where] * 2 + names)
        if dice.random() < 0.05:
            where.pop(name, None)
        else:
            where[name] = junk
    return bent


@pytest.mark.parametrize("name", IMPLEMENTED)
def test_nothing_breaks_a_method(name: str) -> None:
    portal = fresh()
    params = good_call(portal, name)
    caller = caller_of(portal, name)
    answer = json.loads(json.dumps(portal.call_as(caller, name, params).result))
    names = [*_NAMES, *sorted({path.rpartition(".")[2].strip("[]") for path in paths(answer)})]
    dice = Random(name)
    try:
        for bent in chain(_each(params), (_bent(dice, params, names) for _ in range(CASES))):
            try:
                reply = portal.call_as(caller, name, bent)
            except RestError as refusal:
                _check(refusal)
            except Exception as error:
                raise AssertionError(f"{name} broke on {bent!r:.600}") from error
            else:
                json.dumps(reply.result, allow_nan=False)
    finally:
        portal.close()


def _check(refusal: RestError) -> None:
    code, words = refusal.code, refusal.description
    assert refusal.status in _STATUSES
    assert words
    assert isinstance(code, int) or code == words or re.fullmatch(r"[A-Za-z_0-9]*", code)
