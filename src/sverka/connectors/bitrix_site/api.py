"""Calls of the site's REST: one by one or fifty in a batch."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from sverka.connectors.bitrix_site import refusals
from sverka.connectors.kit import Http, Kit, not_sent
from sverka.domain.errors import Gone, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard

BATCH = 50
"""The most commands one batch request may carry."""

_WEBHOOK = re.compile(r"https?://[^/]+(/.+)?/rest/(\d+)/[^/]+/?")


@dataclass(frozen=True)
class Command:
    """One method with its parameters, as JSON would carry them."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    has_files: bool = False

    @property
    def packable(self) -> bool:
        """Whether it may ride in a batch, where the site replaces any `$result` in it, even in a buyer's words.

        Files are too long for the query that a batch is made of.
        """
        return not self.has_files and "$result" not in repr(self.params)

    def packed(self) -> str:
        """Return the command as a batch carries it: a method with a PHP query."""
        pairs = [pair for name, value in self.params.items() for pair in _flat(name, value)]
        return (
            self.method + "?" + "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in pairs)
        )


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, item in value.items() for pair in _flat(f"{name}[{key}]", item)]
    if isinstance(value, list | tuple):
        return [pair for index, item in enumerate(value) for pair in _flat(f"{name}[{index}]", item)]
    return [(name, "" if value is None else str(value))]


class Api:
    """The REST of one site. The webhook's address is a password: it is shown nowhere."""

    def __init__(self, webhook: str, kit: Kit) -> None:
        """Take the whole address of an inbound webhook; raises `Misconfigured` where it is none."""
        address = _WEBHOOK.fullmatch(webhook)
        if address is None:
            raise Misconfigured(
                Text(
                    "The webhook must look like https://SITE/rest/1/SECRET/; copy it from the site again.",
                    "Вебхук должен иметь вид https://САЙТ/rest/1/СЕКРЕТ/; скопируйте его с сайта ещё раз.",
                )
            )
        parts = urlsplit(webhook)
        self.site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self.encrypted = parts.scheme == "https"
        self.user = str(address[2])
        """The id of the site's user who owns the webhook."""

        self.root = f"{self.site}{address[1] or ''}"
        """Where the site's own folders are, `/bitrix` among them."""

        self.mark: Callable[[], Mapping[str, str]] = dict
        """Gives the headers by which the site's module knows a request as the hub's; none where there is no module."""

        self._base = webhook.rstrip("/") + "/"
        self._http = Http(kit, webhook)

    def __repr__(self) -> str:
        return f"Api({self.site})"

    def call(self, method: str, params: Mapping[str, Any], guard: Guard) -> Any:
        """Run one method and return the whole answer: `result` with `total` and `next` beside it."""
        answer = self._http.send("POST", self._base + method, guard, body=dict(params), headers=self.mark())
        if answer.status < 400 and isinstance(answer.data, dict) and "result" in answer.data:
            return answer.data
        raise refusals.of_answer(self.site, method, answer)

    def ask(self, method: str, params: Mapping[str, Any], guard: Guard) -> Any:
        """Run a method that only reads; an answer that is not whole is `Later`, for nothing was to be written."""
        try:
            return self.call(method, params, guard)
        except Unanswered as problem:
            raise not_sent(problem) from problem

    def run(self, commands: Mapping[str, Command], guard: Guard) -> dict[str, Any]:
        """Run up to fifty commands in order and return what each led to: its `result`, or a `Problem` of its own.

        They go as one batch request; where a text in one of them would be taken for a batch reference, one by one.
        """
        if any(not command.packable for command in commands.values()):
            return self._apart(commands, guard)
        cmd = {key: command.packed() for key, command in commands.items()}
        boxes = self.call("batch", {"halt": 0, "cmd": cmd}, guard)["result"]
        results, errors = _box(boxes, "result"), _box(boxes, "result_error")
        return {key: self._part(key, commands[key].method, results, errors) for key in commands}

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _apart(self, commands: Mapping[str, Command], guard: Guard) -> dict[str, Any]:
        """Send commands one by one; a failure after the first leaves it open what the site has done."""
        done: dict[str, Any] = {}
        for key, command in commands.items():
            try:
                done[key] = self.call(command.method, command.params, guard)["result"]
            except (Gone, Rejected) as problem:
                done[key] = problem
            except Problem as problem:
                if not done:
                    raise
                raise Unanswered from problem
        return done

    def _part(self, key: str, method: str, results: Mapping[str, Any], errors: Mapping[str, Any]) -> Any:
        if key in errors:
            error = errors[key] if isinstance(errors[key], dict) else {"error": str(errors[key])}
            code, words = str(error.get("error", "")), str(error.get("error_description", ""))
            return refusals.of_code(self.site, method, code, words)
        return results[key] if key in results else Unanswered()


def _box(boxes: Any, name: str) -> Mapping[str, Any]:
    """Return a box of a batch answer; PHP writes an empty one as a list."""
    box = boxes.get(name) if isinstance(boxes, dict) else None
    return box if isinstance(box, dict) else {}


def chunks(items: Sequence[Any], size: int) -> Sequence[Sequence[Any]]:
    """Cut a list into pieces of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
