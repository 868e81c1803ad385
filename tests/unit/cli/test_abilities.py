"""What a store's connection can and cannot do is said when it is connected."""

from dataclasses import replace

import pytest

from support.connectors_page import GIVEN
from sverka.cli.connect.abilities import ABILITIES, rows_of
from sverka.connectors.in_memory import MemoryStore
from sverka.connectors.kit import Kit
from sverka.connectors.manifest import Kept, Manifest
from sverka.connectors.registry import gather, make
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS
from sverka.ports.store import StoreCan
from sverka.sandbox.clock import VirtualClock

OWN = {kind: one for kind, one in gather(()).manifests.items() if one.side is Side.STORE}
SILENT = Manifest("toy", Side.STORE, Text("Toy", "Игрушка"), ())
COULD = replace(SILENT, quality={"comments_kept": Kept("done")})


def told(can, manifest=SILENT):
    """What a store is said to lack, with the reasons."""
    store = MemoryStore(VirtualClock())
    store.can = can
    return {what: why for what, has, why in rows_of(store, manifest, ()) if not has}


@pytest.mark.parametrize(
    ("can", "lacks"),
    [
        (StoreCan(frozenset({"lines"}), signs_notices=False, keeps_mark=True), "tells of changes at once, signed"),
        (StoreCan(frozenset({"lines"}), sees_deletions=False, keeps_mark=True), "shows that an order was deleted"),
        (StoreCan(frozenset({"lines"})), "makes orders of deals"),
        (StoreCan(frozenset({"status"}), keeps_mark=True), "changes the goods of an order"),
    ],
)
def test_each_thing_it_cannot_is_named_with_what_follows(can, lacks):
    assert lacks in told(can)
    assert lacks not in told(StoreCan(frozenset({"lines"}), keeps_mark=True))
    assert told(can)[lacks].endswith(".")


def test_the_manifest_says_why_in_the_persons_language(monkeypatch):
    why = Text("It has no place for one.", "Для неё нет места.")
    manifest = replace(SILENT, quality={"mark_kept": Kept("exempt", why)})
    assert told(StoreCan(), manifest)["makes orders of deals"] == why.en
    monkeypatch.setenv("SVERKA_LANG", "ru")
    assert told(StoreCan(), manifest)["создаёт заказы по сделкам"] == why.ru


def test_what_a_setting_would_bring_is_said():
    assert "sverka connector show toy" in told(StoreCan(), COULD)["passes comments"]


@pytest.mark.parametrize("kind", OWN)
def test_an_own_manifest_says_why_where_the_connector_cannot(kind):
    asked = {one.name: GIVEN[one.name] for one in OWN[kind].wanted if one.name in GIVEN}
    store = make(kind, asked, asked, Kit("shop", "hub", VirtualClock(), None))
    keys = {COMMENTS}
    for ability in ABILITIES:
        kept = OWN[kind].quality.get(ability.rule)
        if not ability.has(store, OWN[kind], keys):
            assert kept, ability.rule
            assert kept.level == "exempt", ability.rule
            assert kept.reason.en != kept.reason.ru
    store.close()


def test_it_is_said_when_a_store_is_connected(sverka, woo_server):
    sverka.ok("init")
    keys = ["--consumer-key", woo_server.consumer_key, "--consumer-secret", woo_server.consumer_secret]
    said = sverka.ok("connect", "store", "shop", "--kind", "woocommerce", "--url", woo_server.url, *keys).out
    words = " ".join(said.split())
    assert "It can be told: Status" in words
    assert "It is only read: Order id" in words
    assert "more." in words
