"""Where requests may lead: judged by the address that answers, and before anything is said."""

import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import httpx2
import pytest

from support.world import SteppingClock
from sverka.connectors.commerceml.wire import Wire
from sverka.connectors.kit import Http, Kit, reach
from sverka.connectors.kit.reach import may_be_asked, watched
from sverka.domain.errors import Misconfigured
from sverka.ports.guard import free


@pytest.mark.parametrize(
    ("address", "anywhere", "public"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("127.0.0.1", True, False),
        ("::1", True, False),
        ("10.1.2.3", True, False),
        ("192.168.0.5", True, False),
        ("172.16.0.1", True, False),
        ("100.64.0.1", True, False),
        ("fd12::1", True, False),
        ("0.0.0.0", True, False),
        ("::ffff:10.0.0.1", True, False),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("fd00:ec2::254", False, False),
        ("100.100.100.200", False, False),
        ("224.0.0.1", False, False),
    ],
)
def test_what_may_be_asked(address, anywhere, public):
    assert may_be_asked(ip_address(address)) == anywhere
    assert may_be_asked(ip_address(address), public_only=True) == public


class Listener:
    """A server on this machine that keeps what it is told and answers nothing but 200."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.heard = b""
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(10)
            self.heard = connection.recv(65536)
            if self.heard:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    def close(self) -> None:
        self.thread.join()
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def rebound(monkeypatch, listener):
    """A public name that leads to this machine, as a name does whose owner has changed his mind."""
    real = socket.getaddrinfo

    def leads(host, *rest, **more):
        return real("127.0.0.1" if host == "shop.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", leads)
    return f"http://shop.example:{listener.port}"


def test_a_name_that_leads_inside_is_told_nothing(listener, rebound):
    client = httpx2.Client(event_hooks=watched(public_only=True), trust_env=False)
    with client, pytest.raises(Misconfigured):
        client.get(rebound, headers={"Authorization": "hunter2"})
    listener.thread.join()
    assert listener.heard == b""


def test_a_redirect_inside_is_told_nothing(listener, rebound):
    """It is each connection that is judged, whatever led to it."""
    moved = httpx2.MockTransport(lambda _request: httpx2.Response(302, headers={"location": rebound}))
    client = httpx2.Client(
        event_hooks=watched(public_only=True),
        trust_env=False,
        follow_redirects=True,
        mounts={"all://first.example": moved},
    )
    with client, pytest.raises(Misconfigured):
        client.get("http://first.example/")
    listener.thread.join()
    assert listener.heard == b""


def test_an_address_given_by_the_operator_may_be_inside(listener):
    client = httpx2.Client(event_hooks=watched(), trust_env=False)
    with client:
        assert client.get(f"http://127.0.0.1:{listener.port}").status_code == 200
    assert listener.heard.startswith(b"GET /")


@pytest.mark.parametrize("maker", ["http", "commerceml"])
def test_every_connector_keeps_away_from_where_no_side_stands(maker, listener, monkeypatch):
    """The place where a cloud keeps passwords is played by this machine."""
    monkeypatch.setattr(reach, "_NEVER", (ip_network("127.0.0.0/8"),))
    kit, base = Kit("shop", "hub", SteppingClock(), None), f"http://127.0.0.1:{listener.port}"
    if maker == "http":
        http = Http(kit, base)
        with pytest.raises(Misconfigured) as caught:
            http.send("GET", f"{base}/latest/meta-data", free)
        http.close()
    else:
        wire = Wire(f"{base}/exchange.php", "u", "p", kit, "2.08")
        with pytest.raises(Misconfigured) as caught:
            wire.ask("sale", {"mode": "init"}, free)
        wire.close()
    assert "a private network" in caught.value.text.en
    listener.thread.join()
    assert listener.heard == b""
