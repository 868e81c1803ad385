"""Events an application is told of, from its installation to its end."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def run(portal):
    """Call a method through an application and give its result."""

    def call(method, user_id=1, application=None, **params):
        return portal.call_as(portal.as_application(user_id, application), method, params).result

    return call


@pytest.fixture
def bound(run, listener):
    """Bind events to the listener through the portal's own application."""

    def bind(*events, **more):
        for event in events:
            run("event.bind", event=event, handler=listener.url, **more)

    return bind


def heard(portal, listener):
    assert portal.flush()
    return [dict(parse_qsl(body)) for body in listener.bodies]


def test_an_application_s_event_brings_the_actor_s_token(portal, listener, bound):
    bound("onCrmDealAdd")
    deal = portal.create(2, {}, user_id=6)
    (body,) = heard(portal, listener)
    auth = {key: value for key, value in body.items() if key.startswith("auth")}
    assert portal.access.by_token(auth.pop("auth[access_token]")).user_id == 6
    assert auth.pop("auth[application_token]") == portal.application.application_token
    assert auth.pop("auth[expires]").isdigit()
    assert auth == {
        "auth[domain]": "sandbox.bitrix24.ru",
        "auth[client_endpoint]": "https://sandbox.bitrix24.ru/rest/",
        "auth[server_endpoint]": "https://oauth.bitrix24.tech/rest/",
        "auth[member_id]": portal.settings.member_id,
        "auth[scope]": portal.application.scope,
        "auth[status]": "L",
        "auth[expires_in]": "3600",
        "auth[user_id]": "6",
    }
    assert (body["event"], body["data[FIELDS][ID]"]) == ("ONCRMDEALADD", str(deal))


def test_a_robot_has_no_token_unless_one_was_named(portal, listener, bound):
    portal.add_robot("NEW", "PREPARATION", user_id=6)
    deal = portal.create(2, {"stageId": "EXECUTING"})
    bound("ONCRMDEALUPDATE")
    bound("ONCRMDEALUPDATE", auth_type=9)
    portal.move_stage(deal, "NEW")
    users = [body.get("auth[user_id]") for body in heard(portal, listener)]
    assert sorted(users, key=str) == ["6", "9", "9", None]


def test_what_only_applications_hear(portal, listener, bound):
    portal.subscribe(listener.url, ["ONCRMDEALMOVETOCATEGORY"])
    bound("ONCRMDEALMOVETOCATEGORY")
    deal = portal.create(2, {})
    portal.move_stage(deal, "C2:NEW")
    bodies = heard(portal, listener)
    assert [body["data[FIELDS][CATEGORY_ID]"] for body in bodies] == ["2"]
    assert [line.application for line in portal.events.log] == [portal.application.client_id]


def test_binding_is_checked(portal, run, listener):
    def refused(status, code, user_id=1, **params):
        with pytest.raises(RestError) as caught:
            run("event.bind", user_id, **params)
        assert (caught.value.status, caught.value.code) == (status, code)

    refused(400, "ERROR_EVENT_NOT_FOUND", event="ONNOTHING", handler=listener.url)
    refused(400, "ERROR_ARGUMENT", event="ONCRMDEALADD")
    refused(400, "ERROR_UNSUPPORTED_PROTOCOL", event="ONCRMDEALADD", handler="ftp://x/")
    refused(403, "ACCESS_DENIED", user_id=6, event="ONCRMDEALADD", handler=listener.url, auth_type=9)
    refused(403, "ACCESS_DENIED", user_id=6, event="ONCRMDEALADD", event_type="offline")
    run("event.bind", event="ONCRMDEALADD", handler=listener.url)
    refused(400, "ERROR_CORE", event="oncrmdealadd", handler=listener.url)
    run("event.bind", 6, event="ONCRMDEALADD", handler=listener.url)
    assert [line["auth_type"] for line in run("event.get")] == ["0", "6"]
    assert [line["auth_type"] for line in run("event.get", 6)] == ["6"]
    assert run("event.unbind", event="ONCRMDEALADD", handler=listener.url, auth_type=0) == {"count": 1}
    assert run("event.unbind", event="ONCRMDEALADD", handler=listener.url) == {"count": 1}
    assert run("event.get") == []


def test_each_application_has_its_own(portal, run, listener, bound):
    other = portal.add_application("Other", scopes=("sale",))
    bound("ONAPPTEST", "ONCRMDEALADD")
    assert run("event.get", application=other) == []
    assert "ONCRMDEALADD" not in run("events", application=other)
    assert "ONCRMDEALADD" in run("events", application=other, FULL="Y")
    run("event.test", application=other, any="theirs")
    run("event.test", any={"deep": ["data"]})
    (body,) = heard(portal, listener)
    assert body["data[QUERY][any][deep][0]"] == "data"


def test_an_application_without_pages_is_told_at_once(portal, listener):
    application = portal.add_application("Plain", handler=listener.url, scopes=("crm",))
    (body,) = heard(portal, listener)
    assert (body["event"], body["data[VERSION]"], body["data[INSTALLED]"]) == ("ONAPPINSTALL", "1", "Y")
    assert body["auth[application_token]"] == application.application_token
    assert body["auth[refresh_token]"] in portal.access.refreshes


def test_nothing_is_told_before_the_installer_has_finished(portal, run, listener):
    application = portal.add_application("Pages", handler="https://shop.example/", ui=True)
    for event in ("ONCRMDEALADD", "ONAPPINSTALL"):
        run("event.bind", application=application, event=event, handler=listener.url)
    portal.create(2, {})
    assert run("app.info", application=application)["INSTALLED"] is False
    with pytest.raises(RestError, match="user_access_error"):
        portal.access.by_token(portal.tokens(application, 6).access)
    portal.finish_install(application)
    portal.create(2, {})
    assert [body["event"] for body in heard(portal, listener)] == ["ONAPPINSTALL", "ONCRMDEALADD"]


def test_update_and_removal_take_the_handlers(portal, run, listener, bound):
    bound("ONAPPUPDATE", "ONAPPUNINSTALL", "ONCRMDEALADD")
    old = portal.application.application_token
    portal.update_application(portal.application)
    assert run("event.get") == []
    bound("ONAPPUNINSTALL", "ONCRMDEALADD")
    token = portal.tokens().access
    portal.remove_application(portal.application, clean=True)
    portal.create(2, {})
    update, removal = heard(portal, listener)
    assert (update["data[VERSION]"], update["data[PREVIOUS_VERSION]"]) == ("2", "1")
    assert update["auth[application_token]"] != old
    assert removal["data[CLEAN]"] == "1"
    assert "auth[access_token]" not in removal
    with pytest.raises(RestError, match="invalid_token"):
        portal.access.by_token(token)


def test_a_share_is_lost_by_seed(portal, listener, bound):
    def lost(seed):
        portal.reset_counters()
        portal.events.switches.seed = seed
        for _ in range(40):
            portal.create(2, {})
        assert portal.flush()
        return sum(line.outcome == "dropped" for line in portal.events.log)

    bound("ONCRMDEALADD")
    portal.events.switches.drop_percent = 50
    assert 8 < lost(1) < 32
    portal.events.switches.drop_percent = 0
    assert lost(1) == 0


def test_a_shuffled_burst_arrives_whole_but_not_in_order(portal, listener, bound):
    bound("ONCRMDEALADD")
    portal.events.switches.reorder = True
    made = [str(portal.create(2, {})) for _ in range(30)]
    came = [body["data[FIELDS][ID]"] for body in heard(portal, listener)]
    assert came != made
    assert sorted(came) == sorted(made)


def test_options_are_the_application_s_and_the_employee_s(portal, run):
    other = portal.add_application("Other")
    run("app.option.set", options={"a": "1"})
    run("app.option.set", options={"b": "2"})
    run("user.option.set", 6, options={"c": "3"})
    assert run("app.option.get") == {"a": "1", "b": "2"}
    assert run("app.option.get", option="b") == "2"
    assert (run("app.option.get", option="none"), run("app.option.get", application=other)) == (None, [])
    assert (run("user.option.get", 6), run("user.option.get")) == ({"c": "3"}, [])
    with pytest.raises(RestError, match="AccessException"):
        run("app.option.set", 6, options={"a": "2"})


def test_rights_and_plan(portal, run):
    assert (run("user.admin"), run("user.admin", 6)) == (True, False)
    assert (run("user.access", 6, ACCESS=["U6"]), run("user.access", 6, ACCESS=["U9"])) == (True, False)
    assert set(run("access.name", ACCESS=["AU", "U6", "Z"])) == {"AU", "U6"}
    assert run("feature.get", CODE="rest_auth_connector") == {"value": "Y"}
    portal.settings.plan = "basic"
    assert run("feature.get", CODE="rest_auth_connector") == {"value": "N"}
    with pytest.raises(RestError, match="CODE_EMPTY"):
        run("feature.get", CODE="")


def test_the_list_of_methods(portal, run):
    narrow = portal.add_application("Narrow", scopes=("sale",))
    assert "crm.deal.add" not in run("methods", application=narrow)
    assert "crm.deal.add" in run("methods", application=narrow, full="Y")
    assert {"profile", "event.bind"} <= set(run("methods", scope="")) < set(run("methods", full="Y"))
