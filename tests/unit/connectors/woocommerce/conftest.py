import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.kit import Kit
from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.oauth import Keys
from sverka.sandbox.woocommerce import WooServer, WooStore

SECRET = "hookSecret123"


@pytest.fixture
def clock() -> Moments:
    return Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))


@pytest.fixture
def kit(clock: Moments) -> Kit:
    return Kit("shop-woo", "hub-1", clock, Unlimited())


@pytest.fixture
def shop(clock: Moments) -> WooStore:
    return WooStore(clock)


@pytest.fixture
def server(shop: WooStore) -> Iterator[WooServer]:
    with WooServer(shop) as running:
        yield running


@pytest.fixture
def woo(server: WooServer, kit: Kit) -> Iterator[WooCommerce]:
    keys = Keys(server.consumer_key, server.consumer_secret)
    store = WooCommerce(server.url, keys, kit, webhook_secret=SECRET)
    yield store
    store.close()


@pytest.fixture
def sample():
    root = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).resolve().parents[5] / "shared")

    def load(name: str):
        path = root / "data" / "samples" / "woo" / name
        if not path.is_file():
            pytest.skip(f"recorded sample {name} is not here; set SVERKA_SHARED to the folder that has data/samples")
        return json.loads(path.read_text(encoding="utf-8"))

    return load


BUYER = {
    "first_name": "Ольга",
    "last_name": "Кузнецова",
    "email": "olga@example.test",
    "phone": "8 999 000-00-02",
    "city": "Тверь",
    "address_1": "пр. Мира, 5",
}
MUGS = {"product_id": 10, "quantity": 3}


@pytest.fixture
def placed(shop: WooStore):
    def place(**more: object) -> str:
        return str(shop.place_order(**{"billing": BUYER, "items": [MUGS], **more}))

    return place
