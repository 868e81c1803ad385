"""batch: up to fifty commands in one request, in order, each able to use what the earlier ones answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sverka.sandbox.portal.core import Reply
from sverka.sandbox.portal.errors import BATCH_NOT_ALLOWED, BATCH_TOO_LONG, RestError
from sverka.sandbox.portal.params import Tree, as_php, entries, parse_query

LIMIT = 50
#: itself, and what hands out files
_NOT_IN_BATCH = ("batch", "crm.controller.item.getfile", "catalog.product.download")
_REFERENCE = re.compile(r"\$result\[([^\]]+)\]((?:\[[^\]]*\])*)")
#: runs one command (key, method, parameters) and returns its reply and its `time`, or raises RestError
Run = Callable[[str, str, Tree], tuple[Reply, dict[str, Any]]]


@dataclass(frozen=True)
class Command:
    """One command of a batch before its references are resolved."""

    key: str
    method: str
    query: str


def read_commands(cmd: Any) -> list[Command]:
    """Return the commands in order; a list's positions are their keys."""
    commands = []
    for key, text in entries(cmd):
        method, _, query = str(text).partition("?")
        method = method.strip().lower().removesuffix(".json")
        commands.append(Command(key, method, query))
    return commands


@dataclass
class _Answers:
    result: Tree = field(default_factory=dict)
    errors: Tree = field(default_factory=dict)
    totals: Tree = field(default_factory=dict)
    nexts: Tree = field(default_factory=dict)
    times: Tree = field(default_factory=dict)

    def out(self) -> Tree:
        return {
            "result": as_php(self.result),
            "result_error": as_php(self.errors),
            "result_total": as_php(self.totals),
            "result_next": as_php(self.nexts),
            "result_time": as_php(self.times),
        }


def run_batch(commands: list[Command], halt: bool, unresolved: str | None, run: Run) -> Tree:
    """Run the commands and return the inner `result` object of the answer.

    Commands beyond the fiftieth, nested batches and failing ones get an entry in `result_error`; with `halt` nothing
    after the first error runs. `unresolved` stands in for a reference that leads nowhere; None refuses the command.
    """
    answers = _Answers()
    for number, command in enumerate(commands):
        try:
            _check(number, command)
            params = _resolved(parse_query(command.query), answers.result, unresolved)
            reply, took = run(command.key, command.method, params)
        except RestError as error:
            answers.errors[command.key] = error.body()
            if halt:
                break
            continue
        answers.result[command.key] = reply.result
        answers.times[command.key] = took
        if reply.total is not None:
            answers.totals[command.key] = reply.total
        if reply.next is not None:
            answers.nexts[command.key] = reply.next
    return answers.out()


def _check(number: int, command: Command) -> None:
    if number >= LIMIT:
        raise RestError(*BATCH_TOO_LONG)
    if command.method in _NOT_IN_BATCH:
        raise RestError(*BATCH_NOT_ALLOWED)


def _resolved(value: Any, results: Tree, unresolved: str | None) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(child, results, unresolved) for key, child in value.items()}
    if isinstance(value, list):
        return [_resolved(child, results, unresolved) for child in value]
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return _lookup(whole, results, unresolved)
    return _REFERENCE.sub(lambda match: _as_text(_lookup(match, results, unresolved)), value)


def _as_text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _lookup(match: re.Match[str], results: Tree, unresolved: str | None) -> Any:
    node: Any = results
    for step in [match[1], *re.findall(r"\[([^\]]*)\]", match[2])]:
        children = dict(entries(node))
        if step not in children:
            if unresolved is None:
                raise RestError(400, "", f"Cannot resolve {match[0]}")
            return unresolved
        node = children[step]
    return node
