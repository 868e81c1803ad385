"""HTTP with its failures sorted by what to do next; no address with a secret ever leaves this file."""

import json
import logging
import os
import re
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2

from sverka.connectors.kit.moments import told_time
from sverka.connectors.kit.reach import watched
from sverka.connectors.kit.seen import asked
from sverka.connectors.kit.tools import Kit
from sverka.domain.errors import Later, Misconfigured, Problem, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard

# The client's own log lines hold whole addresses, and a webhook's address is its password.
logging.getLogger("httpx2").setLevel(logging.WARNING)
logging.getLogger("httpcore2").setLevel(logging.WARNING)

LARGEST = 64 * 2**20
"""Bytes of one answer, unpacked, beyond which it is refused: a hundred orders are a few of these millions."""

_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


def client_of(base: str, read_timeout: float, headers: Mapping[str, str]) -> httpx2.Client:
    """Return a client that follows no redirect, for a side at this address.

    Certificates are trusted as everywhere on the machine (`SSL_CERT_FILE`); its proxies are not for its own addresses.
    Where a name leads to an address at which no side stands, nothing is sent and `Misconfigured` is raised.
    """
    return httpx2.Client(
        follow_redirects=False,
        timeout=httpx2.Timeout(read_timeout, connect=30.0),
        headers=dict(headers),
        trust_env=urlsplit(base).hostname not in ("127.0.0.1", "localhost", "::1"),
        verify=_trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
        event_hooks=watched(),
    )


@cache
def _trust(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    # Reading the machine's authorities takes longer than a request, so all clients share what was read.
    return httpx2.create_ssl_context()


def _unreached(host: str, error: BaseException) -> Text:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return Text(
            f"{host} cannot be reached; the hub will try again by itself.", f"{host} недоступен; хаб повторит сам."
        )
    return Text(
        f"The certificate of {host} is not trusted here. Renew it there; or, if your own authority has signed it, "
        "add that to this machine's, or name a file with it in SSL_CERT_FILE and start the hub again.",
        f"Сертификату {host} здесь не доверяют. Обновите его там; а если он подписан вашим собственным центром, "
        "добавьте тот к доверенным на этой машине или укажите файл с ним в SSL_CERT_FILE и запустите хаб снова.",
    )


_NOT_WHOLE = Text(
    "No whole answer came, and nothing was to be changed; the hub will ask again by itself.",
    "Ответ не пришёл целиком, а менять ничего не требовалось; хаб спросит ещё раз сам.",
)


def _too_large(host: str) -> Text:
    size = LARGEST // 2**20
    return Text(
        f"{host} answers with more than {size} MB, which is no answer of its; look at what stands before it. The hub "
        "goes on by itself and looks first what became of its request.",
        f"{host} отвечает больше чем {size} МБ, таких ответов у него не бывает; посмотрите, что стоит перед ним. Хаб "
        "продолжит сам и сначала посмотрит, чем кончился его запрос.",
    )


def _a_page(host: str) -> Text:
    return Text(
        f"{host} answered with a page in place of data: it is closed for maintenance, asks for a login, or something "
        "stands before it. Open it in a browser; the hub goes on by itself and looks first what became of its request.",
        f"{host} ответил страницей вместо данных: сайт закрыт на обслуживание, просит войти, или перед ним что-то "
        "стоит. Откройте его в браузере; хаб продолжит сам и сначала посмотрит, чем кончился его запрос.",
    )


_BEFORE = re.compile(
    rb"\A(?:\xef\xbb\xbf|\s|(?:<br />\s*)?(?:<b>|PHP )?(?:Warning|Notice|Deprecated|Strict Standards)(?:</b>)?:"
    rb".{1,2000}? on line (?:<b>)?\d+(?:</b>)?(?:<br />)?)+",
    re.DOTALL,
)
"""What stands before an answer that is whole: PHP's warnings, where a host shows them, and marks of files' encoding."""


def without_warnings(content: bytes) -> bytes:
    """Return a body, or the beginning of one, without what PHP says of itself before it."""
    return _BEFORE.sub(b"", content)


@dataclass(frozen=True)
class Answer:
    """A whole answer: its HTTP status, its headers, and its JSON body (None where the body was no JSON)."""

    status: int
    headers: Mapping[str, str]
    data: Any
    body: bytes = b""


class Http:
    """A client that follows no redirect, asks the guard before every request, and sorts what goes wrong."""

    def __init__(self, kit: Kit, base: str) -> None:
        """Take the base address; only its host is ever shown."""
        parts = urlsplit(base)
        self.host = parts.netloc.rpartition("@")[2]
        self.time: datetime | None = None
        """The moment by the other side's own clock when it answered last."""

        self._name = kit.name
        self._client = client_of(base, kit.read_timeout, {"User-Agent": "sverka", "Accept": "application/json"})

    def send(  # noqa: PLR0913 - one request with all that may be said of it
        self,
        method: str,
        url: str,
        guard: Guard,
        *,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        may_move: bool = False,
        may_be_page: bool = False,
        called: str = "",
    ) -> Answer:
        """Send one request and return its whole answer, whatever its status below 500.

        A body is sent as JSON; one of bytes as it is, for whoever signed those very bytes. A page in place of JSON is
        no answer under a good status, but for a caller who looks at pages himself (`may_be_page`). `called` is what the
        request is known by where it is watched, HTTP's own method without it.

        Raises:
            Later: no connection was made, so nothing was sent.
            Unanswered: the request went out and no whole answer came, or the server broke down over it.
            Misconfigured: the address moved, and the caller does not look at redirects himself (`may_move`).
        """
        guard()
        try:
            raw = {"content": body} if isinstance(body, bytes) else {"json": body}
            with asked(self._name, called or method) as watched_one:
                request = self._client.build_request(method, url, params=query, headers=headers, **raw)
                with closing(self._client.send(request, stream=True)) as response:
                    content = self._whole(response)
                watched_one.status = response.status_code
        except _NOT_SENT as error:
            raise Later(_unreached(self.host, error)) from error
        except httpx2.HTTPError as error:
            raise Unanswered from error
        self.time = told_time(response.headers)
        if 300 <= response.status_code < 400:
            if not may_move:
                raise self.moved(response.headers.get("location", ""))
            return Answer(response.status_code, dict(response.headers), None)
        return self._sort(response, content, may_be_page=may_be_page)

    def moved(self, location: str) -> Misconfigured:
        """Return the problem of an address that answers with a redirect; of where to, only the host is told."""
        where = _host_of(location) or "?"
        return Misconfigured(
            Text(
                f"{self.host} has moved to {where}; connect again with the new address.",
                f"{self.host} переехал на {where}; подключите заново с новым адресом.",
            )
        )

    def _whole(self, response: httpx2.Response) -> bytes:
        """Return a body, unpacked; what unpacks without end is not read to its end."""
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LARGEST:
                raise Unanswered(_too_large(self.host))
        return bytes(content)

    def _sort(self, response: httpx2.Response, content: bytes, *, may_be_page: bool) -> Answer:
        said = without_warnings(content)
        try:
            data = json.loads(said, parse_float=str) if said else None
        except (ValueError, RecursionError) as error:
            is_page = said.startswith(b"<")
            if may_be_page and is_page and response.status_code < 300:
                return Answer(response.status_code, dict(response.headers), None, content)
            if response.status_code < 300 or response.status_code >= 500:
                raise Unanswered(_a_page(self.host) if is_page else None) from error
            data = None
        return Answer(response.status_code, dict(response.headers), data, content)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def not_sent(problem: Problem) -> Problem:
    """Return what a failed read means: nothing was to be written, so one without an answer is only late."""
    if not isinstance(problem, Unanswered):
        return problem
    return Later(_NOT_WHOLE if problem.text is Unanswered.text else problem.text)
