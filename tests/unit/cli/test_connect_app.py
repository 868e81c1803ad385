"""`sverka connect portal --app`: the form, the keys, the installation or the code, and the way back to a webhook."""

from urllib.parse import urlencode

import httpx2
import pytest
from starlette.testclient import TestClient

from sverka.bootstrap import open_house
from sverka.cli.home import settings_now
from sverka.web import make_app


class Nobody:
    """A dispatcher that wakes nobody."""

    def wake(self, office) -> None:
        del office


@pytest.fixture
def entered(sverka, portal_server):
    """A hub that knows the portal's address, and no keys yet."""
    url = portal_server.url
    sverka.ok("init")
    ran = sverka.ok("connect", "portal", "b24", "--app", "--address", url, "--set", f"auth_server={url}")
    return sverka, ran.out


def with_keys(sverka, portal, *more, run="ok"):
    app = portal.application
    env = {"SVERKA_SECRET_CLIENT_SECRET": app.client_secret}
    return getattr(sverka, run)("connect", "portal", "b24", "--app", "--client-id", app.client_id, *more, env=env)


def come_back(portal_server) -> str:
    portal = portal_server.portal
    portal.application.redirect_uri = "https://hub.example/install/b24/key"
    told = {"client_id": portal.application.client_id, "user_id": 1}
    with httpx2.Client(trust_env=False) as client:
        return client.get(f"{portal_server.url}/oauth/authorize/?{urlencode(told)}").headers["location"]


def installed(portal) -> dict[str, str]:
    pair = portal.tokens()
    return {
        "event": "ONAPPINSTALL",
        "auth[access_token]": pair.access,
        "auth[refresh_token]": pair.refresh,
        "auth[server_endpoint]": portal.settings.auth_endpoint,
        "auth[member_id]": portal.settings.member_id,
        "auth[application_token]": portal.application.application_token,
    }


def test_first_the_form_is_told(entered, portal):
    _, out = entered
    assert "/install/b24/" in out
    assert "Local application" in out
    assert "--client-id" in out
    assert portal.requests == []


def test_without_an_installation_a_link_is_told_and_a_code_ends_it(entered, portal, portal_server):
    sverka, _ = entered
    said = with_keys(sverka, portal, run="fails").out
    assert "/install/b24/" in said
    assert f"/oauth/authorize/?client_id={portal.application.client_id}" in said
    said = with_keys(sverka, portal, "--code", come_back(portal_server)).out
    assert "fields read" in said
    assert "queue of changes" in said
    assert "bells are refused" in said
    assert "/install/b24/" in sverka.ok("connect", "portal", "b24").out
    assert {one.event for one in portal.core.apps.handlers if one.offline} >= {"ONCRMDEALMOVETOCATEGORY"}
    assert portal.application.client_secret not in "".join(sverka.printed)
    sverka.ok("connect", "portal", "b24")


def test_an_installation_that_came_first_ends_it_at_once(entered, portal):
    sverka, out = entered
    path = next(line for line in out.splitlines() if "/install/b24/" in line).strip().partition("/install")
    house = open_house(settings_now())
    try:
        door = TestClient(make_app(house.hub, Nobody()))
        assert door.post(f"/install{path[2]}", data=installed(portal)).status_code == 200
    finally:
        house.close()
    said = with_keys(sverka, portal).out
    assert "fields read" in said
    assert "bells are refused" not in said


def test_tokens_that_died_lead_to_a_new_link(entered, portal, portal_server):
    sverka, _ = entered
    with_keys(sverka, portal, "--code", come_back(portal_server))
    portal.access.tokens.clear()
    assert "/oauth/authorize/?" in sverka.fails("connect", "portal", "b24", "--app").out
    assert "fields read" in with_keys(sverka, portal, "--code", come_back(portal_server)).out


def test_the_token_of_bells_does_not_go_over_to_the_other_way(entered, portal, portal_server):
    sverka, _ = entered
    with_keys(sverka, portal, "--code", come_back(portal_server), "--token", "of-the-app")
    told = sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url)
    assert "address for its notices" in told.out
    sverka.ok("connect", "portal", "b24", "--token", "of-the-webhook")
    url, code = portal_server.url, come_back(portal_server)
    told = with_keys(sverka, portal, "--address", url, "--set", f"auth_server={url}", "--code", code)
    assert "bells are refused" in told.out


def test_what_must_be_given(sverka):
    sverka.ok("init")
    assert "Portal's address is missing" in sverka.fails("connect", "portal", "b24", "--app").err
    said = sverka.fails("connect", "portal", "b24", "--app", "--address", "http://a.bitrix24.ru").err
    assert "https://" in said
    assert "b24" not in sverka.ok("connection", "list").out


def test_a_webhook_takes_its_place_and_removal_forgets_the_tokens(entered, portal, portal_server):
    sverka, _ = entered
    with_keys(sverka, portal, "--code", come_back(portal_server))
    sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url)
    house = open_house(settings_now())
    try:
        assert "portal" not in house.connection("b24").settings
        assert house.storage.vault.get("b24/tokens")
    finally:
        house.close()
    sverka.ok("connection", "remove", "b24")
    house = open_house(settings_now())
    try:
        assert list(house.storage.vault.names()) == []
    finally:
        house.close()
