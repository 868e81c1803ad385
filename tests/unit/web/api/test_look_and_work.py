"""What the API shows and does is what the commands show and do."""

import pytest
from sqlalchemy.exc import OperationalError

from support.world import CRM, MAIN, SHOP
from sverka.domain.errors import Later
from sverka.domain.ids import ProfileName
from sverka.domain.roles import Role
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.storage.people_tables import audit
from sverka.web.armour import LARGEST_REQUEST


@pytest.fixture
def anna(api):
    api.user("anna", Role.OWNER)
    api.sign_in("anna")
    return api


@pytest.fixture
def differs(anna):
    """An order whose tracking number was changed on both sides."""
    order = anna.world.order()
    anna.world.ring_and_settle(order)
    anna.world.edit_order(order, delivery__track="RB1")
    anna.world.edit_record(anna.world.record_of(order), UF_TRACK="RB2")
    anna.world.ring_and_settle(order)
    return order


def test_connections_are_shown_without_secrets(anna):
    shown = anna.call("GET", "/connections").json()
    assert [(one["name"], one["side"]) for one in shown] == [("crm", "office"), ("shop", "store")]
    assert shown[1]["settings"] == {"url": "https://shop.example/x"}


def test_a_stopped_connection_says_why_and_goes_on(anna):
    why = Text("Refused; connect again.", "Отказ; подключите заново.")
    anna.house.storage.pause_connection(SHOP, JournalLine(anna.world.clock.now(), Event.HALTED, why))
    shown = anna.call("GET", "/connections", headers={"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.8"}).json()
    assert shown[1]["stands_still"] == why.ru
    assert not anna.call("GET", "/status").json()["ok"]
    assert anna.call("POST", "/connections/shop/resume").status_code == 204
    assert anna.call("GET", "/connections").json()[1]["stands_still"] is None
    assert anna.call("POST", "/connections/none/resume").json()["code"] == "misconfigured"


def test_a_connection_is_paused_by_a_person_with_a_line_in_the_audit(anna):
    assert anna.call("POST", "/connections/shop/pause").status_code == 204
    (stopped,) = [one for one in anna.call("GET", "/connections").json() if one["stands_still"]]
    assert (stopped["name"], "Paused by anna" in stopped["stands_still"]) == ("shop", True)
    assert anna.call("POST", "/connections/none/pause").json()["code"] == "misconfigured"
    assert anna.call("POST", "/connections/shop/resume").status_code == 204
    acts = [(one["act"], one["subject"]) for one in anna.call("GET", "/audit").json()]
    assert acts[-2:] == [("connection pause", "connection shop"), ("connection resume", "connection shop")]


def test_sides_are_asked_what_changed_and_one_that_does_not_answer_says_so(anna):
    anna.world.order()
    assert anna.call("POST", "/sweep", json={"connection": "shop"}).json() == [
        {"connection": "shop", "rung": 1, "problem": None}
    ]
    assert anna.woken.offices == [CRM]

    def away(moment):
        raise Later

    anna.world.office.changed_since = away
    told = anna.call("POST", "/sweep", json={}).json()
    assert [(one["connection"], bool(one["problem"])) for one in told] == [("shop", False), ("crm", True)]
    assert anna.call("POST", "/sweep", json={"connection": "none"}).json()["code"] == "misconfigured"


def test_an_order_tells_its_story(differs, anna):
    shown = anna.call("GET", f"/orders/{differs.store}/{differs.id}").json()
    assert [one["record"] for one in shown["bindings"]] == [anna.world.record_of(differs)]
    assert [one["key"] for one in shown["differences"]] == ["track"]
    assert "wrote" in {one["event"] for one in shown["timeline"]}
    assert [one["order"] for one in anna.call("GET", "/orders").json()] == [str(differs)]
    assert anna.call("GET", "/orders?store=other").json() == []
    assert anna.call("GET", "/orders/shop/404").json()["code"] == "not-found"
    assert {one["rule"] for one in anna.call("GET", f"/moves/{differs.store}/{differs.id}").json()} == {"birth"}
    assert anna.call("GET", "/journal?limit=2").json() == shown["timeline"][-2:]


def test_a_conflict_is_answered_in_ones_own_name(differs, anna):
    (found,) = anna.call("GET", "/conflicts?why=conflict").json()
    assert (found["store"], found["office"], found["decided"]) == ("RB1", "RB2", None)
    given = {"orders": [str(differs)], "take": "store", "field": "track"}
    assert anna.call("POST", "/conflicts/answer", json=given).json() == {"answered": 1, "passed_over": 0, "void": []}
    assert anna.woken.offices == [CRM]
    assert anna.call("GET", "/conflicts").json()[0]["decided"] == "store"
    anna.world.settle()
    assert anna.world.deal(differs)["UF_TRACK"] == "RB1"
    assert any("anna decided on `track`" in line.text.en for line in anna.world.story(differs))
    assert anna.call("POST", "/conflicts/answer", json=given).json()["code"] == "misconfigured"


def test_both_sides_may_be_left_as_they_are(differs, anna):
    given = {"orders": [str(differs)], "take": "leave"}
    assert anna.call("POST", "/conflicts/answer", json=given).json()["answered"] == 1
    anna.world.settle()
    assert anna.world.deal(differs)["UF_TRACK"] == "RB2"
    assert [one["why"] for one in anna.call("GET", "/conflicts").json()] == ["kept"]


def test_an_order_is_looked_at_when_asked(anna):
    order = anna.world.order()
    assert anna.call("POST", "/sync", json={"orders": [str(order)]}).json() == {"visits": 1}
    assert anna.woken.offices == [CRM]
    anna.world.settle()
    assert anna.world.records_of(order)
    unknown = anna.call("POST", "/sync", json={"orders": ["other/1"]}).json()
    assert (unknown["code"], "shop" in unknown["text"]) == ("misconfigured", True)
    assert anna.call("POST", "/sync", json={"orders": ["nothing"]}).json()["code"] == "misconfigured"


def test_profiles_are_listed_and_stopped(anna):
    anna.house.storage.profiles.apply(MAIN, "document = 1", 10, "boris")
    shown = anna.call("GET", "/profiles").json()
    assert shown == [{"name": "main", "priority": 10, "version": 1, "active": True, "paused": None}]
    assert anna.call("GET", "/profiles/main").json()["document"] == "document = 1"
    assert [one["author"] for one in anna.call("GET", "/profiles/main/versions").json()] == ["boris"]
    assert anna.call("POST", "/profiles/main/pause").status_code == 204
    assert "anna" in anna.call("GET", "/profiles").json()[0]["paused"]
    assert anna.call("POST", "/profiles/main/resume").json() == {"rung": 0}
    assert anna.call("GET", "/profiles").json()[0]["paused"] is None
    assert anna.call("POST", "/profiles/none/pause").json()["code"] == "misconfigured"


def test_a_bad_document_is_told_line_by_line_and_not_applied(anna):
    document = 'schema = 1\nprofile = "print"\nstore = "shop"\nportal = "crm"\nnonsense = 1\n'
    checked = anna.call("POST", "/profiles/check", json={"document": document}).json()
    assert not checked["can_be_applied"]
    assert any("nonsense" in one["where"] and one["line"] == 5 for one in checked["complaints"])
    for path in ("apply", "preview"):
        refused = anna.call("POST", f"/profiles/{path}", json={"document": document}).json()
        assert (refused["code"], "nonsense" in refused["text"]) == ("misconfigured", True)
    assert anna.house.storage.profiles.get(ProfileName("print")) is None


def test_users_and_tokens_are_governed_and_every_act_is_kept(anna):
    new = {"name": "boris", "role": "viewer", "password": "a long enough one"}
    assert anna.call("POST", "/users", json=new).status_code == 201
    assert anna.call("POST", "/users", json=new).json()["code"] == "misconfigured"
    assert anna.call("POST", "/users", json={**new, "name": "Boris B"}).json()["code"] == "misconfigured"
    assert anna.call("PUT", "/users/boris/role", json={"role": "operator"}).status_code == 204
    assert anna.call("PUT", "/users/boris/password", json={"password": "another long one"}).status_code == 204
    token = {"user": "boris", "label": "script", "role": "viewer"}
    secret = anna.call("POST", "/tokens", json=token).json()["token"]
    assert anna.call("POST", "/tokens", json=token).json()["code"] == "misconfigured"
    assert [(one["user"], one["label"]) for one in anna.call("GET", "/tokens").json()] == [("boris", "script")]
    assert anna.call("DELETE", "/tokens/boris/script").status_code == 204
    assert anna.call("DELETE", "/users/anna").json()["code"] == "misconfigured", "the only owner"
    assert anna.call("DELETE", "/users/boris").status_code == 204
    assert [one["name"] for one in anna.call("GET", "/users").json()] == ["anna"]
    acts = anna.call("GET", "/audit?who=anna").json()
    assert [(one["act"], one["subject"], one["before"], one["after"]) for one in acts] == [
        ("user add", "user boris", "", "viewer"),
        ("user role", "user boris", "viewer", "operator"),
        ("user password", "user boris", "", ""),
        ("token add", "token boris/script", "", "viewer until 2026-05-30"),
        ("token remove", "token boris/script", "", ""),
        ("user remove", "user boris", "operator", ""),
    ]
    with anna.world.storage._engine.connect() as connection:
        kept = str(connection.execute(audit.select()).all())
    assert all(one not in kept for one in (secret, "a long enough one", "another long one"))


@pytest.mark.parametrize(
    ("wished", "language"),
    [("", "en"), ("ru", "ru"), ("de, ru;q=0.5, en;q=0.4", "ru"), ("ru;q=0, en", "en"), ("x;q=y", "en")],
)
def test_a_problem_is_told_in_the_language_asked_for_with_the_next_step(api, wished, language):
    answer = api.client.get("/api/v1/me", headers={"Accept-Language": wished})
    assert answer.json().keys() == {"code", "text", "next"}
    assert answer.json()["next"] == {"en": "Sign in.", "ru": "Войдите."}[language]


def test_what_breaks_says_so_in_the_same_shape(anna, monkeypatch):
    def breaks(error):
        def work(*_: object, **__: object):
            raise error

        return work

    monkeypatch.setattr(anna.house.storage.journal, "tail", breaks(OperationalError("SELECT secret", {}, ValueError())))
    answer = anna.call("GET", "/journal")
    assert (answer.status_code, answer.json()["code"]) == (503, "storage")
    assert "secret" not in answer.text
    monkeypatch.setattr(anna.house.storage.journal, "tail", breaks(Later()))
    answer = anna.call("GET", "/journal")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "later", "30")
    monkeypatch.setattr(anna.house.storage.journal, "tail", breaks(RuntimeError("hunter2")))
    with pytest.raises(RuntimeError):
        anna.call("GET", "/journal")
    anna.client._transport.raise_server_exceptions = False
    answer = anna.call("GET", "/journal")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert "hunter2" not in answer.text
    assert anna.call("GET", "/nothing").json()["code"] == "not-found"
    assert (anna.call("POST", "/journal").status_code, anna.call("POST", "/journal").json()["code"]) == (405, "not-so")


def test_a_request_too_large_is_refused_before_it_is_read(anna):
    large = anna.call("POST", "/profiles/check", content=b'{"document": "' + b"x" * LARGEST_REQUEST + b'"}')
    assert (large.status_code, large.json()["code"]) == (413, "not-so")

    def pieces():
        for _ in range(LARGEST_REQUEST // 65536 + 1):
            yield b" " * 65536

    assert anna.call("POST", "/profiles/check", content=pieces()).status_code == 413


def test_every_answer_tells_browsers_what_they_may_not(anna):
    for path in ("/api/v1/me", "/api/v1/nothing", "/health", "/nothing"):
        headers = anna.client.get(path).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers
