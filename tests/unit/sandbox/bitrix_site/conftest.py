import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.shop.receiver import Receiver

CUSTOMER = {"fio": "Ольга Кузнецова", "email": "olga@example.test", "phone": "+79990000002", "city": "Тверь"}
ITEMS = [{"name": "Буклет", "price": "100.50", "quantity": 2}, {"name": "Плакат", "price": "980", "productId": 348}]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def store(clock: VirtualClock) -> BitrixSiteStore:
    return BitrixSiteStore(clock)


@pytest.fixture
def server(store: BitrixSiteStore) -> Iterator[BitrixSiteServer]:
    with BitrixSiteServer(store) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def call(server: BitrixSiteServer) -> Iterator[Callable[..., httpx2.Response]]:
    with httpx2.Client() as client:

        def post(method: str, **params: Any) -> httpx2.Response:
            return client.post(f"{server.webhook_url}{method}", json=params)

        yield post


@pytest.fixture
def ask(call: Callable[..., httpx2.Response]) -> Callable[..., Any]:
    def result(method: str, **params: Any) -> Any:
        response = call(method, **params)
        assert response.status_code == 200, response.text
        return response.json()["result"]

    return result


@pytest.fixture
def order_id(store: BitrixSiteStore) -> int:
    return store.place_order(CUSTOMER, ITEMS, properties={"PAPER": "matte"})


@pytest.fixture
def place(store: BitrixSiteStore) -> Callable[..., int]:
    return lambda **more: store.place_order(CUSTOMER, ITEMS, **more)


@pytest.fixture
def samples() -> Path:
    shared = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).parents[5] / "shared")
    folder = shared / "data" / "samples" / "bitrix-rest"
    if not folder.is_dir():
        pytest.skip(f"recorded Bitrix answers are absent: {folder}; set SVERKA_SHARED")
    return folder
