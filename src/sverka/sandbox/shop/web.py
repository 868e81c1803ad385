"""The HTTP shell of a sandbox store: a call in, a reply out, and faults between them."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sverka.sandbox.clock import Clock
from sverka.sandbox.serve import ABORT
from sverka.sandbox.shop.courier import Courier
from sverka.sandbox.shop.faults import Fault, Faults, LoggedCall, RequestLog

_HTML_503 = (
    "<html><head><title>503 Service Temporarily Unavailable</title></head>"
    "<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body></html>"
)

_LOGIN = (
    '<!DOCTYPE html><html><head><title>Авторизация</title></head><body><form method="post">'
    '<input name="USER_LOGIN"><input name="USER_PASSWORD" type="password"></form></body></html>'
)
_DONE = frozenset({Fault.BOM, Fault.PHP_WARNING, Fault.TRUNCATED, Fault.CLOSED_AFTER_COMMIT})
_BEFORE = {
    Fault.BOM: b"\xef\xbb\xbf",
    Fault.PHP_WARNING: b"<br />\n<b>Warning</b>:  Undefined array key &quot;{x}&quot; in <b>/var/www/init.php</b> "
    b"on line <b>12</b><br />\n",
}


@dataclass(frozen=True)
class Call:
    """One HTTP request, read to its end; header names are in lower case, `base_url` has no slash at the end."""

    method: str
    path: str = field(repr=False)
    base_url: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def secure(self) -> bool:
        """Whether the client came over HTTPS, by itself or through a proxy that says so."""
        return self.base_url.startswith("https:") or self.headers.get("x-forwarded-proto") == "https"


@dataclass(frozen=True)
class Reply:
    """One HTTP answer with its body ready to send."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(status: int, payload: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Return an answer in JSON; Decimal goes out as a JSON number, a datetime as ISO 8601."""
    body = json.dumps(payload, ensure_ascii=False, default=_plain, separators=(",", ":")).encode()
    return Reply(status, body, {"content-type": "application/json; charset=UTF-8", **(headers or {})})


class ShopApp:
    """An ASGI application over `handle`; `/control/<name>` runs `controls[name]` with the JSON body as its arguments.

    `operation` names a call for the log and for faults, without secrets; `refusals` are the store's own bodies for
    `JSON_503`, `TOO_MANY` and `UNAUTHORIZED`.
    """

    def __init__(
        self,
        handle: Callable[[Call], Reply],
        operation: Callable[[Call], str],
        controls: Mapping[str, Callable[..., object]],
        refusals: Mapping[Fault, object],
        clock: Clock,
    ) -> None:
        self._handle = handle
        self._operation = operation
        self._refusals = refusals
        self._clock = clock
        self._last: dict[str, Reply] = {}
        self.faults = Faults()
        self.log = RequestLog()
        self.before_answer: Callable[[], None] = lambda: None
        """Called when a call or a control has done its work and nobody was told yet."""
        self._controls: dict[str, Callable[..., object]] = {
            "fault": self.faults.arm,
            "clear_faults": self.faults.clear,
            "requests": self.log.calls,
            "request_counts": self.log.counts,
            **controls,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, as ASGI asks."""
        call = await _read(Request(scope, receive))
        if call.path == "/control" or call.path.startswith("/control/"):
            await self._send(await run_in_threadpool(self._control, call), send)
            return
        operation = self._operation(call)
        fault = self.faults.take(operation)
        if fault is Fault.REPEATED and operation in self._last:
            reply = self._last[operation]
        elif fault in {None, Fault.REPEATED, *_DONE}:
            reply = await run_in_threadpool(self._done, call)
            self._last[operation] = reply
            reply = replace(reply, body=_BEFORE.get(fault or Fault.TRUNCATED, b"") + reply.body)
        else:
            reply = self._refuse(fault, call)
        self.log.add(LoggedCall(self._clock.now(), operation, reply.status, fault))
        if fault is Fault.TRUNCATED:
            await self._send(reply, send, cut_at=len(reply.body) // 2)
        if fault in {Fault.TRUNCATED, Fault.CLOSED_AFTER_COMMIT}:
            await _hang_up(scope, receive)
        else:
            await self._send(reply, send)

    async def _send(self, reply: Reply, send: Send, cut_at: int | None = None) -> None:
        told = {"content-length": str(len(reply.body)), "date": format_datetime(self._clock.now(), usegmt=True)}
        headers = {**told, **reply.headers}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        body = reply.body if cut_at is None else reply.body[:cut_at]
        await send({"type": "http.response.body", "body": body, "more_body": cut_at is not None})

    def _done(self, call: Call) -> Reply:
        reply = self._handle(call)
        self.before_answer()
        return reply

    def _refuse(self, fault: Fault | None, call: Call) -> Reply:
        if fault is Fault.HTML_503:
            return Reply(503, _HTML_503.encode(), {"content-type": "text/html"})
        if fault is Fault.LOGIN_PAGE:
            return Reply(200, _LOGIN.encode(), {"content-type": "text/html; charset=UTF-8"})
        if fault is Fault.ERROR_200:
            return json_reply(200, self._refusals[Fault.JSON_503])
        if fault is Fault.REDIRECT:
            location = f"{call.base_url}/moved{call.path}"
            return Reply(302, b"", {"location": location, "content-type": "text/html"})
        status = {Fault.JSON_503: 503, Fault.TOO_MANY: 429, Fault.UNAUTHORIZED: 401}[fault or Fault.JSON_503]
        headers = {"retry-after": "2"} if status == 429 else {}
        return json_reply(status, self._refusals[fault or Fault.JSON_503], headers)

    def _control(self, call: Call) -> Reply:
        name = call.path.removeprefix("/control").strip("/")
        if not name:
            return json_reply(200, {"controls": sorted(self._controls)})
        action = self._controls.get(name)
        if action is None:
            return json_reply(404, {"error": f"no control named {name}; GET /control lists them"})
        try:
            arguments = json.loads(call.body or b"{}")
            bound = inspect.signature(action).bind(**arguments)
        except (TypeError, ValueError) as error:
            return json_reply(400, {"error": f"{name}: {error}"})
        try:
            result = action(*bound.args, **bound.kwargs)
        except (ValueError, LookupError, TimeoutError) as error:
            return json_reply(400, {"error": f"{name}: {error}"})
        self.before_answer()
        return json_reply(200, {"result": result})


def courier_controls(courier: Courier) -> dict[str, Callable[..., object]]:
    """Return the switches of webhook delivery under the names they have in `/control`."""
    return {
        "drop_deliveries": courier.drop,
        "double_deliveries": courier.double,
        "delay_deliveries": courier.delay,
        "hold_deliveries": courier.hold,
        "release_deliveries": courier.release,
        "deliveries": lambda: [{"label": item.label, "status": item.status} for item in courier.deliveries()],
        "wait_idle": courier.wait_idle,
    }


async def _read(request: Request) -> Call:
    query = tuple(parse_qsl(request.url.query, keep_blank_values=True))
    base_url = f"{request.url.scheme}://{request.url.netloc}"
    headers = {name.lower(): value for name, value in request.headers.items()}
    path = unquote(request.url.path)
    return Call(request.method, path, base_url, query, headers, await request.body())


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope[ABORT]()
    while (await receive())["type"] != "http.disconnect":
        pass


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
