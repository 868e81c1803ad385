import json

import pytest

from sverka.bootstrap import open_house
from sverka.cli.home import settings_now
from sverka.domain.ids import OfficeName
from sverka.worker import Worker


def test_what_is_missing_is_named(sverka):
    sverka.ok("init")
    said = sverka.fails("connect", "portal", "b24").err
    assert "Incoming webhook is missing" in said
    assert "SVERKA_SECRET_WEBHOOK" in said
    assert "b24" not in sverka.ok("connection", "list").out


def test_a_secret_may_come_from_the_environment(sverka, portal_server):
    sverka.ok("init")
    sverka.ok("connect", "portal", "b24", env={"SVERKA_SECRET_WEBHOOK": portal_server.webhook_url})
    assert "b24" in sverka.ok("connection", "list").out


def test_an_address_that_is_none_is_not_saved(sverka):
    sverka.ok("init")
    said = sverka.fails("connect", "portal", "b24", "--webhook", "https://p.example/crm/s3cretpart")
    assert "s3cretpart" not in said.text
    assert "b24" not in sverka.ok("connection", "list").out


def test_a_refused_webhook(sverka, portal_server):
    sverka.ok("init")
    wrong = portal_server.webhook_url.replace("sandboxwebhookcode", "wr0ngc0de")
    said = sverka.fails("connect", "portal", "b24", "--webhook", wrong)
    assert "cannot be worked with yet" in said.out
    assert "wr0ngc0de" not in said.text
    sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url)


@pytest.mark.covers("R219", "R228")
def test_what_was_given_once_is_kept(sverka, portal_server):
    sverka.ok("init")
    first = sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--plan", "box").out
    assert "/hooks/b24/" in first
    assert "ONCRMDEALUPDATE" in first
    sverka.ok("connect", "portal", "b24", "--token", "t0ken")
    house = open_house(settings_now())
    try:
        assert house.storage.vault.get("b24/webhook") == portal_server.webhook_url
        assert house.storage.vault.get("b24/application_token") == "t0ken"
        assert house.connection("b24").settings["plan"] == "box"
        assert house.storage.catalogues.get("b24")
    finally:
        house.close()


def test_offline_nothing_is_sent(sverka, portal, portal_server):
    sverka.ok("init")
    sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--skip-check")
    assert portal.counters.requests == 0


def test_the_address_outside_stands_in_the_hook(sverka, portal_server):
    sverka.ok("init")
    public = {"SVERKA_PUBLIC": "https://hub.example/"}
    said = sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url, env=public).out
    assert "  https://hub.example/hooks/b24/" in said


def test_unknown_settings_are_bad_usage_and_not_repeated(sverka):
    sverka.ok("init")
    ran = sverka("connect", "portal", "b24", "--set", "s3cret")
    assert ran.code == 2
    assert "s3cret" not in ran.text
    assert sverka("connect", "portal", "b24", "--set", "colour=red").code == 2
    assert sverka("connect", "store", "shop", "--kind", "bitrix_site", "--url", "https://x.example").code == 2


def test_a_name_keeps_its_kind(connected, woo_server):
    said = connected.fails("connect", "store", "b24", "--kind", "woocommerce", "--url", woo_server.url).err
    assert "take another name" in said


def test_remove_asks_about_profiles(applied):
    assert "print" in applied.fails("connection", "remove", "shop").err
    applied.ok("connection", "remove", "shop", "--yes")
    assert "shop" not in applied.ok("connection", "list").out
    assert "switched off" in applied.ok("profile", "list").out
    house = open_house(settings_now())
    try:
        assert not [name for name in house.storage.vault.names() if name.startswith("shop/")]
    finally:
        house.close()


def test_a_stopped_connection_is_shown_and_resumed(connected, portal, place):
    connected.ok("profile", "apply", "print.toml", "--yes")
    portal.revoke_webhook(portal.settings.code)
    connected.fails("order", "sync", place())
    status = json.loads(connected.fails("status", "--json").out)
    assert [one["name"] for one in status["connections"] if one["paused"]] == ["b24"]
    assert "sverka connection resume b24" in connected.fails("doctor").out
    place()
    connected.ok("sweep", "shop")
    house = open_house(settings_now())
    try:
        before = portal.counters.requests
        assert Worker(house.hub, house.started, stopped=house.stopped).work(OfficeName("b24")) is not None
        assert portal.counters.requests == before
    finally:
        house.close()
    assert "goes on" in connected.ok("connection", "resume", "b24").out
    assert "was not stopped" in connected.ok("connection", "resume", "b24").out
    assert "There is no connection" in connected.fails("connection", "resume", "nobody").err


def test_connecting_anew_resumes(applied, portal, portal_server, place):
    order = place()
    portal.revoke_webhook(portal.settings.code)
    applied.fails("order", "sync", order)
    applied.fails("status")
    code = portal.add_webhook(1)
    applied.ok("connect", "portal", "b24", "--webhook", f"{portal_server.url}/rest/1/{code}/")
    applied.ok("status")


PORTAL = ("connect", "portal", "b24", "--webhook", "https://p.example/rest/1/c0de/", "--skip-check")
SHOP = (
    "connect", "store", "shop", "--kind", "woocommerce", "--url", "https://shop.example", "--consumer-key", "ck_1",
    "--consumer-secret", "cs_1", "--skip-check",
)  # fmt: skip
ONLY_HERE = "only reachable on this machine; give --public https://... or SVERKA_PUBLIC"


@pytest.mark.parametrize("public", ["", "http://localhost:8080", "http://[::1]:8080", "http://0.0.0.0:80"])
def test_an_address_nobody_outside_reaches_is_warned_of(sverka, public):
    sverka.ok("init")
    assert ONLY_HERE in sverka.ok(*PORTAL, "--public", public).err


def test_an_address_that_is_reached_is_not_warned_of(sverka, portal_server):
    sverka.ok("init")
    assert ONLY_HERE not in sverka.ok(*PORTAL, "--public", "https://hub.example").err
    here = ("connect", "portal", "near", "--webhook", portal_server.webhook_url)
    assert ONLY_HERE not in sverka.ok(*here).err


def test_a_shop_outside_is_not_subscribed_to_an_address_in_here(sverka):
    sverka.ok("init")
    assert ONLY_HERE in sverka.fails(*SHOP, "--subscribe").err
    assert "shop" not in sverka.ok("connection", "list").out
    house = open_house(settings_now())
    try:
        assert not [name for name in house.storage.vault.names() if name.startswith("shop/")]
    finally:
        house.close()


def test_success_names_the_next_step_and_failure_only_the_cure(sverka, portal_server):
    sverka.ok("init")
    webhook = ("connect", "portal", "b24", "--webhook")
    failed = sverka.fails(*webhook, portal_server.webhook_url.replace("sandboxwebhookcode", "wr0ngc0de")).out
    assert "run the same command again" in failed
    assert "Next:" not in failed
    assert "/hooks/" not in failed
    said = sverka.ok(*webhook, portal_server.webhook_url).out
    assert "Next: connect the store." in said
    assert "sverka connect portal b24 --secret application_token" in said


def test_a_check_promises_nothing_it_does_not_do(sverka):
    sverka.ok("init")
    for language, promise in (("en", "by itself"), ("ru", "повторит сам")):
        nowhere = ("connect", "portal", "b24", "--webhook", "http://127.0.0.1:1/rest/1/c0de/")
        said = sverka.fails(*nowhere, env={"SVERKA_LANG": language}).out
        assert "127.0.0.1" in said
        assert promise not in said


def test_a_secret_of_the_sites_module_is_tried_and_its_address_told(sverka, site_server):
    sverka.ok("init")
    site = (
        "connect",
        "store",
        "site",
        "--kind",
        "bitrix_site",
        "--webhook",
        site_server.webhook_url,
        "--token",
        "t0ken",
    )
    assert "/hooks/site/" not in sverka.ok(*site).out
    secret = site_server.module.install("https://hub.example/hooks/site/key")
    said = sverka.ok(*site, "--secret", "module_secret", env={"SVERKA_SECRET_MODULE_SECRET": secret})
    assert "The module answers: version 0.1.0" in said.out
    assert "/hooks/site/" in said.out
    assert secret not in said.text
    site_server.module.secret = "another"
    assert "does not answer as its module" in sverka.ok(*site).text
