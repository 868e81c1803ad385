"""A portal at its worst, at each step of a birth: in the end there is one deal an order and one contact a buyer."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.http_world import HttpWorld
from sverka.ports.journal import Event

PLACES = {
    "look": "crm.duplicate.findbycomm",
    "contact": "crm.item.add",
    "deal": "crm.item.productrow.set",
}
"""A method that only the request of that step carries, or that it carries first."""

FAULTS: dict[str, dict[str, Any]] = {
    "a page with 503": {"kind": "html", "status": 503},
    "a page with 403": {"kind": "html", "status": 403},
    "a page with 200": {"kind": "html", "status": 200},
    "a page with 429": {"kind": "html", "status": 429},
    "half an answer": {"kind": "truncate"},
    "busy for a moment": {"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "times": 2},
    "busy for long": {"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "times": 4},
    "too many requests": {"kind": "error", "status": 429, "code": "QUERY_LIMIT_EXCEEDED", "times": 4},
    "computing time used up": {"kind": "error", "status": 429, "code": "OPERATION_TIME_LIMIT"},
    "an error of its own": {"kind": "error", "status": 500, "code": "INTERNAL_SERVER_ERROR"},
    "credentials refused": {"kind": "error", "status": 401, "code": "INVALID_CREDENTIALS"},
    "a redirect": {"kind": "redirect", "location": "https://renamed.example.test/rest/"},
    "closed after the write": {"kind": "close"},
    "closed before the write": {"kind": "drop"},
}

UNSURE = {"a page with 503", "a page with 200", "half an answer", "an error of its own", "closed after the write",
          "closed before the write"}  # fmt: skip
"""Faults after which it is not known whether the request was carried out."""


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[HttpWorld]:
    with HttpWorld(**getattr(request, "param", {})) as world:
        yield world


def clear_up(world: HttpWorld) -> None:
    """Let the weather clear, operators do what they are asked to, and the hub come to rest."""
    world.settle()
    world.portal.faults.clear()
    world.resume()
    world.settle()


@pytest.mark.covers("R166", "R9", "C3", "C8", "C35")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_one_deal_and_one_contact_whatever_the_portal_does(world: HttpWorld, fault: str, place: str) -> None:
    world.fault(method=PLACES[place], **FAULTS[fault])
    order = world.order()
    world.wave()
    assert any(line.fault for line in world.portal.requests), "the fault was met"
    clear_up(world)
    world.assert_in_step(order)
    if fault in UNSURE and place == "deal":
        assert Event.DOUBT in world.events(order)


@pytest.mark.covers("R137", "C6", "C10")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", ["closed after the write", "a page with 503", "a page with 200", "half an answer"])
def test_several_orders_of_one_buyer_and_of_others_meet_it_together(world: HttpWorld, fault: str, place: str) -> None:
    world.fault(method=PLACES[place], **FAULTS[fault])
    orders = [world.order(buyer=number) for number in (1, 1, 2, 3)]
    world.wave()
    orders += [world.order(buyer=number) for number in (1, 2)]
    clear_up(world)
    world.assert_in_step(*orders, buyers=3)


@pytest.mark.parametrize("world", [{"read_timeout": 0.4}], indirect=True)
@pytest.mark.parametrize("place", PLACES)
def test_an_answer_slower_than_anybody_waits(world: HttpWorld, place: str) -> None:
    world.fault("slow", PLACES[place], seconds=0.9)
    order = world.order()
    world.wave()
    clear_up(world)
    world.assert_in_step(order)


@pytest.mark.covers("C3", "C6", "C8")
@pytest.mark.parametrize("place", ["look", "contact", "deal"])
@pytest.mark.parametrize("fault", [None, "closed after the write", "half an answer", "a page with 503"])
def test_a_search_that_finds_late(world: HttpWorld, fault: str | None, place: str) -> None:
    world.portal.settings.lag_seconds = 30
    if fault:
        world.fault(method=PLACES[place], **FAULTS[fault])
    orders = [world.order(buyer=1)]
    world.wave()
    orders += [world.order(buyer=1), world.order(buyer=2)]
    clear_up(world)
    world.assert_in_step(*orders, buyers=2)


@pytest.mark.parametrize("done", [0, 2, 4])
def test_a_batch_cut_between_its_commands(world: HttpWorld, done: int) -> None:
    world.fault("close", PLACES["deal"], commands=done)
    orders = [world.order(), world.order()]
    world.wave()
    clear_up(world)
    world.assert_in_step(*orders)


@pytest.mark.parametrize("done", [1, 3])
def test_a_batch_cut_between_a_deal_and_its_rows(world: HttpWorld, done: int) -> None:
    world.fault("close", PLACES["deal"], commands=done)
    orders = [world.order(), world.order()]
    world.wave()
    clear_up(world)
    world.assert_in_step(*orders)


@pytest.mark.parametrize("done", [0, 1])
def test_contacts_cut_between_two_commands(world: HttpWorld, done: int) -> None:
    world.fault("close", PLACES["contact"], commands=done)
    orders = [world.order(), world.order()]
    world.wave()
    clear_up(world)
    world.assert_in_step(*orders)


@pytest.mark.parametrize("method", ["crm.item.list", "crm.duplicate.findbycomm", "crm.item.fields"])
def test_a_refused_command_of_the_look_makes_nothing_twice(world: HttpWorld, method: str) -> None:
    world.fault("refuse", method, status=400, code="ERROR_CORE", description="Internal error")
    order = world.order()
    world.wave()
    clear_up(world)
    world.assert_in_step(order)


@pytest.mark.covers("C38")
def test_a_refused_contact_holds_its_order_and_no_deal_is_made_without_it(world: HttpWorld) -> None:
    world.fault("refuse", "crm.item.add", keys=("c0",), status=400, code="ERROR_CORE", description="Wrong phone")
    held, fine = world.order(), world.order()
    world.wave()
    clear_up(world)
    assert (world.deals(held), world.contacts) == ([], 1)
    assert world.differences(held) == {"customer": "refused"}
    assert world.deal(fine)
    world.storage.differences.retry(held)
    world.ring(held)
    world.settle()
    world.assert_in_step(held, fine)


@pytest.mark.covers("C38", "C43")
def test_a_refused_deal_holds_its_order_and_spoils_no_other(world: HttpWorld) -> None:
    held, fine = world.order(buyer=1), world.order(buyer=1)
    world.fault(
        "refuse", "crm.item.productrow.set", keys=("c0",), status=400, code="ERROR_CORE", description="No such stage."
    )
    world.wave()
    assert (world.deals(held), world.differences(held)) == ([], {"record": "refused"})
    assert world.deal(fine)
    clear_up(world)
    assert world.deals(held) == [], "the same record is not sent again by itself"
    world.storage.differences.retry(held)
    world.ring(held)
    world.settle()
    world.assert_in_step(held, fine, buyers=1)


def test_refused_rows_are_held_and_the_deal_stays(world: HttpWorld) -> None:
    world.fault("refuse", "crm.item.productrow.set", status=400, code="ERROR_CORE", description="No such measure.")
    order = world.order()
    world.wave()
    world.settle()
    assert world.differences(order) == {"lines": "refused"}
    assert world.deal(order)["stageId"] == "C2:NEW"
    world.storage.differences.retry(order)
    world.ring(order)
    world.settle()
    world.assert_in_step(order)


CHANGES: dict[str, dict[str, Any]] = {name: {**FAULTS[name], "method": "crm.item.update"} for name in FAULTS}


@pytest.mark.parametrize("fault", CHANGES)
def test_a_change_of_a_deal_lands_once(world: HttpWorld, fault: str) -> None:
    order = world.order()
    world.settle()
    world.fault(method="crm.item.update", **FAULTS[fault])
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.wave()
    clear_up(world)
    world.assert_in_step(order)
    assert world.deal(order)["stageId"] == "C2:EXECUTING"
    moves = [move.stage_id for move in world.portal.core.state.history]
    assert moves == ["C2:NEW", "C2:EXECUTING"]


@pytest.mark.covers("R166", "C47")
def test_a_storm_of_everything_together(world: HttpWorld) -> None:
    for fault in FAULTS.values():
        world.fault(**fault)
    orders = [world.order(buyer=number % 3 + 1) for number in range(6)]
    for _ in range(20):
        world.settle()
        world.resume()
    world.assert_in_step(*orders, buyers=3)


@pytest.mark.parametrize("place", PLACES)
def test_a_portal_that_moved_stops_its_connection_and_no_profile(world: HttpWorld, place: str) -> None:
    world.fault(method=PLACES[place], **FAULTS["a redirect"])
    world.order()
    world.wave()
    assert world.stopped("connection") == {"portal"}
    assert world.stopped("profile") == set()


@pytest.mark.covers("C72", "C75")
def test_lost_credentials_stop_the_connection_and_the_sentence_says_what_to_do(world: HttpWorld) -> None:
    world.fault(method=PLACES["look"], **FAULTS["credentials refused"])
    world.order()
    world.wave()
    assert world.stopped("connection") == {"portal"}
    (line,) = [line for line in world.storage.journal.tail(20) if line.event is Event.HALTED]
    assert "sverka connect" in line.text.en
    assert world.portal.settings.code not in f"{line.text.en} {line.text.ru}"
