"""Calls of the API: an envelope round every answer, and refusals sorted by what to do next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from sverka.connectors.kit import Answer, Http, Kit, not_sent
from sverka.connectors.pixlpark.tokens import Keys, Tokens, no_access, pause_of
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard

ADDRESS = "https://api.pixlpark.com"
"""Where the API of every site is."""

_HERE = ("127.0.0.1", "localhost", "::1")
_AT_ONCE = 2
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Api:
    """The API behind one pair of keys, asked `rate` times a second at most. No address it uses is shown anywhere."""

    def __init__(self, address: str, keys: Keys, kit: Kit, rate: float) -> None:
        """Take the address, which is https or on this very machine; raises `Misconfigured` for any other."""
        parts = urlsplit(address or ADDRESS)
        if not parts.netloc or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)):
            raise Misconfigured(
                Text(
                    f"The address of the API must begin with https, such as {ADDRESS}; its tokens travel in addresses. "
                    "Run `sverka connect` again.",
                    f"Адрес API должен начинаться с https, например {ADDRESS}: ключи доступа передаются в адресах. "
                    "Выполните `sverka connect` ещё раз.",
                )
            )
        self._address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._kit = kit
        self._rate = rate
        self._http = Http(kit, self._address)
        self._tokens = Tokens(self._http, self._address, keys, kit.clock)

    def __repr__(self) -> str:
        return f"Api({self.host})"

    @property
    def host(self) -> str:
        """The API's host, for people."""
        return self._http.host

    @property
    def time(self) -> datetime | None:
        """The moment by the API's own clock when it answered last."""
        return self._http.time

    def get(self, path: str, guard: Guard, query: Mapping[str, str] | None = None) -> list[Any]:
        """Read; an answer that is not whole is `Later`, for nothing was written."""
        try:
            return self._call("GET", path, guard, query=query or {})
        except Unanswered as problem:
            raise not_sent(problem) from problem

    def send(self, method: str, path: str, guard: Guard, form: Mapping[str, str]) -> list[Any]:
        """Send a form and return the `Result` of the answer; raises what a refusal means."""
        return self._call(method, path, guard, body=urlencode(form).encode())

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _call(
        self,
        method: str,
        path: str,
        guard: Guard,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> list[Any]:
        """Ask with a token; where it is refused, go the whole way in once more."""
        for is_last in (False, True):
            token = self._tokens.current(self._paced(guard))
            asked = {**(query or {}), "oauth_token": token}
            url, headers = f"{self._address}{path}", _FORM if body is not None else {}
            answer = self._http.send(method, url, self._paced(guard), query=asked, body=body, headers=headers)
            try:
                return self._result(answer)
            except AuthLost:
                self._tokens.drop(token)
                if is_last:
                    raise
        raise AssertionError("the second refusal is raised")

    def _paced(self, guard: Guard) -> Guard:
        """Return a guard that also waits for room in the budget."""

        def wait() -> None:
            guard()
            pause = self._kit.budget.take(f"pixlpark/{self._kit.name}", self._rate, _AT_ONCE)
            if pause > 0:
                self._kit.clock.sleep(pause)

        return wait

    def _result(self, answer: Answer) -> list[Any]:
        """Return what stands in the envelope; a code in it that is not 200 counts as HTTP's own does."""
        data = answer.data if isinstance(answer.data, dict) else {}
        told = str(data.get("ResponseCode", ""))
        code = int(told) if told.isdigit() and answer.status < 400 else answer.status
        result = data.get("Result")
        if code in (200, 201) and isinstance(result, list | dict):
            return result if isinstance(result, list) else [result]
        raise self._problem(code, answer, self._tokens.veil(str(data.get("ErrorMessage") or "")))

    def _problem(self, code: int, answer: Answer, words: str) -> Problem:
        if code in (401, 403):
            return no_access(self.host, words)
        if code in (429, 503):
            return Later(after=pause_of(answer))
        if code == 404:
            return Gone()
        return rejected(words or str(code)) if 400 <= code < 500 else Unanswered()


def rejected(words: str) -> Rejected:
    """Return a refusal in the shop's own words."""
    return Rejected(
        Text(
            f"Pixlpark refuses: {words}. Correct it in the panel or in the profile, then retry.",
            f"Pixlpark не принимает: {words}. Исправьте в панели или в профиле и повторите.",
        )
    )
