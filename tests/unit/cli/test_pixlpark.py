"""A print shop on Pixlpark, from the command line."""

import tomllib
from collections.abc import Iterator

import pytest

from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore


@pytest.fixture
def shop() -> Iterator[PixlparkServer]:
    with PixlparkServer(PixlparkStore()) as server:
        server.store.place_order({"name": "Ким Анна"}, [{"name": "Визитки", "price": "100"}])
        yield server


def connect(shop: PixlparkServer, *more: str) -> list[str]:
    way = ["--kind", "pixlpark", "--url", shop.url, "--set", f"public_key={shop.public_key}"]
    return ["connect", "store", "shop", *way, *more]


def private(shop: PixlparkServer) -> dict[str, str]:
    return {"SVERKA_SECRET_PRIVATE_KEY": shop.private_key}


def test_it_is_connected_by_its_keys_and_the_command_says_where_to_click(sverka, shop):
    sverka.ok("init")
    said = sverka.ok(*connect(shop), "--public", "https://hub.example", env=private(shop))
    words = " ".join(said.out.split())
    assert "answers, and its orders can be read" in words
    assert "https://hub.example/hooks/shop/" in said.out
    for place in ("Маркетинг → Уведомления → Настройка вебхуков", "ERP и CRM системы → Битрикс24", "not published"):
        assert place in words
    assert shop.private_key not in said.text


def test_the_address_of_a_hub_that_nobody_reaches_is_warned_of(sverka):
    sverka.ok("init")
    given = ["--kind", "pixlpark", "--set", "public_key=p", "--set", "private_key=k", "--skip-check"]
    said = sverka.ok("connect", "store", "shop", *given)
    assert "only reachable on this machine" in " ".join(said.text.split())


def test_wrong_keys_are_saved_and_not_worked_with(sverka, shop):
    sverka.ok("init")
    said = sverka.fails(*connect(shop, "--set", "private_key=wr0ng"))
    assert "30 minutes" in " ".join(said.out.split())
    assert "wr0ng" not in said.text


def test_an_address_without_https_is_not_saved(sverka, shop):
    sverka.ok("init")
    given = ["--kind", "pixlpark", "--url", "http://api.example", "--set", "public_key=p", "--set", "private_key=k"]
    assert "https" in sverka.fails("connect", "store", "shop", *given).text
    assert "shop" not in sverka.ok("connection", "list").out


PANEL = {
    "«Типы отправляемых заказов»": "# client",
    "«Направление сделки»": "pipeline",
    "«Сумма и валюта»": "amount",
    "«Стадия сделки в Bitrix24» / «Статус заказа в Pixlpark»": "map",
    "«Клиент»": "fields",
    "«Источник»": "source",
    "«Дополнительно об источнике»": "source_description",
    "«Дата начала»": "begin_date",
    "«ID ответственного за сделку»": "# responsible",
    "«Комментарий»": '"{order.url}',
    "«Лента обсуждения»": '# "comments.text"',
    "«Доставка»": '# "delivery.method_name"',
    "«Идентификатор доставки»": '# "delivery.method"',
    "«Товары»": "lines",
    "«Передавать новых клиентов в битрикс в качестве лидов»": "create",
    "«Автоматически отправлять заказы в Bitrix»": "create_deals",
}
"""Each name of the panel's own integration (R263-R302), and the line of a draft it stands at."""


@pytest.mark.covers("R247", "R263", "R266", "R267", "R272", "R273", "R274", "R275", "R276", "R278", "R279")
@pytest.mark.covers("R283", "R285", "R289", "R293", "R301")
def test_a_drafted_profile_has_the_panels_names_and_passes_its_check(sverka, shop, portal_server, tmp_path):
    sverka.ok("init")
    sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url)
    sverka.ok(*connect(shop), env=private(shop))
    draft = tmp_path / "draft.toml"
    given = ("profile", "new", "print", "--store", "shop", "--portal", "b24", "--pipeline", "2", "--out", str(draft))
    sverka.ok(*given, env={"SVERKA_LANG": "ru"})
    text = draft.read_text("utf-8")
    for name, key in PANEL.items():
        assert [line for line in text.split("\n") if line.startswith(key) and name in line], name
    assert "Deleted" not in text
    document = tomllib.loads(text)
    rows = {row["status"]: row["stage"] for row in document["status"]["map"]}
    assert rows == {"NotProcessed": ["C2:NEW"], "Delivered": ["C2:WON"]}
    sverka.ok("profile", "check", str(draft))
