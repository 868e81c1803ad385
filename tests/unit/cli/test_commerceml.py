"""A shop behind its exchange with 1C, and a 1C behind the hub, from the command line."""

from collections.abc import Iterator

import pytest

from sverka.cli.home import at_home
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer


@pytest.fixture
def shop() -> Iterator[CommerceMLServer]:
    with CommerceMLServer(BitrixSiteStore()) as server:
        server.store.place_order({"fio": "Ким Анна"}, [{"name": "Визитки", "price": "100"}])
        yield server


def connect(shop: CommerceMLServer, *more: str) -> list[str]:
    user = shop.exchange.login
    return ["connect", "store", "shop", "--kind", "commerceml", "--url", shop.address, "--login", user, *more]


def password(shop: CommerceMLServer) -> tuple[str, str]:
    return "--set", f"password={shop.exchange.password}"


def test_a_shop_is_connected_by_its_exchange_and_told_what_to_do_there(sverka, shop):
    sverka.ok("init")
    said = sverka.ok(*connect(shop), *password(shop))
    assert "lets the hub exchange: 5 order statuses" in said.out
    assert "--sweep-minutes" in said.out
    assert "/hooks/" not in said.out, "nobody will ring there"
    assert shop.exchange.password not in said.text


def test_a_wrong_password_is_saved_and_not_worked_with(sverka, shop):
    sverka.ok("init")
    said = sverka.fails(*connect(shop, "--set", "password=wr0ng"))
    assert "Check login and password" in said.out
    assert "wr0ng" not in said.text


def test_another_1c_on_the_same_exchange_stands_in_the_way(sverka, shop):
    sverka.ok("init")
    shop.exchange.as_1c()
    shop.store.edit(1, {"comments": "x"})
    said = sverka.fails(*connect(shop, "--set", "way=sale"), *password(shop))
    assert "would take orders from one another" in " ".join(said.out.split())
    assert shop.log.count("sale success") == 0
    sverka.ok(*connect(shop, "--set", "way=sale", "--set", "confirm=no"), *password(shop))


def test_an_offset_that_is_none_is_not_saved(sverka, shop):
    sverka.ok("init")
    said = sverka.fails(*connect(shop, "--set", "utc_offset=Moscow", "--set", "password=x"))
    assert "+03:00" in said.text
    assert "shop" not in sverka.ok("connection", "list").out


def test_what_to_type_into_a_1c(sverka, shop):
    sverka.ok("init")
    sverka.ok(*connect(shop), *password(shop))
    first = sverka.ok("connection", "exchange", "shop", "--public", "https://hub.example").out
    assert "https://hub.example/exchange/shop" in first
    assert sverka.ok("connection", "exchange", "shop", "--public", "https://hub.example").out == first, "it stays"
    assert shop.exchange.password not in first
    sverka.fails("connection", "exchange", "nobody")
    sverka.ok("connection", "exchange", "shop", "--off")
    again = sverka.ok("connection", "exchange", "shop", "--public", "https://hub.example").out
    assert again != first, "another password: the old one opens nothing any more"


def test_an_exchange_is_off_until_it_is_asked_for(sverka, shop):
    sverka.ok("init")
    sverka.ok(*connect(shop), *password(shop))
    with at_home() as house:
        assert house.exchange_password("shop") == ""
    said = sverka.ok("connection", "exchange", "shop", "--public", "https://hub.example").out
    with at_home() as house:
        assert house.exchange_password("shop") in said
        assert house.exchange_password("shop") != house.hook_key("shop")
    sverka.ok("connection", "exchange", "shop", "--off")
    with at_home() as house:
        assert house.exchange_password("shop") == ""
        acts = [act for act in house.storage.audit.list() if act.act == "connection exchange"]
    assert sorted((act.before, act.after) for act in acts) == [("off", "on"), ("on", "off")]
