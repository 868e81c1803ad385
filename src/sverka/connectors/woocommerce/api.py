"""Calls of the shop's REST v3: the way in, and refusals sorted by what to do next."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sverka.connectors.kit import Answer, Http, Kit, not_sent
from sverka.connectors.woocommerce.doors import Door, Request, doors_of, is_page, is_refused_key, is_unseen
from sverka.connectors.woocommerce.oauth import Keys
from sverka.connectors.woocommerce.refusals import item_problem, problem_of, redirected, rejected, repeated
from sverka.domain.errors import Later, Misconfigured, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard, free

__all__ = ["PAGE", "Api", "Keys", "item_problem", "problem_of", "rejected", "repeated"]

_LINES = "line_items"
"""What only whole orders show: a list that asked for less and has it is the answer to another request."""

PAGE = 100
"""The most things a list or a batch of the shop's takes."""


class Api:
    """The REST of one shop; its keys are shown nowhere."""

    def __init__(self, url: str, keys: Keys, kit: Kit, nonce: Callable[[], str] | None = None) -> None:
        """Take the shop's address with any port and path; `nonce` gives a text that is never given twice.

        Raises `Misconfigured` where the address is none or a key is missing.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or not (keys.key and keys.secret):
            raise Misconfigured(
                Text(
                    "A shop's address like https://shop.example and both API keys are needed; run `sverka connect`.",
                    "Нужны адрес магазина вида https://shop.example и оба ключа API; выполните `sverka connect`.",
                )
            )
        self.site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self.encrypted = parts.scheme == "https"
        self._keys = keys
        self._clock = kit.clock
        self._nonce = nonce or (lambda: secrets.token_hex(16))
        self._http = Http(kit, self.site)
        self._doors = doors_of(self.site)
        self._door = self._doors[0]
        self._is_in = False

    def __repr__(self) -> str:
        return f"Api({self.site})"

    @property
    def time(self) -> datetime | None:
        """The moment by the shop's own clock when it answered last."""
        return self._http.time

    def get(self, path: str, guard: Guard, query: Mapping[str, str] | None = None) -> Any:
        """Read; an answer that is not whole is `Later`, for nothing was written."""
        try:
            return self.send("GET", path, guard, query=query)
        except Unanswered as problem:
            raise not_sent(problem) from problem

    def rows(self, path: str, guard: Guard, query: Mapping[str, str] | None = None) -> list[Mapping[str, Any]]:
        """Read a list; `Later` where something else came in its stead, or rows that lack what was asked for."""
        data = self.get(path, guard, query)
        if not isinstance(data, list):
            raise Later
        rows: list[Mapping[str, Any]] = [row for row in data if isinstance(row, dict)]
        asked = {name for name in (query or {}).get("_fields", "").split(",") if name not in ("", "_links")}
        if asked and not all(asked <= row.keys() and _LINES not in row.keys() - asked for row in rows):
            raise repeated(self.site)
        return rows

    def pages(self, path: str, guard: Guard, query: Mapping[str, str]) -> Iterator[list[Mapping[str, Any]]]:
        """Read a list page by page to its end; `Later` where a page comes twice, as from a cache before the shop."""
        before: list[Any] = []
        number = 1
        while True:
            rows = self.rows(path, guard, {**query, "per_page": str(PAGE), "page": str(number)})
            ids = [row.get("id") for row in rows]
            if ids and ids == before:
                raise repeated(self.site)
            yield rows
            if len(rows) < PAGE:
                return
            before, number = ids, number + 1

    def saved(self, method: str, path: str, guard: Guard, body: Any) -> Mapping[str, Any]:
        """Send a thing to be saved and return it as it is then; `Unanswered` where something else came in its stead."""
        data = self.send(method, path, guard, body=body)
        if not isinstance(data, dict) or not data.get("id"):
            raise Unanswered
        return data

    def send(
        self, method: str, path: str, guard: Guard, *, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Any:
        """Send one request below `/wc/v3` and return the answer's JSON; raises what the shop's refusal means.

        Until the shop has let the keys in, a request that was refused before the shop looked at them is sent by the
        other ways: nothing was done yet.
        """
        guard()
        asked = Request(method, self.site, path, dict(query or {}))
        answer = self._let_in(asked, body, guard)
        if answer.status < 400 and answer.data is not None:
            return answer.data
        if 300 <= answer.status < 400:
            raise redirected(self._http.moved(answer.headers.get("location", "")).text)
        raise problem_of(answer, self.site, self._clock.now())

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _let_in(self, asked: Request, body: Any, guard: Guard) -> Answer:
        answer = told = self._once(self._door, asked, body)
        tried = [self._door]
        while not self._is_in and (door := _next(tried, answer, self._doors)):
            guard()
            tried.append(door)
            answer = self._once(door, asked, body)
            # What is wrong with the keys themselves is worth more than that they were not seen.
            told = answer if is_refused_key(answer) and not is_refused_key(told) else told
        is_in = not (is_page(answer) or is_unseen(answer) or is_refused_key(answer))
        if is_in:
            self._door = tried[-1]
        self._is_in = is_in
        return answer if is_in else told

    def _once(self, door: Door, asked: Request, body: Any) -> Answer:
        address, headers = door.enter(asked, self._keys, self._clock.now(), self._nonce())
        reads = asked.method == "GET"
        answer = self._http.send(
            asked.method, address, free, body=body, headers=headers, may_move=True, may_be_page=reads
        )
        return replace(answer, status=_status_of(answer))


def _next(tried: Sequence[Door], answer: Answer, doors: Sequence[Door]) -> Door | None:
    """Return the door to try after this answer: at the other address where a page stands, else with other keys."""
    last, left = tried[-1], [door for door in doors if door not in tried]
    if is_page(answer):
        addresses = {door.is_plain for door in tried}
        return next((door for door in left if door.is_plain not in addresses), None)
    if is_unseen(answer) or (is_refused_key(answer) and last.signed_as == "https"):
        return next((door for door in left if door.is_plain == last.is_plain), None)
    return None


def _status_of(answer: Answer) -> int:
    """Return the status of an answer, the refusal's own where a cache or a plugin sends it under 200."""
    refusal = answer.data if isinstance(answer.data, dict) and {"code", "message"} <= answer.data.keys() else {}
    details = refusal.get("data")
    told = details.get("status") if isinstance(details, dict) else None
    return told if answer.status < 400 and isinstance(told, int) else answer.status
