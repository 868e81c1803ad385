"""The exchange script on the network: sessions, uploads, and answers sorted by what to do next."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import IO, Literal
from urllib.parse import urlsplit

import httpx2

from sverka.connectors.commerceml import says
from sverka.connectors.commerceml.xml.charset import text_of
from sverka.connectors.kit import Kit
from sverka.connectors.kit.http import without_warnings
from sverka.connectors.kit.moments import asked_pause, told_time
from sverka.connectors.kit.reach import watched
from sverka.connectors.kit.seen import asked
from sverka.domain.errors import AuthLost, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard

Kind = Literal["sale", "crm"]

LARGEST = 512 * 2**20
"""Bytes of one answer beyond which it is refused."""

_START = 64 * 1024
"""Bytes read at a time; PHP's warnings stand in the first of them."""

_IN_MEMORY = 4 * 2**20
_SESSION = timedelta(minutes=10)
_LIMIT = 200 * 1024
_SMALLEST = 1024
WHOLE = LARGEST
"""A file's piece for a script that says `file_limit=0`: it has no limit, and may keep the last piece alone."""

_WORDS = ("success", "failure", "progress")
"""What answers begin with, unless PHP's own warnings stand before them."""

_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_NO_SESSION = ("проверки источника", "сесси", "сеанс", "session", "sessid", "авториз", "authoriz", "auth fail")


class Failure(Rejected):
    """The script understood and refused: its own words are in `words`."""

    def __init__(self, words: str, text: Text | None = None) -> None:
        """Take what the script said after `failure`, and what that means to a person where it is known."""
        self.words = " ".join(words.split())[:300]
        super().__init__(text or says.refused(self.words))

    @property
    def is_about_the_session(self) -> bool:
        """Whether it is the session that was refused, so that nothing was done."""
        return any(word in self.words.casefold() for word in _NO_SESSION)


class NoExchange(Later):
    """A page for people came in the place of the exchange: a login, or a shop that is closed for a while.

    Which of them cannot be told, so it is tried again and stops nothing; the trouble is told meanwhile.
    """


class SessionLost(Later):
    """The session that a row of requests belonged to is no more; what this request asked for was not done."""


@dataclass(frozen=True)
class Session:
    """What the script was agreed on; `limit` is the largest piece of a file in bytes. Nothing of it is shown."""

    cookie: str = field(repr=False)
    sessid: str = field(repr=False)
    until: datetime
    zips: bool = False
    limit: int = _LIMIT


@dataclass(frozen=True)
class Reply:
    """A whole answer: its first line in lower case, the lines after it, and all of it as a file."""

    word: str
    lines: tuple[str, ...]
    file: IO[bytes] = field(repr=False)


class Wire:
    """One exchange script, with a session for each type of exchange; sessions are renewed when they are refused."""

    def __init__(self, url: str, login: str, password: str, kit: Kit, schema: str) -> None:
        """Take the script's address and the user of the exchange; `schema` is the version that is asked for.

        Raises:
            Misconfigured: the address is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Misconfigured(says.NO_ADDRESS)
        self.site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self.host = parts.netloc.rpartition("@")[2]
        self.encrypted = parts.scheme == "https"
        self.is_bitrix = parts.path.startswith("/bitrix/")
        self.schema = schema
        self.time: datetime | None = None
        """The moment by the shop's own clock when it answered last."""

        self._url = url
        self._auth = httpx2.BasicAuth(login, password)
        self._secrets = [password]
        self._name = kit.name
        self._clock = kit.clock
        self._sessions: dict[Kind, Session] = {}
        self._client = httpx2.Client(
            follow_redirects=False,
            timeout=httpx2.Timeout(kit.read_timeout, connect=30.0),
            headers={"User-Agent": "1C+Enterprise/8.3 (sverka)", "Cache-Control": "no-cache"},
            trust_env=parts.hostname not in ("127.0.0.1", "localhost", "::1"),
            event_hooks=watched(),
        )

    def ask(self, kind: Kind, query: Mapping[str, str], guard: Guard) -> Reply:
        """Send one request within a session and return its short answer; raises as `download`."""
        reply = self.download(kind, query, guard)
        reply.file.close()
        return reply

    def download(self, kind: Kind, query: Mapping[str, str], guard: Guard) -> Reply:
        """Send one request within a session and return its answer, whose file the caller has to close.

        A session that is no more is begun anew and the request sent once again: nothing was done without one.

        Raises:
            Failure: the script said `failure`.
            AuthLost: the user is refused.
            NoExchange: a page for people came in the answer's place.
            Later: nobody answered, or is too busy.
        """
        session = self.session(kind, guard)
        try:
            return self._within(session, kind, query, guard)
        except (Failure, AuthLost, NoExchange) as problem:
            self._sessions.pop(kind, None)
            if isinstance(problem, Failure) and not problem.is_about_the_session:
                raise
        session = self.session(kind, guard)
        try:
            return self._within(session, kind, query, guard)
        except Failure as problem:
            if problem.is_about_the_session:
                raise AuthLost(problem.text) from problem
            raise

    def tell(
        self,
        session: Session,
        query: Mapping[str, str],
        guard: Guard,
        body: bytes | None = None,
        *,
        is_write: bool = False,
    ) -> str:
        """Send one request of a row that belongs to one session of `type=sale`; return the answer's first word.

        Raises:
            SessionLost: the session is no more, and the row has to be sent anew: what it had of files is gone.
            Unanswered: no whole answer to a request by which orders are changed: it may have been done.
            Problem: as `download`.
        """
        try:
            reply = self._within(session, "sale", query, guard, body, is_write=is_write)
        except (Failure, AuthLost, NoExchange) as problem:
            self._sessions.pop("sale", None)
            if not isinstance(problem, Failure) or problem.is_about_the_session:
                raise SessionLost(problem.text) from problem
            raise
        reply.file.close()
        return reply.word

    def session(self, kind: Kind, guard: Guard, *, anew: bool = False) -> Session:
        """Return the session of a type, begun if there is none; raises as `ask`.

        Files that are sent have to follow an `init` of their own (`anew`): some scripts end what an earlier one began
        with `success`, and others tidy their folder up by it.
        """
        known = self._sessions.get(kind)
        is_over = known is None or known.until <= self._clock.now()
        if known is None or is_over or anew:
            known = self._agreed(kind, known, guard) if known is not None and not is_over else self._begin(kind, guard)
            self._sessions[kind] = known
        return known

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _within(
        self,
        session: Session,
        kind: Kind,
        query: Mapping[str, str],
        guard: Guard,
        body: bytes | None = None,
        *,
        is_write: bool = False,
    ) -> Reply:
        asked = {"type": kind, **query, "sessid": session.sessid}
        reply = self._send(asked, guard, body, session.cookie, is_write=is_write)
        if reply.word == "failure":
            reply.file.close()
            raise Failure(self._cleaned(reply.lines))
        self._sessions[kind] = replace(session, until=self._clock.now() + _SESSION)
        return reply

    def _begin(self, kind: Kind, guard: Guard) -> Session:
        reply = self._send({"type": kind, "mode": "checkauth"}, guard)
        reply.file.close()
        lines = [line.strip() for line in reply.lines if line.strip()]
        if reply.word == "failure":
            raise AuthLost(says.no_entry(self._cleaned(lines)))
        if reply.word != "success" or len(lines) < 2:
            raise Misconfigured(says.NO_EXCHANGE)
        cookie, until = f"{lines[0]}={lines[1]}", self._clock.now() + _SESSION
        return self._init(kind, Session(cookie, _named(lines[2:], "sessid"), until), guard)

    def _agreed(self, kind: Kind, known: Session, guard: Guard) -> Session:
        """Send another `init` in a session, or begin one where it is no more."""
        try:
            return self._init(kind, known, guard)
        except (AuthLost, NoExchange):
            return self._begin(kind, guard)

    def _init(self, kind: Kind, entered: Session, guard: Guard) -> Session:
        query = {"type": kind, "mode": "init", "version": self.schema, "sessid": entered.sessid}
        reply = self._send(query, guard, cookie=entered.cookie)
        reply.file.close()
        if reply.word == "failure":
            raise AuthLost(says.no_entry(self._cleaned(reply.lines)))
        told = [reply.word, *(line.strip() for line in reply.lines)]
        limit = _named(told, "file_limit")
        return replace(
            entered,
            sessid=_named(told, "sessid") or entered.sessid,
            until=self._clock.now() + _SESSION,
            zips=_named(told, "zip").lower() == "yes",
            limit=(max(int(limit), _SMALLEST) if int(limit) else WHOLE) if limit.isdigit() else _LIMIT,
        )

    def _send(
        self,
        query: Mapping[str, str],
        guard: Guard,
        body: bytes | None = None,
        cookie: str = "",
        *,
        is_write: bool = False,
    ) -> Reply:
        guard()
        request = self._client.build_request(
            "GET" if body is None else "POST",
            self._url,
            params={key: value for key, value in query.items() if value},
            headers={"Cookie": cookie} if cookie else {},
            content=body,
        )
        auth = self._auth if query["mode"] == "checkauth" else None
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
            try:
                with (
                    asked(self._name, query["mode"]) as seen,
                    closing(self._client.send(request, auth=auth, stream=True)) as response,
                ):
                    seen.status = response.status_code
                    _copy(response, file)
            except _NOT_SENT as error:
                raise Later(says.no_connection(self.host)) from error
            except httpx2.HTTPError as error:
                raise (Unanswered() if is_write else Later(says.unreachable(self.host))) from error
            self.time = told_time(response.headers)
            problem = self._problem(response, file, is_write=is_write)
            if problem is not None:
                raise problem
            stack.pop_all()
            return _reply(file)

    def _problem(self, response: httpx2.Response, file: IO[bytes], *, is_write: bool) -> Problem | None:
        """Sort an answer by its status and by whether it is a page for people."""
        status, location = response.status_code, response.headers.get("location", "")
        if status in (401, 403):
            return AuthLost(says.no_entry(""))
        if 300 <= status < 400:
            is_login = any(word in location.lower() for word in ("login", "auth"))
            return NoExchange(says.PAGE) if is_login else Misconfigured(says.moved(self.host, _host_of(location)))
        if status == 429:
            return Later(says.busy(self.host), asked_pause(response.headers))
        if status in (404, 410):
            return Misconfigured(says.NO_EXCHANGE)
        if status >= 500:
            return Unanswered() if is_write else Later(says.busy(self.host), asked_pause(response.headers))
        if status >= 400:
            return Rejected(says.refused(str(status)))
        file.seek(0)
        if is_page(file.read(512)):
            return Unanswered() if is_write else NoExchange(says.PAGE)
        return None

    def _cleaned(self, lines: Sequence[str]) -> str:
        """Return the script's words without what is secret, should it repeat that."""
        text = " ".join(lines).strip()
        hidden = [*self._secrets, *(session.sessid for session in self._sessions.values())]
        for secret in filter(None, hidden):
            text = text.replace(secret, "…")
        return text


def is_page(start: bytes) -> bool:
    """Tell by its first bytes whether an answer is a page for people."""
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in head[:300]


def _copy(response: httpx2.Response, file: IO[bytes]) -> None:
    size = 0
    for chunk in response.iter_bytes(_START):
        file.write(chunk if size else without_warnings(chunk))
        size += len(chunk)
        if size > LARGEST:
            raise Rejected(says.TOO_LARGE)


def _reply(file: IO[bytes]) -> Reply:
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    lines = text_of(start).lstrip("\ufeff").splitlines() if not start.startswith((b"PK", b"\x1f\x8b", b"\x78")) else []
    at = next((place for place, line in enumerate(lines[:40]) if line.strip().lower() in _WORDS), 0)
    return Reply(lines[at].strip().lower() if lines else "", tuple(lines[at + 1 : 40]), file)


def _named(lines: Sequence[str], name: str) -> str:
    return next((line.partition("=")[2].strip() for line in lines if line.lower().startswith(f"{name}=")), "")


def _host_of(location: str) -> str:
    try:
        return urlsplit(location).netloc.rpartition("@")[2] or "?"
    except ValueError:
        return "?"
