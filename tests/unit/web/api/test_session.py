"""Signing in and out: what a session is, what ends it, and what another site cannot do with it."""

import pytest
from structlog.testing import capture_logs

from support.api_world import NOBODY, PASSWORD, api_world
from sverka.domain.roles import Role
from sverka.operate import people


@pytest.fixture
def anna(api):
    api.user("anna", Role.OWNER)
    assert api.sign_in("anna").status_code == 200
    return api


def test_whoever_signs_in_is_told_who_he_is_and_what_he_may(anna):
    me = anna.call("GET", "/me").json()
    assert (me["name"], me["role"], me["may"]) == ("anna", "owner", ["configure", "govern", "own", "see", "work"])
    assert me["csrf"] == anna.csrf


def test_a_name_is_the_same_in_capitals(api):
    api.user("anna", Role.OWNER)
    assert api.sign_in(" Anna").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("anna", "\x00")])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(api, name, password):
    api.user("anna", Role.OWNER)
    answer = api.sign_in(name, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-let-in")
    assert answer.json() == api.sign_in("somebody", "else").json()
    assert "set-cookie" not in answer.headers


def test_an_unknown_name_takes_as_long_as_a_wrong_password(api, monkeypatch):
    """What takes the time is argon2: it is asked once either way."""
    api.user("anna", Role.OWNER)
    asked = []

    class Counting:
        def verify(self, kept, password):
            asked.append(kept.split("$")[:4])
            raise people.VerificationError

    monkeypatch.setattr(people, "_HASHER", Counting())
    api.sign_in("anna", "wrong")
    api.sign_in("nobody", "wrong")
    assert len(asked) == 2
    assert asked[0] == asked[1], "the same algorithm with the same cost"


def test_a_refusal_is_logged_without_what_was_typed(api):
    with capture_logs() as lines:
        api.sign_in("my-password-by-mistake", "wrong")
    assert lines == [{"event": "sign-in refused", "log_level": "warning", "address": "testclient"}]


def test_a_password_costs_what_owasp_asks_at_least():
    kept = people.hashed("anna", PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_cookie_is_kept_from_scripts_and_other_sites(api):
    api.user("anna", Role.OWNER)
    cookie = api.sign_in("anna").headers["set-cookie"].lower()
    assert cookie.startswith("sverka=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


def test_under_https_the_cookie_never_goes_by_plain_http():
    with api_world("https://hub.example") as api:
        api.user("anna", Role.OWNER)
        answer = api.sign_in("anna")
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("__host-sverka=")
        assert "; secure" in cookie
        assert "path=/;" in cookie
        assert "domain" not in cookie
        assert answer.headers["strict-transport-security"]
        assert api.call("GET", "/me").status_code == 200


def test_a_change_needs_the_token_another_site_cannot_read(anna):
    for csrf in ("", "0" * 64, "é"):
        answer = anna.client.post("/api/v1/sync", json={"orders": ["shop/1"]}, headers={"X-CSRF-Token": csrf.encode()})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert anna.call("POST", "/sync", json={"orders": ["shop/1"]}).status_code == 202


def test_another_site_cannot_sign_a_person_in(api):
    api.user("anna", Role.OWNER)
    given = {"name": "anna", "password": PASSWORD}
    foreign = api.client.post("/api/v1/session", json=given, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    form = api.client.post("/api/v1/session", data=given)
    plain = api.client.post("/api/v1/session", content=b'{"name":"anna"}', headers={"Content-Type": "text/plain"})
    assert (form.status_code, plain.status_code) == (422, 422)


def test_signing_out_ends_the_session_on_the_server_too(anna):
    cookie = dict(anna.client.cookies)
    assert anna.call("DELETE", "/session").status_code == 204
    assert not anna.client.cookies
    anna.client.cookies.update(cookie)
    assert anna.call("GET", "/me").status_code == 401


def test_a_session_runs_out(anna):
    anna.world.clock.sleep(people.SESSION.total_seconds() - 1)
    assert anna.call("GET", "/me").status_code == 200
    anna.world.clock.sleep(1)
    assert anna.call("GET", "/me").status_code == 401


@pytest.mark.parametrize("end", ["password", "removal"])
def test_a_new_password_and_a_removal_end_every_session(anna, end):
    anna.user("boris", Role.OWNER)
    if end == "password":
        people.set_password(anna.house, NOBODY, "anna", "another long one")
    else:
        people.remove_user(anna.house, NOBODY, "anna")
    assert anna.call("GET", "/me").status_code == 401


def test_a_lower_role_counts_at_once(anna):
    anna.user("boris", Role.OWNER)
    people.set_role(anna.house, NOBODY, "anna", Role.VIEWER)
    assert anna.call("GET", "/users").status_code == 403


def test_one_changes_ones_own_password_by_the_present_one(anna):
    wrong = anna.call("PUT", "/me/password", json={"old": "wrong", "new": "another long one"})
    assert wrong.status_code == 403
    short = anna.call("PUT", "/me/password", json={"old": PASSWORD, "new": "short"})
    assert (short.status_code, short.json()["code"]) == (409, "misconfigured")
    assert anna.call("PUT", "/me/password", json={"old": PASSWORD, "new": "another long one"}).status_code == 204
    assert anna.call("GET", "/me").status_code == 401
    assert anna.sign_in("anna").status_code == 401
    assert anna.sign_in("anna", "another long one").status_code == 200


def test_a_token_lets_a_program_in_until_its_day(api):
    api.user("anna", Role.OWNER)
    headers = api.token("anna", Role.VIEWER)
    assert api.client.get("/api/v1/status", headers=headers).status_code == 200
    refused = api.client.post("/api/v1/sync", json={"orders": ["shop/1"]}, headers=headers)
    assert refused.status_code == 403, "a viewer's token, though its user is an owner"
    api.world.clock.sleep(30 * 86400)
    assert api.client.get("/api/v1/status", headers=headers).status_code == 401


def test_a_token_may_no_more_than_its_user(api):
    api.user("anna", Role.OWNER)
    api.user("boris", Role.VIEWER)
    headers = api.token("boris", Role.OWNER)
    assert api.client.get("/api/v1/users", headers=headers).status_code == 403


def test_a_sessions_secret_is_no_token_and_a_token_no_cookie(anna):
    secret = anna.client.cookies["sverka"]
    token = anna.token("anna", Role.OWNER)["Authorization"].removeprefix("Bearer ")
    anna.client.cookies.clear()
    assert anna.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert anna.client.get("/api/v1/me", headers={"Cookie": f"sverka={token}"}).status_code == 401
    assert anna.client.get("/api/v1/me", headers={"Authorization": f"Basic {token}"}).status_code == 401
    assert anna.client.get("/api/v1/me", headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_no_secret_of_a_person_stands_in_the_database(anna):
    with anna.world.storage._engine.connect() as connection:
        kept = str([connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("passes", "users")])
    assert anna.client.cookies["sverka"] not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


def test_whoever_tries_too_often_is_told_to_wait(api):
    api.user("anna", Role.OWNER)
    codes = [api.sign_in("anna", "wrong").status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    answer = api.sign_in("anna")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-tries")
    assert answer.headers["retry-after"] == "30"
    api.world.clock.sleep(30)
    assert api.sign_in("anna").status_code == 200


def test_one_name_is_not_tried_from_many_addresses_for_ever(api):
    api.user("anna", Role.OWNER)
    wrong = [people.NotLetIn, people.TooManyTries]
    met = []
    for number in range(31):
        with pytest.raises(tuple(wrong)) as caught:
            people.sign_in(api.house, "anna", "wrong", f"10.0.0.{number}")
        met.append(caught.type)
    assert met == [people.NotLetIn] * 30 + [people.TooManyTries]
