"""Places of the portal's pages in which applications show themselves."""

from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError

TAB = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": "https://shop.example/tab"}


@pytest.fixture
def run(portal):
    """Call a method through an application and give its result."""

    def call(method, params, user_id=1, application=None):
        return portal.call_as(portal.as_application(user_id, application), method, params).result

    return call


@pytest.mark.parametrize(
    ("params", "status", "code", "argument"),
    [
        ({}, 200, "ERROR_ARGUMENT", "PLACEMENT"),
        ({"PLACEMENT": "CRM_DEAL_DETAIL_TAB"}, 200, "ERROR_ARGUMENT", "HANDLER"),
        ({"PLACEMENT": ["x"]}, 200, "ERROR_ARGUMENT", "PLACEMENT"),
        (TAB | {"USER_ID": 6}, 200, "ERROR_PLACEMENT_USER_MODE", None),
        (TAB | {"PLACEMENT": "PAGE_BACKGROUND_WORKER"}, 200, "EMPTY_ERROR_HANDLER_URL", None),
        (TAB | {"PLACEMENT": "NOWHERE"}, 400, "ERROR_PLACEMENT_NOT_FOUND", None),
        (TAB | {"HANDLER": "shop"}, 400, "ERROR_UNSUPPORTED_PROTOCOL", None),
    ],
)
def test_refusals_over_http(server, client, portal, params, status, code, argument):
    answer = client.post(f"{server.url}/rest/placement.bind", json=params | {"auth": portal.tokens().access})
    body = answer.json()
    assert (answer.status_code, body["error"], body.get("argument")) == (status, code, argument)


def test_what_is_bound(portal, run):
    texts = {"LANG_ALL": {"ru": {"TITLE": "Заказ"}, "en": {"TITLE": "Order", "GROUP_NAME": "Shop"}}}
    assert run("placement.bind", TAB | texts) is True
    with pytest.raises(RestError, match="already binded"):
        run("placement.bind", TAB)
    (line,) = run("placement.get", {})
    assert (line["placement"], line["handler"], line["userId"]) == (TAB["PLACEMENT"], TAB["HANDLER"], 0)
    assert line["title"] == "Заказ"
    assert line["langAll"]["en"] == {"TITLE": "Order", "DESCRIPTION": "", "GROUP_NAME": "Shop"}
    assert line["options"] == []
    assert run("placement.unbind", {"PLACEMENT": "CRM_DEAL_DETAIL_TAB"}) == {"count": 2}
    assert run("placement.get", {}) == []


def test_a_deep_link_is_bound_once(run):
    link = TAB | {"PLACEMENT": "REST_APP_URI"}
    run("placement.bind", link)
    with pytest.raises(RestError, match="ERROR_PLACEMENT_MAX_COUNT"):
        run("placement.bind", link | {"HANDLER": "https://shop.example/other"})


def test_scopes_and_rights(portal, run):
    narrow = portal.add_application("Narrow", scopes=("placement",))
    assert "CRM_DEAL_DETAIL_TAB" not in run("placement.list", {}, application=narrow)
    assert "CRM_DEAL_DETAIL_TAB" in run("placement.list", {"SCOPE": "crm"}, application=narrow)
    with pytest.raises(RestError, match="ERROR_PLACEMENT_NOT_FOUND"):
        run("placement.bind", TAB, application=narrow)
    with pytest.raises(RestError, match="ACCESS_DENIED"):
        run("placement.bind", TAB, user_id=6)
