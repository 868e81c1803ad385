"""The other side of the exchange: the hub answers a real 1C as a shop's script would."""

import base64
import hmac
import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol

from sverka.connectors.commerceml.archive import files_in
from sverka.connectors.commerceml.documents import file_of
from sverka.connectors.commerceml.taking import wanted_of
from sverka.connectors.commerceml.telling import documents_for
from sverka.connectors.commerceml.xml import Damaged, Frame, Node, Piece, pieces_of, written
from sverka.domain.errors import Problem
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.exchange import Said

LIMIT = 2 * 2**20
"""Bytes of one piece of a file; a guest is told so and cuts its files accordingly."""

LARGEST = 64 * 2**20
"""Bytes of all files of one session."""

_SESSION = timedelta(hours=1)
_MOST = 50
_XML = "application/xml; charset=utf-8"
_TEXT = "text/plain; charset=windows-1251"


class Desk(Protocol):
    """What the hub does for a guest."""

    def show(self) -> tuple[Sequence[Snapshot], datetime | None]:
        """Return the orders that changed since the guest last confirmed, and the moment up to which these are all."""

    def confirm(self, until: datetime) -> None:
        """Remember that the guest has them."""

    def take(self, said: Sequence[Said]) -> Sequence[Text]:
        """Do what the guest says of orders, and return its complaints."""

    def keep(self, name: str, body: bytes) -> None:
        """Keep a file of a catalogue."""

    def statuses(self) -> Mapping[str, str]:
        """Return the store's statuses by id."""


@dataclass(frozen=True)
class Asked:
    """One request of a guest; header names are in lower case."""

    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Answered:
    """The answer to it."""

    body: bytes
    type: str = _TEXT


@dataclass
class _Visit:
    store: str
    password: str = field(repr=False)
    until: datetime
    version: str = "2.05"
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    shown: datetime | None = None


class Face:
    """Answers guests; sessions live in this process, and a guest of an older one has to log in anew."""

    def __init__(self, clock: Clock, zone: timezone) -> None:
        """Take the clock, and the time in which moments are written."""
        self._clock = clock
        self._zone = zone
        self._visits: dict[str, _Visit] = {}

    def answer(self, store: str, password: str, asked: Asked, desk: Desk) -> Answered:
        """Answer one request to a store's exchange; a problem is a `failure` with its sentence."""
        mode = asked.query.get("mode", "")
        if mode == "checkauth":
            return self._let_in(store, password, asked)
        visit = self._visit(store, password, asked)
        if visit is None:
            return _says("failure", "Сеанс неизвестен; начните с checkauth.")
        try:
            return self._within(visit, mode, asked, desk)
        except Problem as problem:
            return _says("failure", problem.say("ru"))

    def _let_in(self, store: str, password: str, asked: Asked) -> Answered:
        given = asked.headers.get("authorization", "").partition(" ")[2].strip()
        wanted = base64.b64encode(f"{store}:{password}".encode()).decode()
        if not password or not hmac.compare_digest(given.encode(), wanted.encode()):
            return _says("failure", "Неверное имя пользователя или пароль; их показывает sverka connection exchange.")
        now = self._clock.now()
        self._visits = {key: one for key, one in self._visits.items() if one.until > now}
        while len(self._visits) >= _MOST:
            del self._visits[next(iter(self._visits))]
        cookie = secrets.token_hex(16)
        self._visits[cookie] = _Visit(store, password, now + _SESSION)
        return _says("success", "sverka", cookie, f"sessid={cookie}", f"timestamp={int(now.timestamp())}")

    def _visit(self, store: str, password: str, asked: Asked) -> _Visit | None:
        told = (part.strip().partition("=") for part in asked.headers.get("cookie", "").split(";"))
        cookie = next((value for name, _, value in told if name == "sverka"), "")
        visit = self._visits.get(cookie)
        if visit is None or (visit.store, visit.password) != (store, password) or visit.until <= self._clock.now():
            return None
        visit.until = self._clock.now() + _SESSION
        return visit

    def _within(self, visit: _Visit, mode: str, asked: Asked, desk: Desk) -> Answered:
        match asked.query.get("type", ""), mode:
            case (("sale" | "catalog"), "init"):
                visit.version = asked.query.get("version") or "2.05"
                return _says("zip=yes", f"file_limit={LIMIT}", "version=2.10")
            case "sale", "query":
                return self._query(visit, desk)
            case "sale", "success":
                if visit.shown is not None:
                    desk.confirm(visit.shown)
                return _says("success")
            case "sale", "info":
                return Answered(_lists(desk.statuses()), _XML)
            case (("sale" | "catalog"), "file"):
                return _put(visit, asked)
            case ("sale" | "catalog") as kind, "import":
                return _import(visit, kind, asked.query.get("filename", ""), desk)
            case "catalog", ("deactivate" | "complete"):
                return _says("success")
        return _says("failure", f"Неизвестная команда {mode[:40]}.")

    def _query(self, visit: _Visit, desk: Desk) -> Answered:
        orders, visit.shown = desk.show()
        names, apart = desk.statuses(), _is_new(visit.version)
        documents = [paper for one in orders for paper in documents_for(one, names, self._zone, apart=apart)]
        moment = self._clock.now().astimezone(self._zone).strftime("%Y-%m-%dT%H:%M:%S")
        return Answered(file_of(documents, visit.version, moment), _XML)


def _put(visit: _Visit, asked: Asked) -> Answered:
    name = asked.query.get("filename", "")
    if not _is_plain(name):
        return _says("failure", "Имя файла ведёт в чужую папку; отправьте файл под простым именем.")
    if len(asked.body) > LIMIT or sum(map(len, visit.files.values())) + len(asked.body) > LARGEST:
        return _says("failure", "Файл слишком велик: разделите его или отправьте в zip.")
    visit.files[name] = visit.files.get(name, b"") + asked.body
    return _says("success")


def _is_plain(name: str) -> bool:
    """Tell whether a name leads nowhere but down, for whoever takes the file out of the database one day."""
    parts = name.replace("\\", "/").split("/")
    return bool(name) and ".." not in parts and parts[0] != "" and ":" not in name


def _import(visit: _Visit, kind: str, name: str, desk: Desk) -> Answered:
    for archive in [one for one in visit.files if one.lower().endswith(".zip")]:
        _unpack(visit, archive)
    body = visit.files.pop(name, None)
    if body is None:
        return _says("failure", f"Файл {name[:80]} не передан.")
    if kind == "catalog":
        for _ in pieces_of([body]):
            pass  # a file that cannot be read is refused now, while the guest is there to send it again
        desk.keep(name, body)
        return _says("success")
    complaints = desk.take(wanted_of(pieces_of([body])))
    return _says("failure", *(one.ru for one in complaints)) if complaints else _says("success")


def _unpack(visit: _Visit, archive: str) -> None:
    """Take an archive's documents out of it; pictures and the like are left."""
    room = LARGEST - sum(map(len, visit.files.values()))
    for name, chunks in files_in(io.BytesIO(visit.files.pop(archive))):
        if name.lower().endswith(".xml") and _is_plain(name):
            visit.files[name] = _whole(chunks, room)
            room -= len(visit.files[name])


def _whole(chunks: Iterator[bytes], room: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > room:
            raise Damaged(Text("The files are too large.", "Файлы слишком велики."))
    return bytes(body)


def _lists(statuses: Mapping[str, str]) -> bytes:
    frames = (Frame("Справочник", {}, 1), Frame("Статусы", {}, 2))
    rows = []
    for id_, name in statuses.items():
        row = Node("Элемент")
        row.put("Ид", id_)
        row.put("Название", name)
        rows.append(Piece(frames, row))
    return b"".join(written(rows or [Piece(frames[:1], Node("Статусы"))]))


def _is_new(version: str) -> bool:
    try:
        return float(version) >= 2.1
    except ValueError:
        return False


def _says(*lines: str) -> Answered:
    return Answered("\n".join(lines).encode("windows-1251", "replace"))
