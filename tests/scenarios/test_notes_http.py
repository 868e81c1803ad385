"""An act that is not a state, told over HTTP: a manager's comment becomes a note of the shop's order, once (K24)."""

from collections.abc import Iterator

import pytest

from support.http_world import SOUVENIRS, WOO, HttpWorld
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.shop.faults import Fault

NOTES = SOUVENIRS + '"comment.manager" = { to = "comments", way = "<-" }\n'


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.apply(NOTES)
        yield world


@pytest.mark.covers("C12")
@pytest.mark.parametrize("fault", [Fault.CLOSED_AFTER_COMMIT, Fault.TRUNCATED])
def test_a_note_without_an_answer_is_looked_for_and_not_added_again(world: HttpWorld, fault: Fault) -> None:
    order = world.order(WOO)
    world.settle()
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"comments": "Call before noon"})
    world.woo.faults.arm(fault, on="POST /orders/{id}/notes")
    world.settle()
    assert Event.DOUBT in world.events(order), "the answer was lost"
    notes = [note["note"] for note in world.woo.store.notes[int(order.id)]]
    assert notes.count("Call before noon") == 1
    world.assert_at_rest()


@pytest.mark.covers("C63")
def test_the_orders_history_stays_whatever_the_hub_writes(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    world.clock.advance(1)
    world.woo.store.add_note(int(order.id), "Called the buyer", False, author="Oleg")
    before = list(world.woo.store.notes[int(order.id)])
    stored = dict(world.woo.store.order(int(order.id)))
    deal = int(world.deal(order)["id"])
    world.portal.edit(DEAL, deal, {"stageId": "WON", "UF_CRM_TRACK": "RB123456789RU"})
    world.settle()
    now = world.woo.store.order(int(order.id))
    assert now["status"] == "completed"
    assert world.woo.store.notes[int(order.id)][: len(before)] == before
    assert now["date_created_gmt"] == stored["date_created_gmt"]
    assert [item["id"] for item in now["line_items"]] == [item["id"] for item in stored["line_items"]]
