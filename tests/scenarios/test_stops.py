"""What stops, for how long, and what lets it go on: floods, losses, pauses, problems that ask for patience."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from support.world import CRM, MAIN, SHOP, START, World, profile
from sverka.domain.errors import Halt, Later, Misconfigured, Problem
from sverka.domain.ids import RecordId
from sverka.domain.mapping.field_mapping import FieldMapping, Way
from sverka.domain.mapping.profile import Brakes, Facet
from sverka.domain.merge.binding import BindingState
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.bells.greet import Rung
from sverka.engine.bells.sweep import sweep
from sverka.ports.backoffice import Look
from sverka.ports.guard import free
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Notice
from sverka.ports.store import Wrote
from sverka.storage import pauses
from sverka.storage.database import read
from sverka.worker import Worker
from sverka.worker.worker import Rhythm


def answer_writes_with(world: World, problem: Any) -> list[int]:
    """Let looks pass, and answer every write with this problem; return how many there were."""
    count = [0]

    def write(writes: Any, guard: Any) -> Any:
        guard()
        count[0] += 1
        return {one.key: problem() for one in writes}

    world.office.write = write  # type: ignore[method-assign]
    return count


def stopped_connections(world: World) -> set[str]:
    return set(read(world.storage._engine, lambda connection: pauses.all_of(connection, "connection")))


def moved_and_rung(world: World, amount: int, **brakes: Any) -> list[Any]:
    """Return bound orders whose status has moved and whose bells have rung, under a profile with these brakes."""
    one = profile()
    world.profiles = [replace(one, brakes=replace(one.brakes, **brakes))]
    orders = [world.order(str(number), phone="") for number in range(amount)]
    for order in orders:
        world.bell(order)
    world.settle()
    for order in orders:
        world.edit_order(order, status="P")
        world.bell(order)
    return orders


@pytest.mark.parametrize("problem", [Later(), Misconfigured(), Halt()])
def test_who_asks_for_patience_gets_it_though_the_change_has_not_landed(world: World, problem: Problem) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, status="P")
    count = answer_writes_with(world, lambda: problem)
    world.bell(order)
    world.wave()
    due = world.storage.due(CRM, world.clock.now())
    assert due is not None
    assert due - world.clock.now() >= timedelta(seconds=29)
    assert world.wave() is None
    assert count == [1]


def test_a_contact_that_is_to_wait_waits_as_long_as_it_is_told(world: World) -> None:
    order = world.order()
    later = Later(after=timedelta(minutes=10))
    world.office.add_customers = lambda new, guard: {one.key: later for one in new}  # type: ignore[method-assign]
    world.bell(order)
    world.wave()
    due = world.storage.due(CRM, world.clock.now())
    assert due is not None
    assert due - world.clock.now() >= timedelta(minutes=9)


def test_a_halt_of_the_portal_stops_the_connection_and_not_the_profile(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, status="P")
    answer_writes_with(world, Halt)
    world.bell(order)
    world.wave()
    assert stopped_connections(world) == {CRM}
    assert world.paused == set()


@pytest.mark.covers("C11")
def test_a_flood_halts_once_and_passes_when_it_is_resumed(world: World) -> None:
    orders = moved_and_rung(world, 6, writes_per_wave=5)
    for _ in range(10):
        world.wave()
        world.clock.sleep(301)
    assert world.paused == {MAIN}
    assert all(world.deal(order)["stageId"] == "NEW" for order in orders)
    assert [line.event for line in world.storage.journal.tail(1000)].count(Event.HALTED) == 1
    world.resume()
    world.settle()
    assert world.paused == set()
    assert all(world.deal(order)["stageId"] == "EXECUTING" for order in orders)


def test_deals_deleted_by_hand_are_released_once_the_halt_is_resumed(world: World) -> None:
    orders = [world.order(str(number), phone="") for number in range(6)]
    for order in orders:
        world.bell(order)
    world.settle()
    for order in orders:
        world.office_bell(world.record_of(order))
        world.office.drop(world.record_of(order))
    world.wave()
    assert world.paused == {MAIN}
    world.resume()
    world.settle()
    assert all(Event.RELEASED in world.events(order) for order in orders)


def test_a_halt_holds_in_the_next_wave_of_the_same_piece_of_work(world: World) -> None:
    moved_and_rung(world, 6, writes_per_wave=3)
    world.hub = replace(world.hub, bound=4)

    def hub() -> Any:  # one piece of work sees one state of the profiles
        profiles = world._applied()
        return replace(world.hub, profiles=lambda: profiles)

    before = world.office.writes
    Worker(hub, lambda: {SHOP: START, CRM: START}, Rhythm(sweep=timedelta(hours=1))).work(CRM)
    assert world.paused == {MAIN}
    assert world.office.writes == before


@pytest.mark.covers("C40", "C61")
def test_one_side_suddenly_empty_halts_before_the_other_is_emptied(world: World) -> None:
    orders = [world.order(str(number), phone="", delivery__track=f"T{number}") for number in range(20)]
    for order in orders:
        world.bell(order)
    world.settle()
    for order in orders:
        record = world.record_of(order)
        world.office.edit(record, {"UF_TRACK": None})
        world.office_bell(record)
    world.wave()
    assert world.paused == {MAIN}
    assert all(world.shop(order)["delivery.track"] for order in orders)
    world.resume()
    world.settle()
    assert not any(world.shop(order)["delivery.track"] for order in orders), "the operator has said that it is meant"


def test_a_stopped_profile_releases_nothing(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.storage.pause(MAIN, JournalLine(world.clock.now(), Event.HALTED, Text("stop", "стоп")))
    world.office_bell(world.record_of(order))
    world.office.drop(world.record_of(order))
    world.wave()
    assert [one.state for one in world.storage.recall([order], START).bindings[order]] == [BindingState.BOUND]


@pytest.mark.covers("C38", "C43")
def test_one_order_that_cannot_be_reckoned_with_fails_alone(world: World) -> None:
    bad = world.order("bad", phone="", price="1E+30")
    good = world.order("good", phone="")
    world.bell(bad)
    world.bell(good)
    world.wave()
    assert world.record_of(good)
    assert world.records_of(bad) == []
    assert any("cannot be reckoned" in line.text.en for line in world.story(bad))


def test_orders_between_connecting_and_the_first_profile_are_found(world: World) -> None:
    applied, world.profiles = world.profiles, []
    order = world.order("1", phone="")
    for profiles in ([], [], applied):
        world.profiles = profiles
        world.clock.sleep(600)
        world.sweep()
        world.settle()
    assert world.record_of(order)


def test_a_quiet_shop_is_not_rung_for_at_every_sweep(world: World) -> None:
    order = world.order()
    rung: Rung = {}
    rings = []
    for _ in range(5):
        rings.append(len(sweep(world.hub, SHOP, START, rung)))
        world.settle()
        world.clock.sleep(300)
    assert rings == [1, 1, 0, 0, 0], "once more, for it may have changed again within its second"
    world.edit_order(order, status="P")
    assert len(sweep(world.hub, SHOP, START, rung)) == 1


def test_sums_of_many_digits_are_no_danger_to_the_wave(world: World) -> None:
    order = world.order("1", phone="", total=Decimal("99999999999999999999999999999.99"))
    world.bell(order)
    world.wave()
    assert world.records_of(order) == []


@pytest.mark.covers("C75")
def test_a_side_that_does_not_answer_is_known_until_it_does(world: World) -> None:
    worker = Worker(lambda: world.hub, lambda: {SHOP: START, CRM: START})
    changed_since = world.store.changed_since

    def deaf(moment: Any) -> Any:
        raise Later

    world.store.changed_since = deaf  # type: ignore[method-assign]
    worker.sweep_once()
    troubled = read(world.storage._engine, lambda connection: pauses.all_of(connection, "trouble"))
    assert set(troubled) == {SHOP}
    world.store.changed_since = changed_since  # type: ignore[method-assign]
    worker.sweep_once()
    assert read(world.storage._engine, lambda connection: pauses.all_of(connection, "trouble")) == {}


def test_what_was_shown_of_an_order_that_is_gone_is_over(world: World) -> None:
    order = world.order(status="X")
    world.ring_and_settle(order)
    assert world.differences(order) == {"status": "unmapped"}
    world.bell(order)
    world.store.drop(order.id)
    world.settle()
    assert world.differences(order) == {}
    assert world.story(order)[-1].text.en == "There is no such order in the store."


def test_a_halt_of_one_facet_stops_the_whole_document_at_once(world: World) -> None:
    invoice = profile("main:invoice", facet=Facet.INVOICE, brakes=Brakes(writes_per_wave=1))
    world.profiles = [profile(facets=(invoice,))]
    orders = [world.order(number, phone="") for number in ("1", "2")]
    for order in orders:
        world.ring_and_settle(order)
        world.edit_order(order, status="P")
        world.bell(order)
    before = world.office.writes
    world.wave()
    assert world.paused == {MAIN}
    assert world.office.writes == before, "the deals of the same document are left alone too"


def test_a_contact_saved_in_one_second_with_a_deal_of_its_number_rings_too(world: World) -> None:
    phone = FieldMapping("phone", "customer.phone", "contact.phone", Way.TO_STORE)
    world.profiles = [profile(mappings=(*profile().mappings, phone))]
    order = world.order("1")
    world.ring_and_settle(order)
    contact, known = RecordId("1"), world.office._contacts
    assert world.office.contacts_of(world.record_of(order)) == (contact,)
    known[contact].changed_at = None
    world.office._records[contact] = world.office._records.pop(world.office.open({}))
    rung: Rung = {}
    sweep(world.hub, CRM, START, rung)
    known[contact].changed_at = world.clock.now()
    assert order in [ring.order for ring in sweep(world.hub, CRM, START, rung)]


def test_a_late_list_of_contacts_does_not_carry_the_sweep_past_deals_saved_meanwhile(world: World) -> None:
    phone = FieldMapping("phone", "customer.phone", "contact.phone", Way.TO_STORE)
    world.profiles = [profile(mappings=(*profile().mappings, phone))]
    order = world.order("1")
    world.ring_and_settle(order)
    record, other = world.record_of(order), world.office.add_contact({})
    list_contacts = world.office.clients_changed_since

    def slowly(moment: datetime | None) -> Iterator[Notice]:
        world.edit_record(record, stageId="EXECUTING")
        world.clock.sleep(600)
        world.office.edit_contact(other, {"contact.name": "Мария"})
        yield from list_contacts(moment)

    world.office.clients_changed_since = slowly  # type: ignore[method-assign]
    sweep(world.hub, CRM, START)
    world.office.clients_changed_since = list_contacts  # type: ignore[method-assign]
    with world.storage._engine.begin() as connection:
        connection.exec_driver_sql("delete from visits")
    assert order in [ring.order for ring in sweep(world.hub, CRM, START)]


def test_a_field_that_cannot_be_written_now_is_tried_ever_more_rarely(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    shown = world.office.look(Look(records=[RecordId(world.record_of(order))]), free).records
    (record,) = (one for one in shown.values() if isinstance(one, Snapshot))
    world.edit_order(order, delivery__track="RR1")
    answer_writes_with(world, lambda: Wrote(record, {"UF_TRACK": Later()}))
    world.bell(order)
    gaps: list[timedelta] = []
    for _ in range(5):
        world.wave()
        due = world.storage.due(CRM, world.clock.now())
        assert due is not None
        gaps.append(due - world.clock.now())
        world.clock.moment = due
    assert gaps == sorted(gaps)
    assert gaps[-1] >= gaps[0] * 8
