import base64
import hashlib
import hmac
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.shop.receiver import Receiver
from sverka.sandbox.woocommerce import WooServer, WooStore

BILLING = {"first_name": "Ольга", "last_name": "Кузнецова", "email": "olga@example.test", "phone": "+79990000002"}
ITEMS = [{"product_id": 10, "quantity": 3}, {"product_id": 11, "variation_id": 12, "quantity": 50}]
_NONCES = itertools.count()


def _encoded(text: str) -> str:
    return quote(str(text), safe="-._~")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def store(clock: VirtualClock) -> WooStore:
    return WooStore(clock)


@pytest.fixture
def server(store: WooStore) -> Iterator[WooServer]:
    with WooServer(store) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def sign(server: WooServer, clock: VirtualClock) -> Callable[..., dict[str, str]]:
    """OAuth 1.0a by RFC 5849, written apart from the store's own check."""

    def signed(method: str, url: str, query: dict[str, Any], **changes: str) -> dict[str, str]:
        secret = changes.pop("secret", server.consumer_secret)
        params = {name: str(value) for name, value in query.items()}
        params |= {
            "oauth_consumer_key": server.consumer_key,
            "oauth_timestamp": str(int(clock.now().timestamp())),
            "oauth_nonce": f"nonce{next(_NONCES)}",
            "oauth_signature_method": "HMAC-SHA256",
        }
        params |= changes
        joined = "&".join(sorted(f"{_encoded(name)}={_encoded(value)}" for name, value in params.items()))
        base = "&".join(_encoded(part) for part in (method, url, joined))
        digest = hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
        return params | {"oauth_signature": base64.b64encode(digest).decode()}

    return signed


@pytest.fixture
def call(server: WooServer, sign: Callable[..., dict[str, str]]) -> Iterator[Callable[..., httpx2.Response]]:
    with httpx2.Client() as client:

        def request(method: str, path: str, body: Any = None, **query: Any) -> httpx2.Response:
            url = f"{server.url}/wp-json/wc/v3{path}"
            return client.request(method, url, params=sign(method, url, query), json=body)

        yield request


@pytest.fixture
def ask(call: Callable[..., httpx2.Response]) -> Callable[..., Any]:
    def result(method: str, path: str, body: Any = None, **query: Any) -> Any:
        response = call(method, path, body, **query)
        assert response.status_code in {200, 201}, response.text
        return response.json()

    return result


@pytest.fixture
def place(store: WooStore) -> Callable[..., int]:
    return lambda **more: store.place_order(BILLING, ITEMS, **more)


@pytest.fixture
def order_id(place: Callable[..., int]) -> int:
    return place()


@pytest.fixture
def samples() -> Path:
    shared = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).parents[5] / "shared")
    folder = shared / "data" / "samples" / "woo"
    if not folder.is_dir():
        pytest.skip(f"recorded WooCommerce answers are absent: {folder}; set SVERKA_SHARED")
    return folder
