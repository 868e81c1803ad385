"""The real django-oscar on this machine, as scripts/setup-oscar makes it, and a way to it that can be broken."""

import base64
import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from support.django_site import ROOT, served

PLACE = ROOT / ".venv" / ".oscar"
USER, PASSWORD, SECRET = "hub", "hub-password", "s3cretOfNotices"
ADDRESS = {
    "first_name": "Анна",
    "last_name": "Ким",
    "line1": "Садовая, 1",
    "line4": "Казань",
    "postcode": "420000",
    "phone_number": "+79990000001",
    "notes": "Позвоните",
}
NO_PROXY = urllib.request.ProxyHandler({})


def needed() -> None:
    """Skip the test where the shop is not installed, and say why."""
    if (PLACE / ".made-of").exists():
        return
    left_out = PLACE / ".left-out"
    pytest.skip(left_out.read_text("utf-8") if left_out.exists() else "django-oscar is absent: run scripts/setup-oscar")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class OscarShop:
    """A shop with a database of its own, and its people's hands."""

    def __init__(self, folder: Path, port: int, told: str) -> None:
        """Take a folder for the database, and the address that is told of changes."""
        self.url = f"http://127.0.0.1:{port}"
        self._told = told
        self._folder = folder
        self._port = port

    @contextmanager
    def running(self) -> Iterator["OscarShop"]:
        """Serve while the context lasts."""
        own = {"HUB_ADDRESS": self._told, "HUB_SECRET": SECRET, "NO_PROXY": "127.0.0.1"}
        with served(PLACE, self._folder, self._port, own, self._answers):
            yield self

    def _answers(self) -> bool:
        try:
            return bool(self.staff("GET", "/hub/pipeline/"))
        except (urllib.error.URLError, ConnectionError):
            return False

    def place(self, quantity: int = 3) -> str:
        """Have a guest put cards into a basket and check out; return the order's id."""
        cookies = urllib.request.HTTPCookieProcessor()
        shopper = urllib.request.build_opener(NO_PROXY, cookies)
        product = {"url": f"{self.url}/api/products/1/", "quantity": quantity}
        basket = self._call(shopper, "POST", "/api/basket/add-product/", product)
        who = {**ADDRESS, "country": f"{self.url}/api/countries/RU/"}
        told = {"basket": basket["url"], "guest_email": "anna@example.test", "shipping_address": who}
        number = self._call(shopper, "POST", "/api/checkout/", told)["number"]
        rows = self.staff("GET", "/api/admin/orders/")
        return next(str(row["url"]).rstrip("/").rpartition("/")[2] for row in rows if row["number"] == number)

    def staff(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as one of the shop's staff."""
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return self._call(urllib.request.build_opener(NO_PROXY), method, path, body, {"Authorization": f"Basic {pair}"})

    def status(self, order: str) -> str:
        """Return an order's status as the shop itself shows it."""
        return str(self.staff("GET", f"/api/admin/orders/{order}/")["status"])

    def move(self, order: str, status: str) -> None:
        """Have somebody in the shop set an order's status."""
        self.staff("POST", f"/hub/orders/{order}/status/", {"status": status})

    def _call(
        self,
        opener: urllib.request.OpenerDirector,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        given = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, data, given, method=method)
        with opener.open(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


class Way(ThreadingHTTPServer):
    """Leads requests to a shop; the next one meets `fault`, where one is named."""

    daemon_threads = True

    def __init__(self, shop: str) -> None:
        """Take the shop's address."""
        super().__init__(("127.0.0.1", 0), _Passing)
        self.shop = shop
        self.fault = ""

    @property
    def url(self) -> str:
        """The address that leads there."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator["Way"]:
        """Lead while the context lasts."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class _Passing(BaseHTTPRequestHandler):
    server: Way
    protocol_version = "HTTP/1.0"

    def _pass(self) -> None:
        fault, self.server.fault = self.server.fault, ""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        said = {"busy": (429, b"{}"), "auth": (401, b"{}"), "html": (503, b"<html>")}
        if fault in said:
            self._answer(*said[fault])
            return
        names = ("Authorization", "Content-Type", "Accept")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        request = urllib.request.Request(self.server.shop + self.path, body, headers, method=self.command)
        try:
            with urllib.request.build_opener(NO_PROXY).open(request, timeout=60) as answer:
                passed = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                passed = refused.code, refused.read()
        if fault != "lost":
            self._answer(*passed)

    do_GET = do_POST = _pass  # noqa: N815 - the library's names

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""
