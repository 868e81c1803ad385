"""A thousand malformed requests, as bytes over a socket, leave the sandbox portal serving."""

from __future__ import annotations

import json
import socket
from random import Random

import httpx2
import pytest

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, PortalServer

REQUESTS = 1000
_METHODS = (
    "profile",
    "batch",
    "crm.item.list",
    "crm.item.add",
    "crm.deal.update",
    "no.such.method",
    "",
    "%00",
    "..",
    "é",
)
_BODIES = (
    b"", b"{", b"[]", b"null", b'"text"', b"[" * 5000, b'{"a":' * 5000, b"\xff\xfe{}", b'{"filter": {"id": NaN}}',
    b'{"cmd": "profile"}', b'{"cmd": [1, null, {}]}', b'{"cmd": {"a": "batch?cmd[a]=profile", "b": "?x", "c": 5}}',
    b'{"cmd": {"a": "profile?a=$result[a][b", "b": "$result[$result[a]]"}, "halt": []}', b'{"fields": {"fm": 1}}',
    b"a[b][c=1&a[]]=2&[x]=3&=4&a=5&a[b]=6&%ZZ=%", b"a" + b"[b]" * 5000 + b"=1", b"fields[" * 300, b"&" * 5000,
    b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", b"--x--", b"\x00" * 100,
)  # fmt: skip
_KINDS = (
    "application/json", "application/json; charset=nonsense", "application/x-www-form-urlencoded", "text/plain", "",
    "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=", "\xff/\xff",
)  # fmt: skip


@pytest.fixture
def server():
    portal = Portal(VirtualClock(), plan="box")
    with PortalServer(portal) as server:
        yield server


def _request(dice: Random, code: str) -> bytes:
    verb = dice.choice(("GET", "POST", "POST", "POST", "PUT", "HEAD", "NONSENSE"))
    place = dice.choice((f"/rest/1/{code}/", f"/rest/1/{code}/", "/rest/", "/rest/x/y/", "/oauth/", "/control/", "//"))
    query = dice.choice(("", "", "?auth=1", "?auth[]=1", "?a[b=1", "?" + "%" * 300, "?start=%00"))
    method = dice.choice(_METHODS)
    body = dice.choice(_BODIES)
    told = dice.choice((str(len(body)), str(len(body)), "-1", "nonsense", str(len(body) + 7)))
    lines = [f"{verb} {place}{method}{query} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {told}"]
    lines += [f"Content-Type: {dice.choice(_KINDS)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + body


def _status(address: tuple[str, int], request: bytes) -> int:
    """Send bytes, end the sending, and return the answer's status; 0 where the connection is closed without one."""
    with socket.create_connection(address, timeout=10) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(64)
        except ConnectionError:
            return 0
    words = answer.split()
    return int(words[1]) if len(words) > 1 else 0


def test_a_thousand_malformed_requests_leave_the_portal_serving(server) -> None:
    dice = Random(1)
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    code = server.portal.settings.code
    broke = []
    for _ in range(REQUESTS):
        request = _request(dice, code)
        status = _status(address, request)
        if status >= 500:
            broke.append((status, request[:300]))
    assert not broke
    answer = httpx2.post(f"{server.webhook_url}profile.json", json={}, trust_env=False)
    assert answer.status_code == 200
    assert json.loads(answer.text)["result"]["ID"] == "1"
