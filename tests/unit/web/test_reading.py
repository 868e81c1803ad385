"""What a batch of bells reads: the connections once, all secrets at once, however many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import event
from starlette.testclient import TestClient

from support.standing import Woken
from sverka.bootstrap import House, open_house
from sverka.config.settings import Settings
from sverka.connectors.absent import AbsentStore
from sverka.domain.ids import StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.storage.connections import SavedConnection
from sverka.storage.vault import Vault
from sverka.web.app import make_app


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = open_house(Settings.from_env({}, tmp_path))
    yield house
    house.close()


def connect(house: House, name: str, secret: str = "cs_1") -> str:
    """Connect a shop that nobody asks anything, and return the address it rings at."""
    house.storage.connections.save(SavedConnection(name, Side.STORE, "woocommerce", {"url": "https://shop.invalid"}))
    for one in ("consumer_key", "consumer_secret", "webhook_secret"):
        house.storage.vault.put(f"{name}/{one}", secret)
    return f"/hooks/{name}/{house.hook_key(name)}"


@contextmanager
def queries(house: House) -> Iterator[list[str]]:
    """Give the queries of a block, but for those that begin and end transactions."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            seen.append(statement)

    engine = house.storage._engine  # nobody else hears them all
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_ten_connections_are_read_in_as_many_queries_as_one(house: House) -> None:
    connect(house, "shop0")
    house.hub()
    with queries(house) as one:
        assert len(house.hub().keys()) == 1
    for number in range(1, 10):
        connect(house, f"shop{number}")
    house.hub()
    with queries(house) as ten:
        hub = house.hub()
        assert (len(hub.stores), len(hub.keys())) == (10, 10)
    assert ten == one
    assert len(ten) <= 8


def test_a_batch_of_bells_reads_the_connections_once(house: House) -> None:
    address = connect(house, "shop")
    with TestClient(make_app(house.hub, Woken())) as door:
        assert door.post(address, content=b"{}").status_code == 403
        with queries(house) as seen:
            assert door.post(address, content=b"{}").status_code == 403
    assert len([one for one in seen if "FROM connections" in one and "catalogue_version) " not in one]) == 1
    assert len([one for one in seen if "FROM secrets" in one]) == 1


def test_a_connector_stays_until_a_secret_is_another_one(house: House) -> None:
    connect(house, "shop")
    first = house.hub().stores[StoreName("shop")]
    assert house.hub().stores[StoreName("shop")] is first
    connect(house, "shop", "cs_2")
    assert house.hub().stores[StoreName("shop")] is not first


def test_a_secret_of_another_key_stops_its_own_connection_alone(house: House) -> None:
    connect(house, "good"), connect(house, "bad")
    Vault(house.storage._engine, Fernet.generate_key()).put("bad/consumer_key", "x")
    stores = house.hub().stores
    assert isinstance(stores[StoreName("bad")], AbsentStore)
    assert not isinstance(stores[StoreName("good")], AbsentStore)


def test_secrets_read_at_once_are_not_shown(house: House) -> None:
    connect(house, "shop", "hunter2")
    kept = house.storage.vault.all()
    assert kept["shop/consumer_key"] == "hunter2"
    assert "hunter2" not in f"{kept!r} {kept.sealed('shop/consumer_key')!r} {house.hub()!r}"
