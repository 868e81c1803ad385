"""The hub's numbers, as Prometheus reads them."""

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from support.watching import house_of
from support.world import CRM, START, World
from sverka.bootstrap import House
from sverka.domain.errors import AuthLost, Misconfigured
from sverka.operate.metrics import WINDOW, exposition
from sverka.ports.journal import Event, JournalLine
from sverka.ports.watch import counts
from sverka.web.metrics import metrics_route

TOKEN = "a-token-of-some-length"


@pytest.fixture
def world() -> Iterator[World]:
    counts.take()
    world = World()
    yield world
    world.close()


@pytest.fixture
def house(world: World) -> House:
    return house_of(world)


def scraped(house: House) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the samples by name and label values, as a scraper takes them."""
    house.storage.tallies.keep(counts)
    app = Starlette(routes=[metrics_route(lambda: exposition(house), TOKEN)])
    with TestClient(app) as client:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        for one in family.samples:
            found.setdefault(one.name, {})[tuple(one.labels[key] for key in sorted(one.labels))] = one.value
    return found


def test_state_is_that_of_the_storage(world: World, house: House) -> None:
    world.bell(world.order("1"))
    world.bell(world.order("2"))
    world.clock.sleep(90)
    found = scraped(house)
    assert found["sverka_lag_seconds"] == {("crm",): 90}
    assert found["sverka_backlog"][("live", "crm")] == 2
    assert found["sverka_backlog"][("sweep", "crm")] == 0
    assert found["sverka_stopped"] == {("crm", "connection"): 0, ("shop", "connection"): 0}
    world.settle()
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    found = scraped(house)
    assert found["sverka_lag_seconds"] == {("crm",): 0}
    assert found["sverka_bound_records"] == {(): 2}
    assert found["sverka_stopped"][("crm", "connection")] == 1


def test_events_add_up_over_processes_and_restarts(world: World, house: House) -> None:
    order = world.order("1")
    world.ring_and_settle(order)
    first = scraped(house)
    assert first["sverka_bells_total"] == {("shop", "taken"): 1}
    assert first["sverka_writes_total"][("create_record", "crm", "done")] == 1
    assert first["sverka_waves_total"][("crm", "done")] >= 1
    assert scraped(house) == first, "nothing has happened since"
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    second = scraped(house)
    assert second["sverka_bells_total"] == {("shop", "taken"): 2}
    assert second["sverka_writes_total"][("patch_record", "crm", "done")] == 1
    assert second["sverka_visits_total"][("crm",)] > first["sverka_visits_total"][("crm",)]


def test_what_differs_is_told_by_reason(world: World, house: House) -> None:
    order = world.order("1")
    world.ring_and_settle(order)
    world.edit_order(order, delivery__track="A")
    world.edit_record(world.record_of(order), UF_TRACK="B")
    world.ring_and_settle(order)
    found = scraped(house)
    assert found["sverka_differences"][("conflict",)] == 1
    assert found["sverka_differences"][("refused",)] == 0
    assert found["sverka_held_total"] == {("crm", "conflict"): 1}


def test_computing_time_is_what_the_portal_told_last_and_not_long_ago(world: World, house: House) -> None:
    counts.tell("operating_seconds", 3.5, connection="crm", method="crm.item.list")
    counts.tell("operating_seconds", 4.5, connection="crm", method="crm.item.list")
    assert scraped(house)["sverka_operating_seconds"] == {("crm", "crm.item.list"): 4.5}
    world.clock.sleep(WINDOW.total_seconds() + 1)
    assert "sverka_operating_seconds" not in scraped(house)


def test_without_the_token_it_is_not_there() -> None:
    with TestClient(Starlette(routes=[metrics_route(lambda: b"numbers", TOKEN)])) as client:
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            answer = client.get("/metrics", headers=given)
            assert (answer.status_code, answer.text) == (404, "not found")
    with pytest.raises(Misconfigured, match="SVERKA_METRICS_FILE"):
        metrics_route(lambda: b"", "short")
