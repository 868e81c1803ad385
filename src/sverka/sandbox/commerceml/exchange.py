"""`1c_exchange.php`: sessions, the modes of each type, and the marks by which orders are shown once."""

from __future__ import annotations

import base64
import io
import secrets
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.store import BitrixSiteStore
from sverka.sandbox.commerceml.export import Export, encoded, lists
from sverka.sandbox.commerceml.intake import Intake, Refused
from sverka.sandbox.commerceml.manners import Manners, Trouble, Troubles
from sverka.sandbox.shop.web import Call, Reply

PATH = "/bitrix/admin/1c_exchange.php"
_TEXT = {"content-type": "text/html; charset=windows-1251"}
_XML = {"content-type": "application/xml; charset=windows-1251"}
_LOGIN = "<!DOCTYPE html><html><head><title>Авторизация</title></head><body><form>Логин</form></body></html>"


@dataclass
class _Session:
    sessid: str
    version: str = "2.05"
    files: dict[str, bytes] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    pending: datetime | None = None
    is_open: bool = False


class Exchange:
    """Answers the calls of one guest after another; `login` and `password` are its user's."""

    def __init__(self, store: BitrixSiteStore, manners: Manners) -> None:
        self.store = store
        self.manners = manners
        self.troubles = Troubles()
        self.login, self.password = "exchange", secrets.token_hex(6)
        self.received: dict[str, bytes] = {}
        self._sessions: dict[str, _Session] = {}
        self._is_strict = False
        self._mark: datetime | None = None
        self._known_to_1c: dict[int, int] = {}
        self._intake = Intake(store, manners, self._count_as_known)

    def handle(self, call: Call) -> Reply:
        """Answer one call."""
        query = dict(call.query)
        mode, kind = query.get("mode", ""), query.get("type", "")
        if call.path != PATH:
            return Reply(404, b"<html>404</html>", {"content-type": "text/html"})
        trouble = self.troubles.take(mode)
        if trouble is not None and trouble not in (Trouble.CUT, Trouble.BOMB, Trouble.EMPTY, Trouble.PHP_WARNING):
            return self._in_trouble(trouble)
        reply = self._login(call, kind) if mode == "checkauth" else self._within(call, kind, mode, query)
        return _spoiled(reply, trouble) if trouble is not None else reply

    def as_1c(self) -> list[int]:
        """Let a real 1C exchange: it takes what is shown, numbers the orders as its own, and the mark moves on."""
        with self.store.hit():
            shown, self._mark = self._shown(), self.store.now()
            for order in shown:
                order["id1c"] = f"УТ-{order['id']:05}"
            return [order["id"] for order in shown]

    def _in_trouble(self, trouble: Trouble) -> Reply:
        if trouble is Trouble.LOGIN_PAGE:
            return Reply(200, _LOGIN.encode(), {"content-type": "text/html; charset=utf-8"})
        if trouble is Trouble.LOST_SESSION:
            self._sessions.clear()
            return _says("failure", "Ошибка проверки источника запроса. Обновите модуль обмена.")
        return _says("failure", "Ошибка сохранения заказа")

    def _login(self, call: Call, kind: str) -> Reply:
        expected = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
        given = call.headers.get("authorization", "").partition(" ")[2]
        if not secrets.compare_digest(given, expected):
            return _says("failure", "Ошибка авторизации. Неверное имя пользователя или пароль.")
        if kind not in {"sale", "crm", "catalog"}:
            return _says("failure", "Неизвестный тип обмена")
        id_, session = secrets.token_hex(13), _Session(secrets.token_hex(16))
        self._sessions[id_] = session
        lines = ["PHPSESSID", id_, f"sessid={session.sessid}"]
        if kind == "catalog":
            lines.append(f"timestamp={int(self.store.clock.now().timestamp())}")
        return _says("success", *lines)

    def _within(self, call: Call, kind: str, mode: str, query: Mapping[str, str]) -> Reply:
        cookie = call.headers.get("cookie", "").partition("PHPSESSID=")[2].partition(";")[0]
        session = self._sessions.get(cookie)
        if session is None:
            return _says("failure", "Ошибка авторизации")
        # The first guest who sends it makes it the rule for all.
        self._is_strict = self._is_strict or bool(query.get("sessid"))
        if self._is_strict and query.get("sessid") != session.sessid:
            return _says("failure", "Ошибка проверки источника запроса. Обновите модуль обмена.")
        modes: dict[str, Callable[[], Reply]] = {
            "init": lambda: self._init(session, query),
            "file": lambda: self._file(session, kind, query.get("filename", ""), call.body),
            "import": lambda: self._import(session, kind, query.get("filename", "")),
            "success": lambda: self._success(session),
            "info": self._info,
            "query": lambda: self._query(session, kind, query),
        }
        return modes[mode]() if mode in modes else _says("failure", f"Неизвестная команда {mode}")

    def _init(self, session: _Session, query: Mapping[str, str]) -> Reply:
        session.is_open = True
        newest = self.manners.newest
        asked = query.get("version") or "2.05"
        session.version = newest if _number(asked) > _number(newest) else asked
        zips = "yes" if self.manners.zips else "no"
        lines = [f"zip={zips}", f"file_limit={self.manners.limit}", f"sessid={session.sessid}", "version=2.09"]
        return _says(*lines)

    def _query(self, session: _Session, kind: str, query: Mapping[str, str]) -> Reply:
        if kind == "crm" and self.manners.has_crm:
            return self._for_a_crm(session, query)
        with self.store.hit():
            orders = self._shown()
            session.pending = self.store.now()
            step = self.manners.step
            if step and len(orders) > step:
                last = orders[step - 1]["dateUpdate"]
                orders = [order for order in orders if order["dateUpdate"] <= last]
                session.pending = last
            export = Export(self.store.catalogue, self.manners, session.version)
            return Reply(200, export.file(orders, self.store.now()), _XML)

    def _for_a_crm(self, session: _Session, query: Mapping[str, str]) -> Reply:
        with self.store.hit():
            if query.get("ORDER_ID"):
                orders = [order for order in self.store.orders.values() if str(order["id"]) == query["ORDER_ID"]]
            else:
                every = sorted(self.store.orders.values(), key=_saved)
                label = datetime.fromtimestamp(int(query.get("MODIFICATION_LABEL") or 0), UTC)
                size = int(query.get("IMPORT_SIZE") or 100)
                orders = [order for order in every if order["dateUpdate"] > label][:size]
            export = Export(self.store.catalogue, self.manners, session.version, english=True)
            body = export.file(orders, self.store.now())
        if query.get("GZ_COMPRESSION_SUPPORTED") == "1":
            return Reply(200, zlib.compress(body), {"content-type": "application/x-gzip-compressed"})
        return Reply(200, body, {"content-type": "application/xml; charset=utf-8"})

    def _shown(self) -> list[Record]:
        """Return what a query shows: saved at or after the mark, and not by 1C itself."""
        return [
            order
            for order in sorted(self.store.orders.values(), key=_saved)
            if (self._mark is None or order["dateUpdate"] >= self._mark)
            and self._known_to_1c.get(order["id"]) != order["version"]
        ]

    def _count_as_known(self, order: Record) -> None:
        self._known_to_1c[order["id"]] = order["version"]

    def _success(self, session: _Session) -> Reply:
        if session.pending is None:
            return _says("error")
        self._mark, session.pending, session.is_open = session.pending, None, False
        return _says("success")

    def _file(self, session: _Session, kind: str, name: str, body: bytes) -> Reply:
        limit = self.manners.limit
        if self.manners.ends and not session.is_open:
            return _says("failure", "Internal server error")
        if not name or "/" in name or (limit and len(body) > limit):
            return _says("failure", "Ошибка записи файла")
        session.files[name] = session.files.get(name, b"") + body if self.manners.appends else body
        return self._take(session, kind, name) if self.manners.takes == "file" else _says("success")

    def _import(self, session: _Session, kind: str, name: str) -> Reply:
        if self.manners.takes != "import":
            return _says("failure", "Неизвестная команда import")
        step = session.steps[name] = session.steps.get(name, 0) + 1
        archives = [one for one in session.files if one.endswith(".zip")] if self.manners.zips else []
        if archives:
            try:
                _unpack(session.files, archives[0])
            except zipfile.BadZipFile:
                return _says("failure", "Ошибка распаковки архива")
            return _says("progress", "Распаковка архива завершена")
        body = session.files.get(name)
        if body is None:
            return _says("failure", f"Файл {name} не найден")
        if step < 2:
            return _says("progress", "Файл прочитан")
        return self._take(session, kind, name)

    def _take(self, session: _Session, kind: str, name: str) -> Reply:
        body = self.received[name] = session.files.pop(name)
        try:
            if kind == "sale":
                self._intake.take(body)
        except Refused as refused:
            return _says("failure", str(refused))
        return _says("success")

    def _info(self) -> Reply:
        if not self.manners.has_info:
            return _says("failure", "Неизвестная команда info")
        root: Element = lists(self.store.catalogue)
        return Reply(200, encoded(root, self.manners), _XML)


def _unpack(files: dict[str, bytes], name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(files.pop(name))) as archive:
        for inner in archive.namelist():
            files[inner] = archive.read(inner)


def _spoiled(reply: Reply, trouble: Trouble) -> Reply:
    if trouble is Trouble.EMPTY:
        return Reply(200, b"", reply.headers)
    if trouble is Trouble.BOMB:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("orders.xml", b"<a>" + b" " * (64 * 2**20) + b"</a>")
        return Reply(200, packed.getvalue(), {"content-type": "application/zip"})
    if trouble is Trouble.PHP_WARNING:
        warning = b"<br />\n<b>Warning</b>: Undefined array key in <b>/bitrix/modules/sale</b> on line <b>1</b><br />\n"
        return Reply(200, warning + reply.body, reply.headers)
    return Reply(200, reply.body[: len(reply.body) * 2 // 3], reply.headers)


def _saved(order: Record) -> tuple[datetime, int]:
    return order["dateUpdate"], order["id"]


def _says(*lines: str) -> Reply:
    return Reply(200, "\n".join(lines).encode("windows-1251", "replace"), _TEXT)


def _number(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return 2.05
