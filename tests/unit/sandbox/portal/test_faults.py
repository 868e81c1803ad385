from __future__ import annotations

import time

import httpx2
import pytest

from sverka.sandbox.portal import Fault

ADD = {"entityTypeId": 2, "fields": {"title": "x"}}
BATCH = {"cmd": {"a": "crm.deal.add?fields[TITLE]=a", "b": "crm.deal.add?fields[TITLE]=b", "c": "profile"}}


@pytest.fixture
def post(server, client):
    return lambda method, params: client.post(f"{server.webhook_url}{method}", json=params)


def deals(portal):
    return len(portal.core.state.items[2])


@pytest.mark.parametrize("status", [503, 403])
def test_a_page_instead_of_json(portal, post, status):
    portal.fault(Fault("html", times=2, status=status))
    for _ in range(2):
        answer = post("crm.item.add", ADD)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert post("crm.item.add", ADD).status_code == 200
    assert deals(portal) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(503, "QUERY_LIMIT_EXCEEDED"), (429, "OPERATION_TIME_LIMIT"), (401, "expired_token")]
)
def test_an_error_instead_of_an_answer(portal, post, status, code):
    portal.fault(Fault("error", status=status, code=code, description="no"))
    answer = post("crm.item.add", ADD)
    assert (answer.status_code, answer.json()) == (status, {"error": code, "error_description": "no"})
    assert deals(portal) == 0


def test_a_renamed_portal(portal, post):
    portal.fault(Fault("redirect", location="https://new.bitrix24.ru/rest/"))
    answer = post("profile", {})
    assert (answer.status_code, answer.headers["location"]) == (302, "https://new.bitrix24.ru/rest/")


def test_an_answer_lost_after_the_write(portal, post):
    portal.fault(Fault("close"))
    with pytest.raises(httpx2.TransportError):
        post("crm.item.add", ADD)
    assert deals(portal) == 1
    assert post("crm.item.add", ADD).json()["result"]["item"]["id"] == 2


def test_a_request_lost_on_its_way(portal, post):
    portal.fault(Fault("drop"))
    with pytest.raises(httpx2.TransportError):
        post("crm.item.add", ADD)
    assert deals(portal) == 0


@pytest.mark.parametrize(("commands", "ran"), [(None, 2), (1, 1), (0, 0)])
def test_a_batch_cut_in_the_middle(portal, post, commands, ran):
    portal.fault(Fault("close", commands=commands))
    with pytest.raises(httpx2.TransportError):
        post("batch", BATCH)
    assert deals(portal) == ran


def test_half_of_an_answer(portal, post):
    portal.fault(Fault("truncate"))
    with pytest.raises(httpx2.TransportError):
        post("crm.item.add", ADD)
    assert deals(portal) == 1


def test_half_of_an_answer_arrives(portal, server, client):
    portal.fault(Fault("truncate"))
    with client.stream("POST", f"{server.webhook_url}profile", json={}) as answer:
        assert answer.status_code == 200
        chunks = answer.iter_raw()
        received = next(chunks)
        with pytest.raises(httpx2.TransportError):
            list(chunks)
    assert received.startswith(b'{"result": {')


def test_a_slow_answer(portal, post):
    portal.fault(Fault("slow", seconds=0.3))
    begun = time.monotonic()
    assert post("profile", {}).status_code == 200
    assert time.monotonic() - begun >= 0.3


def test_a_fault_waits_for_its_method(portal, post):
    portal.fault(Fault("error", method="crm.deal.*"))
    assert post("profile", {}).status_code == 200
    assert post("batch", BATCH).status_code == 503
    assert post("batch", BATCH).status_code == 200


def test_refused_commands(portal, post):
    portal.fault(Fault("refuse", keys=("b",), status=400, code="ACCESS_DENIED", description="no"))
    assert post("profile", {}).status_code == 200
    inner = post("batch", BATCH).json()["result"]
    assert inner["result_error"] == {"b": {"error": "ACCESS_DENIED", "error_description": "no"}}
    assert set(inner["result"]) == {"a", "c"}
    portal.fault(Fault("refuse", method="crm.deal.add"))
    assert set(post("batch", BATCH).json()["result"]["result_error"]) == {"a", "b"}
    portal.fault(Fault("refuse", method="crm.deal.add", status=400, code="X"))
    assert post("crm.deal.add", {"fields": {}}).status_code == 400
    assert deals(portal) == 1


def test_faults_are_told_in_the_log_and_called_off(portal, post):
    portal.fault(Fault("error"))
    post("batch", BATCH)
    line = portal.requests[-1]
    assert (line.method, line.commands, line.status, line.fault) == ("batch", 3, 503, "error")
    portal.fault(Fault("error", times=9))
    portal.faults.clear()
    assert post("profile", {}).status_code == 200
    with pytest.raises(ValueError, match="choose from"):
        portal.fault(Fault("nonsense"))


def _struck(portal, faults, asked, method="profile"):
    """Return which of so many requests were struck, as a text of dots and stars."""
    portal.faults.clear()
    for fault in faults:
        portal.fault(fault)
    return "".join("*" if portal.faults.take([method], set()) else "." for _ in range(asked))


def test_chance_comes_from_the_seed(portal):
    chance = Fault("error", percent=30)
    portal.faults.seed(1)
    first = _struck(portal, [chance], 400)
    assert 80 < first.count("*") < 160
    portal.faults.seed(1)
    assert _struck(portal, [chance], 400) == first
    portal.faults.seed(2)
    assert _struck(portal, [chance], 400) != first


def test_another_rule_does_not_change_the_chance_of_the_first(portal):
    portal.faults.seed(1)
    alone = _struck(portal, [Fault("error", percent=30)], 50)
    portal.faults.seed(1)
    assert _struck(portal, [Fault("error", percent=30), Fault("html", percent=50, method="crm.*")], 50) == alone


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        (Fault("error"), "*....."),
        (Fault("error", times=2), "**...."),
        (Fault("error", after=2), "..*..."),
        (Fault("error", after=1, times=3), ".***.."),
        (Fault("error", percent=100), "******"),
        (Fault("error", percent=100, times=2), "**...."),
        (Fault("error", percent=0), "......"),
        (Fault("error", after=1, method="crm.*"), "......"),
    ],
)
def test_faults_by_count(portal, fault, struck):
    assert _struck(portal, [fault], 6) == struck


def test_faults_by_time(portal, clock):
    portal.fault(Fault("error", percent=100, since_seconds=60, until_seconds=120))
    seen = ""
    for _ in range(5):
        seen += "*" if portal.faults.take(["profile"], set()) else "."
        clock.advance(30)
    assert seen == "..***"
    clock.advance(1)
    assert portal.faults.take(["profile"], set()) is None
    assert portal.faults.waiting() == []


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_lies_between_none_and_all(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        Fault("error", percent=percent)
