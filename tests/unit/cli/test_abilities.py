"""What a store's connection can and cannot do is said when it is connected."""

import pytest

from sverka.cli.connect.abilities import abilities
from sverka.connectors.in_memory import MemoryStore
from sverka.domain.mapping.field import Field
from sverka.domain.text import Text
from sverka.ports.store import StoreCan
from sverka.sandbox.clock import VirtualClock


def fields(count):
    return [Field(f"f{number}", Text(f"Field {number}", f"Поле {number}")) for number in range(count)]


@pytest.mark.parametrize(
    ("can", "says"),
    [
        (
            StoreCan(frozenset({"lines"}), signs_notices=False, keeps_mark=True),
            "sign its notices (the hub looks for itself)",
        ),
        (StoreCan(frozenset({"lines"}), sees_deletions=False, keeps_mark=True), "show that an order was deleted"),
        (StoreCan(frozenset({"lines"})), "make orders of deals"),
        (StoreCan(frozenset({"status"}), keeps_mark=True), "change the goods of an order"),
    ],
)
def test_each_thing_it_cannot_is_named(can, says):
    store = MemoryStore(VirtualClock())
    store.can = can
    _, cannot = abilities(store, ())
    assert cannot is not None
    assert says in cannot.en


def test_what_can_be_told_is_named_and_much_is_counted():
    store = MemoryStore(VirtualClock())
    read_only = Field("id", Text("Id", "Номер"), writable=False)
    assert abilities(store, [*fields(2), read_only])[0].en == "It can be told: Field 0, Field 1."
    assert abilities(store, fields(15))[0].ru.endswith("Поле 11, и ещё 3.")
    assert abilities(store, [read_only])[0].en == "It can be told: nothing."


def test_it_is_said_when_a_store_is_connected(sverka, woo_server):
    sverka.ok("init")
    keys = ["--consumer-key", woo_server.consumer_key, "--consumer-secret", woo_server.consumer_secret]
    said = sverka.ok("connect", "store", "shop", "--kind", "woocommerce", "--url", woo_server.url, *keys).out
    assert "It can be told: Status" in " ".join(said.split())
