"""`sverka connect` at a terminal: it asks what the shop runs on, says where each answer is found, and tries again."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from sverka.bootstrap import open_house
from sverka.cli import app
from sverka.cli.connect import asking, guide
from sverka.cli.home import settings_now
from sverka.connectors.registry import manifests
from sverka.domain.mapping.field_mapping import Side
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore

STORES = {kind: one for kind, one in manifests().items() if one.side is Side.STORE}


@pytest.fixture
def typing(sverka, monkeypatch):
    """Runs a command with a person at the terminal, who types these lines; returns all on the screen and the code."""
    monkeypatch.setattr(asking, "somebody", lambda: True)
    sverka.ok("init")

    def run(command: str, *lines: str, language: str = "en") -> tuple[str, int]:
        told = "".join(f"{line}\n" for line in lines)
        ran = CliRunner().invoke(app, command.split(), input=told, env={"SVERKA_LANG": language})
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return " ".join((ran.stdout + ran.stderr).split()), ran.exit_code

    return run


def engine(words: str) -> str:
    """The number under which an engine is offered."""
    return str(next(place for place, one in enumerate(guide.offers(), start=1) if words in one))


def given(words: str, what: str) -> str:
    """The number under which what an administrator gives is offered."""
    ways = next(ways for one, ways in guide.offers().items() if words in one)
    return str(next(place for place, (_, one) in enumerate(ways, start=1) if what in one.given.en))


def saved(name: str) -> dict[str, object]:
    house = open_house(settings_now())
    try:
        one = house.connection(name)
        return {"kind": one.kind, **one.settings}
    finally:
        house.close()


def test_a_shop_is_led_to_its_connector_and_each_wrong_answer_to_the_right_one(typing, woo_server):
    said, code = typing(
        "connect store",
        "no", engine("WooCommerce"), given("WooCommerce", "API keys"), "",
        "https://shop.example/wp-admin/admin.php?page=wc-settings", woo_server.url,
        woo_server.consumer_secret, f" {woo_server.consumer_key} ",
        "cs_wr0ng", "3", woo_server.consumer_secret,
    )  # fmt: skip
    assert code == 0, said
    for words in (
        "Only a number from 1 to",
        "Shop's address: this is not one. It should look like https://shop.example",
        "Consumer key (ck_…): this is not one. It should look like ck_",
        "WooCommerce → Settings → Advanced → REST API → Add key",
        "does not let the API keys in",
        "What shop can and cannot do",
        "Next: connect the portal.",
    ):
        assert words in said
    assert "cs_wr0ng" not in said
    assert saved("shop") == {"kind": "woocommerce", "url": woo_server.url}


def test_a_webhook_is_tried_again_until_the_site_takes_it(typing, site_server):
    page, right = "https://shop.example/bitrix/admin/", site_server.webhook_url
    wrong = right.replace(right.rstrip("/").rpartition("/")[2], "wr0ng")
    number, way = engine("1C-Bitrix"), given("1C-Bitrix", "(REST): nearly everything")
    said, code = typing("connect store", number, way, "", page, wrong, "да", right, language="ru")
    assert code == 0, said
    assert "Входящий вебхук: это не то, что нужно. Должно быть вида https://shop.example/rest/1/" in said
    assert "не принимает вебхук" in said
    assert "Что умеет и чего не умеет shop" in said
    assert "wr0ng" not in said


def test_an_exchange_with_1c_is_known_by_its_engine(typing):
    with CommerceMLServer(BitrixSiteStore()) as server:
        user = (server.exchange.login, "wr0ng", "4", server.exchange.password)
        said, code = typing(
            "connect store",
            engine("1C-Bitrix"), given("1C-Bitrix", "only a user"), "",
            server.url, server.address, *user,
        )  # fmt: skip
    assert code == 0, said
    assert "Address of the exchange script: this is not one" in said
    assert "Магазин → Настройки → Интеграция с 1С" in said
    assert "does not let the exchange's user in" in said
    assert "sweeps find changes, best every minute" in said
    assert saved("shop")["way"] == "crm"


def test_another_engine_is_asked_for_what_its_exchange_does_not_tell(typing):
    with CommerceMLServer(BitrixSiteStore()) as server:
        server.manners.plain()
        lines = (server.address, server.exchange.login, "New, Paid", server.exchange.password)
        said, code = typing("connect store", engine("OpenCart"), "opencart", *lines)
    assert code == 0, said
    assert saved("opencart")["way"] == "sale"
    assert saved("opencart")["statuses"] == "New, Paid"


def test_a_cure_that_a_check_names_is_offered_for_correction(typing):
    with CommerceMLServer(BitrixSiteStore()) as server:
        server.manners.plain()
        lines = (server.address, server.exchange.login, server.exchange.password, "3", "sale")
        said, code = typing("connect store shop --kind commerceml", *lines)
    assert code == 0, said
    assert "3. How orders are known: crm" in said
    assert saved("shop")["way"] == "sale"


def test_keys_of_a_print_shop_and_leaving_it_for_later(typing):
    with PixlparkServer(PixlparkStore()) as server:
        lines = ("   ", "a key", server.public_key, "wr0ng", "")
        said, code = typing(f"connect store pix --kind pixlpark --url {server.url}", *lines)
    assert code == 1
    assert "Public Key: there is a space in it" in said
    assert "Настройка → Доступ → Доступность API" in said
    assert "Go on later with `sverka connect store pix`" in said
    assert saved("pix")["kind"] == "pixlpark"


def test_what_was_left_for_later_is_gone_on_with_by_name_alone(typing, site_server):
    right = site_server.webhook_url
    wrong = right.replace(right.rstrip("/").rpartition("/")[2], "wr0ng")
    assert typing("connect store site --kind bitrix_site", wrong, "n")[1] == 1
    said, code = typing("connect store site", "y", right)
    assert code == 0, said
    assert "What site can and cannot do" in said


def test_what_cannot_be_saved_is_said_not_to_be(typing):
    keys = "--set public_key=p --set rate=quick"
    said, code = typing(f"connect store pix --kind pixlpark {keys}", "private", "")
    assert code == 1
    assert "rate must be a number above zero" in said
    assert "Nothing is saved. Begin anew with `sverka connect store pix`" in said


def test_a_name_that_cannot_be_one_is_asked_for_again(typing, portal_server):
    said, code = typing("connect portal", "мой портал", "main", portal_server.webhook_url)
    assert code == 0, said
    assert "A name has Latin letters" in said
    assert saved("main")["kind"] == "bitrix24"


def test_https_is_offered_in_the_place_of_plain_http(typing):
    ask = "connect store shop --kind woocommerce --skip-check --consumer-key ck_1 --consumer-secret cs_1"
    said, _ = typing(ask, "http://shop.example", "")
    assert "Take https instead?" in said
    assert saved("shop")["url"] == "https://shop.example"


def test_an_engine_that_nothing_suits_is_told_of_the_ways_left(typing):
    said, code = typing("connect store", str(len(guide.offers()) + 1))
    assert code == 1
    assert "sverka connector new" in said


def test_a_connection_there_is_is_not_asked_for_its_kind_again(typing, woo_server):
    keys = f"--consumer-key {woo_server.consumer_key} --consumer-secret {woo_server.consumer_secret}"
    typing(f"connect store shop --kind woocommerce --url {woo_server.url} {keys}")
    said, code = typing("connect store shop")
    assert code == 0
    assert "What does the shop run on?" not in said
    said, _ = typing("connection show shop")
    assert "What shop can and cannot do" in said
    assert woo_server.consumer_secret not in said


@pytest.mark.covers("R220", "R242")
@pytest.mark.parametrize(
    ("language", "path", "wrong"),
    [
        ("en", "Developer resources → Common use cases → Other → Incoming webhook", "this is not one"),
        ("ru", "Приложения → Разработчикам → Готовые сценарии → Другое → Входящий вебхук", "это не то, что нужно"),
    ],
)
def test_a_portal_is_asked_for_by_its_webhook(typing, portal_server, language, path, wrong):
    said, code = typing("connect portal", "", "company.bitrix24.ru", portal_server.webhook_url, language=language)
    assert code == 0, said
    assert path in said
    assert wrong in said
    assert saved("b24")["kind"] == "bitrix24"
    said, _ = typing("connection show b24")
    assert "a deletion is told" in said


def test_without_a_terminal_nothing_is_asked(sverka):
    sverka.ok("init")
    assert sverka("connect", "store").code == 2
    assert "--kind is missing" in sverka("connect", "store", "shop").err


def test_a_connector_is_shown_before_anything_is_connected(sverka):
    said = sverka.ok("connector", "show", "pixlpark", env={"SVERKA_LANG": "ru"}).out
    assert "Доступность API" in said
    assert "Опубликованный API читает и пишет по одному заказу за запрос." in " ".join(said.split())
    assert sverka("connector", "show", "nothing").code == 2


@pytest.mark.parametrize("kind", STORES)
def test_what_is_shown_as_an_example_is_taken_as_an_answer(kind):
    for one in STORES[kind].wanted:
        if one.example:
            assert one.flaw(one.example) is None, one.name
        if one.is_required:
            assert one.where, one.name


@pytest.mark.parametrize("kind", STORES)
def test_every_own_connector_of_a_store_says_whom_it_suits(kind):
    assert STORES[kind].suits


def test_what_gives_most_is_offered_first():
    first = {engine: ways[0][0] for engine, ways in guide.offers().items()}
    assert first["WooCommerce (WordPress)"] == "woocommerce"
    assert first["1C-Bitrix: Site Management"] == "bitrix_site"
