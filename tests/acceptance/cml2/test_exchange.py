"""The CommerceML client against an exchange that others wrote: the real django-cml2, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from support.cml2_shop import PASSWORD, USER, Cml2Shop, needed
from support.standing import Moments, Unlimited
from sverka.connectors.commerceml import CommerceML, connect
from sverka.connectors.kit import Kit
from sverka.domain.commerce.value import lines_of
from sverka.domain.errors import AuthLost, Later, Rejected
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite

CLOCK = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cml2Shop]:
    needed()
    with Cml2Shop(tmp_path_factory.mktemp("shop")).running() as shop:
        yield shop


@pytest.fixture
def shop(running: Cml2Shop) -> Cml2Shop:
    running.clear()
    return running


def guest(shop: Cml2Shop, password: str = PASSWORD, **settings: str) -> CommerceML:
    kit = Kit("shop", "sverka-test", CLOCK, Unlimited(), 20.0)
    given = {"url": shop.address, "login": USER, "way": "sale", **settings}
    made = connect(given, {"password": password}, kit)
    assert isinstance(made, CommerceML)
    return made


def shown(store: CommerceML, id_: str) -> Snapshot:
    found = store.read([OrderId(id_)])[OrderId(id_)]
    assert isinstance(found, Snapshot), found
    return found


def test_an_order_is_read_as_the_package_writes_it(shop: Cml2Shop) -> None:
    shop.place(7, rows=2, comment="Позвоните")
    told = shown(guest(shop), "uid-7")
    names = ("order.number", "total", "currency", "customer.name", "customer.last_name", "customer.external_id")
    assert [told.get(name) for name in names] == ["7", Decimal("903.30"), "RUB", "Ким Анна", "Ким", "7"]
    assert told.get("delivery.address") == "Казань, Садовая, 1"
    assert told.get("comment.manager") == "Позвоните"
    assert told.get("order.created_at") == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    first, second = lines_of(told.get("lines.goods"))
    assert (first.name, first.quantity, first.total, first.measure) == ("Визитки № 0", 3, Decimal("451.65"), "796")
    assert second.product == "g-1"


def test_changes_are_told_once_though_the_package_shows_all_orders_every_time(shop: Cml2Shop) -> None:
    shop.place(1)
    shop.place(2)
    store = guest(shop)
    assert {one.id for one in store.changed_since(None)} == {"uid-1", "uid-2"}
    CLOCK.advance(60)
    seen = CLOCK.now()
    assert list(store.changed_since(seen)) == []
    shop.edit(2, comment="Срочно")
    assert [one.id for one in store.changed_since(seen)] == ["uid-2"]
    assert shown(store, "uid-2").get("comment.manager") == "Срочно"


def test_the_check_says_what_this_engine_has_not(shop: Cml2Shop) -> None:
    shop.place(1)
    bad = [one.text.en for one in guest(shop, way="crm").check() if one.level is Level.BAD]
    assert len(bad) == 1
    assert "way=sale" in bad[0]
    found = guest(shop).check()
    assert [one for one in found if one.level is Level.BAD] == []
    assert "files whole" in found[0].text.en
    assert "--set statuses=" in found[1].text.en


def test_a_wrong_password_is_said_to_be_one(shop: Cml2Shop) -> None:
    problem = guest(shop, password="guessed").read([OrderId("1")])[OrderId("1")]
    assert isinstance(problem, AuthLost)


def test_what_the_package_does_not_take_in_is_refused_with_the_next_step(shop: Cml2Shop) -> None:
    shop.place(1)
    store = guest(shop)
    before = shown(store, "uid-1")
    said = store.write([OrderWrite(OrderId("uid-1"), {"status": "P"})], free)[OrderId("uid-1")]
    assert isinstance(said, Rejected)
    assert "--set import=no" in said.text.en
    assert "Unknown GET sequence" in said.text.ru, "in its own words"
    assert shown(store, "uid-1").fields == before.fields, "nothing is believed to be set"


def test_files_come_whole_to_a_package_that_keeps_the_last_piece_alone(shop: Cml2Shop) -> None:
    shop.place(1, rows=900)
    store = guest(shop)
    shown(store, "uid-1")
    store.write([OrderWrite(OrderId("uid-1"), {"comment.manager": "Готово"})], free)
    newest = max(shop.sent().values(), key=len)
    assert len(newest) > 220_000
    assert newest.startswith(b"<?xml")
    assert newest.endswith("</КоммерческаяИнформация>".encode())


def test_another_guest_between_query_and_success_loses_us_nothing(shop: Cml2Shop) -> None:
    shop.place(1)
    store, other = guest(shop), guest(shop)
    queue = store._script.queue

    def disturbed(guard):
        yield from queue(guard)
        store._script.queue = queue
        list(other._script.queue(free))
        other._script.confirm(free)

    store._script.queue = disturbed
    problem = store.read([OrderId("uid-1")])[OrderId("uid-1")]
    assert isinstance(problem, Later)
    assert "did not take the confirmation" in problem.say("en")
    assert shown(store, "uid-1").get("order.number") == "1"
