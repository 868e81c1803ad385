"""Logging in to an application, and the life of its tokens."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from sverka.sandbox.portal import Fault, PortalServer
from sverka.sandbox.tls import Authority


@pytest.fixture
def application(portal):
    return portal.add_application("Shop", redirect_uri="https://shop.example/back?a=1", scopes=("crm", "user"))


@pytest.fixture
def ask(server, client):
    """Ask the authorisation server and give status and body."""

    def call(**params):
        answer = client.get(f"{server.url}/oauth/token/", params=params)
        return answer.status_code, answer.json()

    return call


@pytest.fixture
def log_in(server, client, application):
    """Log an employee in and give what the application is sent."""

    def call(user_id=1):
        params = {"client_id": application.client_id, "state": "s 1", "user_id": user_id}
        answer = client.get(f"{server.url}/oauth/authorize/", params=params)
        assert answer.status_code == 302
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    return call


def keys(application):
    return {"client_id": application.client_id, "client_secret": application.client_secret}


def first(ask, application, log_in):
    return ask(grant_type="authorization_code", code=log_in()["code"], **keys(application))


def renew(ask, application, token):
    return ask(grant_type="refresh_token", refresh_token=token, **keys(application))


def test_the_way_back(server, portal, log_in):
    back = log_in()
    host = urlsplit(server.url).netloc
    assert len(back.pop("code")) == 32
    assert back == {
        "a": "1",
        "state": "s 1",
        "domain": host,
        "member_id": portal.settings.member_id,
        "scope": "crm,user",
        "server_domain": host,
    }


def test_the_tokens_lead_back_to_where_the_portal_is_served(server, client, ask, portal, application, log_in, clock):
    status, body = first(ask, application, log_in)
    assert status == 200
    assert {key: value for key, value in body.items() if not key.endswith("_token")} == {
        "client_endpoint": f"{server.url}/rest/",
        "server_endpoint": f"{server.url}/rest/",
        "domain": urlsplit(server.url).netloc,
        "expires": int(clock.now().timestamp()) + 3600,
        "expires_in": 3600,
        "member_id": portal.settings.member_id,
        "scope": "crm,user",
        "status": "L",
        "user_id": 1,
    }
    info = client.get(f"{body['server_endpoint']}app.info/", params={"auth": body["access_token"]}).json()["result"]
    assert (info["client_id"], info["CODE"], info["INSTALLED"]) == (application.client_id, application.client_id, True)
    assert info["install"]["member_id"] == portal.settings.member_id


def test_a_code_opens_once_and_for_half_a_minute(ask, portal, application, log_in):
    code = log_in()["code"]
    assert ask(grant_type="authorization_code", code=code, **keys(application))[0] == 200
    assert ask(grant_type="authorization_code", code=code, **keys(application))[1]["error"] == "invalid_grant"
    code = log_in()["code"]
    portal.advance(30)
    status, body = ask(grant_type="authorization_code", code=code, **keys(application))
    assert (status, body["error"]) == (400, "invalid_grant")


def test_an_access_token_lives_an_hour_and_is_renewed_once(server, client, ask, portal, application, log_in):
    old = first(ask, application, log_in)[1]

    def profile(token):
        answer = client.post(f"{server.url}/rest/profile", json={"auth": token})
        return answer.status_code, answer.json().get("error")

    assert profile(old["access_token"]) == (200, None)
    portal.advance(3600)
    assert profile(old["access_token"]) == (401, "expired_token")
    new = renew(ask, application, old["refresh_token"])[1]
    assert profile(new["access_token"]) == (200, None)
    assert renew(ask, application, old["refresh_token"])[1]["error"] == "invalid_grant"
    portal.advance(180 * 24 * 3600)
    assert renew(ask, application, new["refresh_token"])[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"code": ""}, 400, "invalid_request"),
        ({"client_secret": "wrong"}, 400, "invalid_client"),
        ({"client_id": "local.none"}, 400, "invalid_client"),
        ({"code": "none"}, 400, "invalid_grant"),
        ({"scope": "crm,task"}, 403, "invalid_scope"),
    ],
)
def test_what_opens_nothing(ask, application, log_in, change, status, error):
    good = keys(application) | {"grant_type": "authorization_code", "code": log_in()["code"]}
    refused = ask(**good | change)
    assert (refused[0], refused[1]["error"]) == (status, error)
    assert ask(**good)[0] == 200


def test_a_grant_of_another_application(ask, portal, log_in):
    status, body = ask(grant_type="authorization_code", code=log_in()["code"], **keys(portal.application))
    assert (status, body["error"]) == (200, "wrong_client")


def test_an_application_that_has_not_paid(ask, portal, application, log_in):
    portal.settings.app_unpaid = True
    assert first(ask, application, log_in)[1]["error"] == "PAYMENT_REQUIRED"


def test_a_broken_authorisation_server(server, client, portal):
    portal.fault(Fault("html", method="oauth.token", status=500))
    assert client.post(f"{server.url}/oauth/token/").headers["content-type"].startswith("text/html")
    assert [line.fault for line in portal.requests] == ["html"]


def test_a_dismissed_employee(server, client, ask, portal, application, log_in):
    pair = portal.tokens(application, user_id=6)
    code = portal.add_webhook(6)
    portal.dismiss(6)
    assert renew(ask, application, pair.refresh)[1]["error"] == "invalid_grant"
    assert client.get(f"{server.url}/rest/profile", params={"auth": pair.access}).json()["error"] == "NO_AUTH_FOUND"
    assert client.get(f"{server.url}/rest/6/{code}/profile").json()["error"] == "INVALID_CREDENTIALS"


def test_where_a_token_may_stand(server, client, portal):
    token = portal.tokens().access
    url = f"{server.url}/rest/profile"
    for answer in (
        client.get(url, params={"access_token": token}),
        client.post(url, data={"auth": token}),
        client.post(f"{url}.json", headers={"Authorization": f"Bearer {token}"}),
    ):
        assert answer.json()["result"]["ID"] == "1"


def test_a_token_opens_only_its_application_s_scopes(portal, server, client, application):
    token = portal.tokens(application).access
    answer = client.post(f"{server.url}/rest/sale.order.list", json={"auth": token})
    assert answer.status_code in (403, 404)
    assert portal.call_as(portal.as_application(application=application), "scope").result == ["crm", "user"]


def test_unknown_applications_get_a_page_of_the_portal(server, client, application):
    answer = client.get(f"{server.url}/oauth/authorize/", params={"client_id": "none"})
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    choice = client.get(f"{server.url}/oauth/authorize/", params={"client_id": application.client_id}).text
    assert "user_id=6" in choice


def test_over_tls(portal, client):
    authority = Authority()
    try:
        with PortalServer(portal, authority=authority) as server:
            assert portal.settings.client_endpoint == f"{server.url}/rest/"
            assert portal.settings.client_endpoint.startswith("https://127.0.0.1:")
    finally:
        authority.close()


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"condition": "unpaid"}, 403, "ACCESS_DENIED"),
        ({"condition": "deleted"}, 500, "PORTAL_DELETED"),
        ({"condition": "overloaded"}, 503, "OVERLOAD_LIMIT"),
        ({"https_required": True}, 400, "INVALID_REQUEST"),
    ],
)
def test_portals_that_do_not_answer(portal, rest, change, status, error):
    for name, value in change.items():
        setattr(portal.settings, name, value)
    refused = rest("profile")
    assert (refused[0], refused[1]["error"]) == (status, error)
