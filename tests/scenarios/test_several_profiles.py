"""One order under several profiles, and many new orders at once: nobody's record is lost, nobody's is doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from support.world import CRM, SHOP, START, World, fates, mappings, profile
from sverka.connectors.in_memory import MemoryOffice
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.errors import Later, Unanswered
from sverka.domain.ids import OfficeName, OrderRef
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.engine.bells.sweep import sweep
from sverka.engine.wave import run_wave
from sverka.ports.storage import IntentKind, Lane, Ring

ALSO = Route((), also=True)


def test_a_second_profile_has_its_record_once_its_map_is_mended(world: World) -> None:
    half = StatusMap((StatusRow("P", ("EXECUTING",)),))
    broken = tuple(replace(one, converter=half) if one.key == "status" else one for one in mappings())
    world.profiles = [profile("one"), profile("two", route=ALSO, mappings=broken)]
    order = world.order()
    world.ring_and_settle(order)
    assert len(world.records_of(order)) == 1
    world.profiles = [profile("one"), profile("two", route=ALSO)]
    world.ring_and_settle(order)
    assert len(world.records_of(order)) == 2


@pytest.mark.covers("R7")
def test_a_second_profile_has_its_record_though_the_portal_was_busy(world: World) -> None:
    world.profiles = [profile("one"), profile("two", route=ALSO)]
    order = world.order()
    write = world.office.write

    def busy_once(writes: Sequence[Any], guard: Any) -> Mapping[int, Any]:
        world.office.write = write  # type: ignore[method-assign]
        return {**write(writes[:1], guard), **{one.key: Later() for one in writes[1:]}}

    world.office.write = busy_once  # type: ignore[method-assign]
    world.ring_and_settle(order)
    assert len(world.records_of(order)) == 2


@pytest.mark.parametrize("moves_route", [True, False])
def test_an_order_put_off_for_the_next_wave_is_not_made_twice(world: World, *, moves_route: bool) -> None:
    world.hub = replace(world.hub, bound=1, quiet=10)
    world.profiles = [profile("one", route=Route((Condition("status", any_of=("N",)),))), profile("two")]
    doubtful = world.order("a", phone="")
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    sweep(world.hub, SHOP, START)
    world.wave()
    assert len(world.records_of(doubtful)) == 1
    world.clock.sleep(600)
    other = world.order("b", phone="")
    world.storage.ring([Ring(other, CRM, START, Lane.SWEEP, "sweep")])
    if moves_route:
        world.edit_order(doubtful, status="P")
    world.wave()
    if not world.storage.recall([doubtful], START).bindings:
        kinds = [intent.kind for intent in world.storage.recall([doubtful], START).intents]
        assert kinds == [IntentKind.CREATE_RECORD], "an intent is closed only by who has looked"
    world.settle()
    assert len(world.records_of(doubtful)) == 1


def test_a_good_field_of_one_binding_is_not_held_for_anothers_bad_one(world: World) -> None:
    without_track = tuple(one for one in mappings() if one.key != "track")
    without_status = tuple(one for one in mappings() if one.key != "status")
    world.profiles = [profile("one", mappings=without_track), profile("two", mappings=without_status, route=ALSO)]
    order = world.order()
    world.ring_and_settle(order)
    records = {origin.profile: record for record, origin in world.office.records().items() if origin}
    world.store.refuses.add(("delivery.track", "BAD"))
    world.edit_record(records["one"], stageId="EXECUTING")  # type: ignore[index]
    world.edit_record(records["two"], UF_TRACK="BAD")  # type: ignore[index]
    for record in records.values():
        world.office_bell(record)
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.differences(order) == {"track": "refused"}


def test_a_good_field_survives_a_repeat_that_was_put_off(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.refuses.add(("UF_TRACK", "BAD"))
    world.edit_order(order, delivery__track="BAD", status="P")
    write, calls = world.office.write, [0]

    def busy_for_the_good_one(writes: Sequence[Any], guard: Any) -> Mapping[int, Any]:
        calls[0] += 1
        if calls[0] in (2, 3) and "stageId" in writes[0].fields:
            return {one.key: Later() for one in writes}
        return write(writes, guard)

    world.office.write = busy_for_the_good_one  # type: ignore[method-assign]
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"


def test_a_renamed_company_is_known_by_the_hub(world: World) -> None:
    world.ring_and_settle(world.order("1", company__name="ООО Ромашка"))
    before = len(world.office.contacts())
    for contact in world.office._contacts.values():
        contact.keys = tuple(key for key in contact.keys if key.kind != "company")
    world.ring_and_settle(world.order("2", company__name="ООО Ромашка"))
    assert len(world.office.contacts()) == before


def test_a_company_in_doubt_is_not_made_by_the_next_order(world: World) -> None:
    add, first = world.office.add_customers, [True]

    def lost_once(new: Sequence[Any], guard: Any) -> Mapping[int, Any]:
        if first.pop() if first else False:
            return {one.key: Unanswered() for one in new}
        return add(new, guard)

    world.office.add_customers = lost_once  # type: ignore[method-assign]
    for number in ("1", "2"):
        order: OrderRef = world.order(number, phone="", company__name="ООО Ромашка")
        world.bell(order)
        world.wave()
    assert world.office.contacts() == {}
    world.settle()
    assert len(world.office.contacts()) == 1


def test_an_operators_retry_while_a_wave_looks_is_not_undone(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.refuses.add(("UF_TRACK", "T1"))
    world.edit_order(order, delivery__track="T1")
    world.ring_and_settle(order)
    world.office.refuses.clear()
    look = world.office.look

    def retried_meanwhile(ask: Any, guard: Any) -> Any:
        world.office.look = look  # type: ignore[method-assign]
        seen = look(ask, guard)
        world.storage.differences.retry(order)
        world.bell(order)
        return seen

    world.office.look = retried_meanwhile  # type: ignore[method-assign]
    world.ring_and_settle(order)
    assert world.deal(order)["UF_TRACK"] == "T1"


@pytest.mark.covers("R4", "R6", "R7", "R36", "R288", "C70")
def test_one_store_and_two_portals(world: World) -> None:
    """Each portal asks its own profiles; a manager's move in one reaches the order, and by it the other portal."""
    second = OfficeName("crm-2")
    other = MemoryOffice(world.clock)
    world.hub = replace(world.hub, offices={**world.hub.offices, second: other})
    there = [replace(profile("also-there"), office=second), replace(profile("never"), office=second)]
    world.profiles = [profile("one"), *there]
    order = world.order()
    world.bell(order)

    def settle() -> None:
        for _ in range(20):
            due = [moment for name in (CRM, second) if (moment := world.storage.due(name, world.clock.now()))]
            if not due:
                return
            world.clock.moment = max(world.clock.moment, min(due))
            for name in (CRM, second):
                run_wave(world.hub, name)

    settle()
    names = [origin.profile for office in (world.office, other) for origin in office.records().values() if origin]
    assert names == ["one", "also-there"]
    world.edit_record(world.record_of(order), stageId="EXECUTING")
    world.office_bell(world.record_of(order))
    settle()
    assert world.shop(order)["status"] == "P"
    assert [other.show(record)["stageId"] for record in other.records()] == ["EXECUTING"]
