"""Files from a shop's own server, which may point anywhere it likes."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sverka.connectors.kit import Kit
from sverka.connectors.kit.files import download
from sverka.domain.errors import Rejected
from sverka.ports.guard import free
from sverka.sandbox.clock import VirtualClock

CONTENT = b"%PDF-1.7"
MOST = 1000


@dataclass
class Shop:
    """Answers each file with what the test says: where to go instead, or the file itself."""

    url: str = ""
    location: str = ""


class _Budget:
    def take(self, portal: str, rate: float, burst: int) -> float:
        del portal, rate, burst
        return 0.0


@pytest.fixture
def kit() -> Kit:
    clock = VirtualClock(datetime(2026, 5, 14, 9, 0, tzinfo=UTC))
    return Kit(name="shop", hub="hub-1", clock=clock, budget=_Budget(), read_timeout=5.0)


@pytest.fixture
def shop() -> Iterator[Shop]:
    told = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moves = self.path == "/moved" and told.location
            self.send_response(302 if moves else 200)
            if moves:
                self.send_header("location", told.location)
            body = b"" if moves else CONTENT
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            del args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        told.url = f"http://127.0.0.1:{http.server_address[1]}"
        yield told
        http.shutdown()
        thread.join()


def test_a_redirect_within_the_shop_is_followed(kit: Kit, shop: Shop) -> None:
    shop.location = "/files/a.pdf"
    assert download(kit, shop.url, f"{shop.url}/moved", "a.pdf", MOST, free).content == CONTENT


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest", "//127.0.0.2/a.pdf", "http://[", "file:///etc/passwd", "http://127.0.0.1:0x/"],
)
def test_a_redirect_that_leads_away_is_refused_in_words(kit: Kit, shop: Shop, location: str) -> None:
    shop.location = location
    with pytest.raises(Rejected):
        download(kit, shop.url, f"{shop.url}/moved", "a.pdf", MOST, free)


@pytest.mark.parametrize("rest", ["/a\x00.pdf", "/a\x7f.pdf", "/" + "a" * 70_000])
def test_an_address_that_is_none_is_refused_in_words_that_do_not_show_it(kit: Kit, shop: Shop, rest: str) -> None:
    with pytest.raises(Rejected) as caught:
        download(kit, shop.url, f"{shop.url}{rest}", "a.pdf", MOST, free)
    assert rest not in caught.value.text.en


@pytest.mark.parametrize("url", ["http://u:p@127.0.0.1/", "http://[", "", "/local", "http://127.0.0.1:99999/a"])
def test_what_lies_elsewhere_is_never_asked_for(kit: Kit, shop: Shop, url: str) -> None:
    with pytest.raises(Rejected):
        download(kit, shop.url, url, "a.pdf", MOST, free)
