from __future__ import annotations

import httpx2
import pytest

TOO_MANY = {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}


def statuses(rest, count):
    return [rest("profile")[0] for _ in range(count)]


def test_the_52nd_request_of_a_burst_is_refused(rest, clock):
    assert statuses(rest, 51) == [200] * 51
    assert rest("profile") == (503, TOO_MANY)
    clock.advance(1)
    assert statuses(rest, 3) == [200, 200, 503]


def test_an_enterprise_has_a_wider_bucket(rest, portal):
    portal.settings.plan = "enterprise"
    assert statuses(rest, 252) == [200] * 251 + [503]


def test_a_box_has_none(rest, portal):
    portal.settings.plan = "box"
    assert statuses(rest, 60) == [200] * 60


def test_a_batch_is_one_request(rest, portal):
    cmd = {f"c{number}": "profile" for number in range(50)}
    assert rest("batch", {"cmd": cmd})[0] == 200
    assert (portal.counters.requests, portal.counters.commands, portal.counters.writes) == (1, 50, 0)
    assert statuses(rest, 51) == [200] * 50 + [503]


def test_operating_blocks_one_method_until_its_baskets_drop(rest, portal, clock):
    portal.settings.costs["crm.deal.add"] = 240
    for total in (240, 480):
        status, body = rest("crm.deal.add", {"fields": {}})
        assert (status, body["time"]["operating"]) == (200, total)
    reset_at = body["time"]["operating_reset_at"]
    assert reset_at == int(clock.now().timestamp()) // 60 * 60 + 600
    status, body = rest("crm.deal.add", {"fields": {}})
    text = "Method is blocked due to operation time limit"
    assert (status, body) == (429, {"error": "OPERATION_TIME_LIMIT", "error_description": text})
    assert rest("crm.deal.list")[0] == 200
    inner = rest("batch", {"cmd": {"c0": "crm.deal.add?fields[TITLE]=x", "c1": "profile"}})[1]["result"]
    assert inner["result_error"]["c0"]["error"] == "OPERATION_TIME_LIMIT"
    assert set(inner["result"]) == {"c1"}
    clock.advance(reset_at - clock.now().timestamp() - 1)
    assert rest("crm.deal.add", {"fields": {}})[0] == 429
    clock.advance(1)
    assert rest("crm.deal.add", {"fields": {}})[0] == 200


def test_commands_of_a_batch_cost_their_own_method(rest, portal):
    portal.settings.costs["crm.deal.add"] = 1.5
    inner = rest("batch", {"cmd": {"a": "crm.deal.add?fields[TITLE]=x", "b": "crm.deal.add?fields[TITLE]=x"}})[1]
    assert inner["result"]["result_time"]["b"]["operating"] == 3.0
    assert inner["time"]["operating"] == 0
    assert portal.requests[-1].cost == pytest.approx(3.0)


def test_a_batch_that_takes_over_a_minute_is_cut_off_and_what_it_did_stays_done(portal, server):
    portal.settings.costs["crm.deal.add"] = 25
    cmd = {f"c{number}": "crm.deal.add?fields[TITLE]=x" for number in range(5)}
    answer = httpx2.post(f"{server.webhook_url}batch", json={"cmd": cmd}, trust_env=False)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (504, "text/html")
    assert len(portal.core.state.items[2]) == 3
    portal.settings.plan = "box"
    assert httpx2.post(f"{server.webhook_url}batch", json={"cmd": cmd}, trust_env=False).status_code == 200
