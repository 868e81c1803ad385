"""From nothing to an order in step, with the commands a person types."""

import json
from pathlib import Path

import pytest


@pytest.mark.covers("R1", "R126", "R153", "R259")
def test_the_whole_way(applied, place, portal, portal_server, site_server, site):
    order = place()

    applied.ok("profile", "check", "print.toml")
    seen = applied.ok("profile", "preview", "print.toml")
    assert "Records to be made:" in seen.out
    assert "title: Order 1: Ольга Кузнецова" in seen.out
    assert portal.call("crm.item.list", {"entityTypeId": 2}).result["items"] == []

    synced = applied.ok("order", "sync", order)
    deals = portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]
    assert [deal["title"] for deal in deals] == ["Order 1: Ольга Кузнецова"]
    assert "Nothing differs." in synced.out

    story = applied.ok("order", "show", order).out
    for told in ("operator rang: order sync", "Created record", "— → C2:NEW", "birth", "K1"):
        assert told in story
    data = json.loads(applied.ok("order", "show", order, "--json").out)
    assert data["bindings"] == [{"office": "b24", "record": str(deals[0]["id"]), "profile": "print", "state": "bound"}]
    wrote = {line["field"]: line["after"] for line in data["timeline"] if line["event"] == "wrote"}
    assert wrote["stageId"] == "C2:NEW"

    again = applied.ok("order", "sync", order)
    assert "Nobody moved" in again.out
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 1


@pytest.mark.covers("R246")
def test_no_secret_is_printed_or_kept_in_clear(applied, place, portal_server, site_server, site, portal):
    applied.ok("order", "sync", place())
    applied.ok("doctor")
    applied.ok("status", "--json")
    applied.ok("connection", "list")
    applied.ok("profile", "show", "print")
    everything = "".join(applied.printed)
    files = b"".join(path.read_bytes() for path in Path(applied.folder).iterdir() if path.is_file())
    for secret in (portal.settings.code, site.secret):
        assert secret not in everything
        assert secret.encode() not in files


def test_every_line_of_a_table_fits_80_columns(applied, place):
    order = place()
    applied.ok("order", "sync", order)
    applied("sweep")
    for command in (("order", "show", order), ("order", "list"), ("profile", "list"), ("connection", "list")):
        for lang in ("en", "ru"):
            out = applied.ok(*command, env={"SVERKA_LANG": lang}).out
            assert max(len(line) for line in out.splitlines()) <= 80, out


def test_sentences_are_russian_where_that_is_asked(applied, place):
    said = applied.ok("order", "sync", place(), env={"SVERKA_LANG": "ru"}).out
    assert "Создана запись" in said
    assert "Расхождений нет." in said


@pytest.mark.covers("R23", "C25")
def test_a_shop_on_woocommerce(sverka, portal_server, portal, woo_server):
    sverka.ok("init")
    sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--plan", "box")
    keys = ("--consumer-key", woo_server.consumer_key, "--consumer-secret", woo_server.consumer_secret)
    shop = ("connect", "store", "woo", "--kind", "woocommerce", "--url", woo_server.url, *keys)
    sverka.ok(*shop, "--public", "http://127.0.0.1:9", "--subscribe")
    hooks = [hook["delivery_url"] for hook in woo_server.webhooks.list()]
    assert hooks
    assert all(url.startswith("http://127.0.0.1:9/hooks/woo/") for url in hooks)

    sverka.ok("profile", "new", "main", "--store", "woo", "--portal", "b24", "--out", "woo.toml")
    text = Path("woo.toml").read_text("utf-8")
    Path("woo.toml").write_text(text.replace('# { status = "processing", stage = ["…"] }', _ROW), "utf-8")
    sverka.ok("profile", "apply", "woo.toml", "--yes")
    woo_server.wait_idle()
    order = woo_server.store.place_order(
        {"first_name": "Ольга", "email": "olga@example.test"}, [{"product_id": 10, "quantity": 3}]
    )
    sverka.ok("order", "sync", f"woo/{order}")
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 1
    assert woo_server.consumer_secret not in "".join(sverka.printed)


_ROW = '{ status = "processing", stage = ["EXECUTING"] }'
