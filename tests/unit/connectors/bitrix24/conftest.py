import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sverka.connectors.bitrix24 import Bitrix24, connect
from sverka.connectors.kit import Kit
from sverka.domain.ids import OrderId, OrderRef, Origin, ProfileName, StoreName
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, PortalServer


class Time:
    """One clock for the portal and the hub; sleeping moves it."""

    def __init__(self) -> None:
        self.virtual = VirtualClock(datetime(2026, 5, 14, 9, 0, tzinfo=UTC))
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.virtual.now()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.virtual.advance(seconds)


class Purse:
    """A budget that counts, and asks to wait for what it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float, int]] = []
        self.wait = 0.0

    def take(self, portal: str, rate: float, burst: int) -> float:
        self.taken.append((portal, rate, burst))
        return self.wait


class Watch:
    """A guard that counts, and raises once it has been called often enough."""

    def __init__(self) -> None:
        self.calls = 0
        self.after = 0
        self.problem: Exception | None = None

    def __call__(self) -> None:
        self.calls += 1
        if self.problem is not None and self.calls > self.after:
            raise self.problem


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def purse() -> Purse:
    return Purse()


@pytest.fixture
def guard() -> Watch:
    return Watch()


@pytest.fixture
def kit(time: Time, purse: Purse) -> Kit:
    return Kit(name="b24", hub="hub-1", clock=time, budget=purse, read_timeout=5.0, chance=lambda: 0.5)


@pytest.fixture
def portal(time: Time) -> Portal:
    return Portal(clock=time.virtual, plan="box")


@pytest.fixture
def server(portal: Portal) -> Iterator[PortalServer]:
    with PortalServer(portal) as server:
        yield server


@pytest.fixture
def office(server: PortalServer, kit: Kit) -> Iterator[Bitrix24]:
    secrets = {"webhook": server.webhook_url, "application_token": "agreed"}
    office = connect({"plan": "box", "timezone": "Europe/Moscow"}, secrets, kit)
    yield office
    office.close()


@pytest.fixture
def origin() -> Callable[[int | str], Origin]:
    def make(order: int | str) -> Origin:
        return Origin("hub-1", OrderRef(StoreName("shop"), OrderId(str(order))), ProfileName("print"))

    return make


@dataclass
class Canned:
    """A server that answers what it is told, in order, and keeps what it was asked."""

    url: str = ""
    answers: list[tuple[int, str | bytes]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def say(self, body: Any, status: int = 200) -> None:
        """Queue an answer: a text or bytes as they are, anything else as JSON."""
        self.answers.append((status, body if isinstance(body, str | bytes) else json.dumps(body)))


@pytest.fixture
def canned() -> Iterator[Canned]:
    told = Canned()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            told.asked.append((self.path, json.loads(self.rfile.read(length) or b"null")))
            status, body = told.answers.pop(0)
            data = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            del args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        told.url = f"http://127.0.0.1:{http.server_address[1]}/crm-box/rest/1/s3cr3tcode/"
        yield told
        http.shutdown()
        thread.join()


@pytest.fixture
def box(canned: Canned, kit: Kit) -> Iterator[Bitrix24]:
    """A connector to the canned server."""
    office = connect({"plan": "standard"}, {"webhook": canned.url, "application_token": "agreed"}, kit)
    yield office
    office.close()
