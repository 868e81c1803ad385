import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.bitrix_site import BitrixSite
from sverka.connectors.kit import Kit
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore


@pytest.fixture
def clock() -> Moments:
    return Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))


@pytest.fixture
def kit(clock: Moments) -> Kit:
    return Kit("shop-main", "hub-1", clock, Unlimited())


@pytest.fixture
def shop(clock: Moments) -> BitrixSiteStore:
    return BitrixSiteStore(clock)


@pytest.fixture
def server(shop: BitrixSiteStore) -> Iterator[BitrixSiteServer]:
    with BitrixSiteServer(shop) as running:
        yield running


@pytest.fixture
def site(server: BitrixSiteServer, kit: Kit) -> Iterator[BitrixSite]:
    store = BitrixSite(server.webhook_url, "token-of-the-site", kit)
    yield store
    store.close()


@pytest.fixture
def sample():
    root = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).resolve().parents[5] / "shared")

    def load(name: str):
        path = root / "data" / "samples" / "bitrix-rest" / name
        if not path.is_file():
            pytest.skip(f"recorded sample {name} is not here; set SVERKA_SHARED to the folder that has data/samples")
        return json.loads(path.read_text(encoding="utf-8"))

    return load


BUYER = {"fio": "Иванов Иван", "email": "ivan@example.test", "phone": "8 (999) 000-00-01", "city": "Тверь"}
CARDS = {"name": "Визитки", "price": "150.55", "quantity": 3, "productId": 77}


@pytest.fixture
def placed(shop: BitrixSiteStore):
    def place(**more: object) -> str:
        return str(shop.place_order(**{"customer": BUYER, "items": [CARDS], **more}))

    return place
