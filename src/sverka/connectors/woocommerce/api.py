"""Calls of the shop's REST v3: the way in, and refusals sorted by what to do next."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

<<<<<<< HEAD
from sverka.connectors.kit import Answer, Http, Kit, not_sent
from sverka.connectors.kit.moments import asked_pause
from sverka.connectors.woocommerce.oauth import Keys, signed
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
=======
from sverka.connectors.kit import Answer, Http, Kit
from sverka.connectors.woocommerce.doors import Door, Request, doors_of, is_page, is_refused_key, is_unseen
from sverka.connectors.woocommerce.oauth import Keys
from sverka.connectors.woocommerce.refusals import item_problem, problem_of, redirected, rejected, repeated
from sverka.domain.errors import Later, Misconfigured, Unanswered
>>>>>>> main
from sverka.domain.text import Text
from sverka.ports.guard import Guard, free

__all__ = ["PAGE", "Api", "Keys", "item_problem", "problem_of", "rejected", "repeated"]

PAGE = 100
"""The most things a list or a batch of the shop's takes."""

<<<<<<< HEAD
_ROUTE = "/wc/v3"
_NO_ORDER = "woocommerce_rest_shop_order_invalid_id"
_NO_ROUTE = "rest_no_route"
_APART = timedelta(minutes=14)
"""How far the two clocks may stand apart; a shop refuses signatures that are a quarter of an hour old or new."""

=======
>>>>>>> main

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
        """Read a list; `Later` where something else came in its stead."""
        data = self.get(path, guard, query)
        if not isinstance(data, list):
            raise Later
        return [row for row in data if isinstance(row, dict)]

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
<<<<<<< HEAD
        if answer.status == 401 and not self.encrypted and self.time and abs(self.time - self._clock.now()) > _APART:
            raise _clocks_apart(self.site)
        raise problem_of(answer, self.site)
=======
        if 300 <= answer.status < 400:
            raise redirected(self._http.moved(answer.headers.get("location", "")).text)
        raise problem_of(answer, self.site, self._clock.now())
>>>>>>> main

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
<<<<<<< HEAD


def problem_of(answer: Answer, site: str) -> Problem:
    """Return what a refusal means for whoever sent the request."""
    data = answer.data if isinstance(answer.data, dict) else {}
    code, words = str(data.get("code", "")), str(data.get("message", ""))
    if answer.status in (401, 403):
        return _no_access(site, words or f"HTTP {answer.status}")
    if answer.status in (429, 503):
        return Later(after=asked_pause(answer.headers))
    if code == _NO_ORDER or (answer.status == 404 and code != _NO_ROUTE and data):
        return Gone()
    if answer.status == 404 and answer.data is None:
        return _no_page(site)
    if answer.status == 404:
        return Misconfigured(
            Text(
                f"{site} has no WooCommerce REST at this address; check the shop's address and that WooCommerce is on.",
                f"На {site} нет REST WooCommerce; проверьте адрес магазина и что WooCommerce включён.",
            )
        )
    return rejected(words or code or str(answer.status)) if 400 <= answer.status < 500 else Unanswered()


def item_problem(row: Mapping[str, Any], site: str) -> Problem | None:
    """Return what went wrong with one item of a batch, None where nothing did."""
    error = row.get("error")
    if not isinstance(error, dict):
        return None
    details = error.get("data")
    status = details.get("status") if isinstance(details, dict) else None
    return problem_of(Answer(status if isinstance(status, int) else 400, {}, error), site)


def rejected(words: str) -> Rejected:
    """Return a refusal in the shop's own words."""
    return Rejected(
        Text(
            f"The shop refuses the value: {words} Correct it in the shop or in the profile, then retry.",
            f"Магазин не принимает значение: {words} Исправьте в магазине или в профиле и повторите.",
        )
    )


def repeated(site: str) -> Later:
    """Return the problem of a list whose next page is the one before it."""
    return Later(
        Text(
            f"{site} answers with a page it has given already; if a cache stands before the shop, exclude /wp-json/ "
            "from it. The hub will try again by itself.",
            f"{site} отдаёт страницу, которую уже отдавал; если перед магазином стоит кэш, исключите из него "
            "/wp-json/. Хаб повторит сам.",
        )
    )


def _no_page(site: str) -> Misconfigured:
    return Misconfigured(
        Text(
            f"{site} has no page at /wp-json; choose anything but Plain in WordPress → Settings → Permalinks, and "
            "check the shop's address.",
            f"На {site} нет страницы /wp-json; выберите любой вид, кроме «Простые», в WordPress → Настройки → "
            "Постоянные ссылки и проверьте адрес магазина.",
        )
    )


def _redirected(moved: Text) -> Misconfigured:
    """Add to a redirect what makes one of every address of the API."""
    return Misconfigured(
        Text(
            f"{moved.en} If the address is right, choose anything but Plain in WordPress → Settings → Permalinks.",
            f"{moved.ru} Если адрес верен, выберите любой вид, кроме «Простые», в WordPress → Настройки → "
            "Постоянные ссылки.",
        )
    )


def _no_access(site: str, words: str) -> AuthLost:
    return AuthLost(
        Text(
            f"{site} does not let the API keys in ({words}); make new ones with read and write access in WooCommerce → "
            "Settings → Advanced → REST API and run `sverka connect`.",
            f"{site} не пускает ключи API ({words}); создайте новые с правом чтения и записи: WooCommerce → Настройки "
            "→ Дополнительно → REST API, затем выполните `sverka connect`.",
        )
    )


def _clocks_apart(site: str) -> Later:
    """Return the problem of a signature of another time: nothing was done, and the keys may well be right."""
    return Later(
        Text(
            f"{site} does not take the hub's signature: their clocks stand a quarter of an hour apart or more. Set the "
            "wrong one right, or connect the shop by https. The hub will try again by itself.",
            f"{site} не принимает подпись хаба: их часы расходятся на четверть часа или больше. Поправьте те, что "
            "неверны, или подключите магазин по https. Хаб повторит сам.",
        )
    )
=======
>>>>>>> main
