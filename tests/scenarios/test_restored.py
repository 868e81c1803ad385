"""The database came back from a backup while both sides had moved on (K20)."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.by_hand import lost, made_of, opened, orders, rung
from support.world import CRM, MAIN, SHOP, World, fates, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Brakes, NewOrder
from sverka.domain.mapping.routing import Route
from sverka.domain.merge.binding import BindingState, Pair
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.engine.bells.sweep import sweep
from sverka.engine.by_hand.preview import preview
from sverka.engine.by_hand.restore import restore
from sverka.ports.journal import Event, JournalLine
from sverka.storage.sql_storage import open_storage

SECOND = ProfileName("second")
NOBODY = {"customer": "waiting"}
"""What is shown of an order that tells nothing its buyer could be known by."""


class Restorable(World):
    """A world whose database is a file that can be copied aside and put back."""

    def __init__(self, folder: Path) -> None:
        self.file, self.copy = folder / "hub.db", folder / "copy.db"
        super().__init__(f"sqlite:///{self.file}")

    def order(
        self, number: str = "1", *, price: str = "100.00", phone: str = "+79990000001", **more: Value
    ) -> OrderRef:
        return super().order(number, price=price, phone=phone, **{"order__created_at": self.clock.now(), **more})

    def back_up(self) -> None:
        with closing(sqlite3.connect(self.file)) as here, closing(sqlite3.connect(self.copy)) as there:
            here.backup(there)

    def put_back(self) -> int:
        """Do what a person does: stop the hub, put the copy in its place, and run `sverka restored`."""
        self.storage.close()
        for tail in ("-wal", "-shm"):
            Path(f"{self.file}{tail}").unlink(missing_ok=True)
        shutil.copy(self.copy, self.file)
        self.clock.sleep(3600)
        self.storage = open_storage(f"sqlite:///{self.file}", self.clock)
        self.hub = replace(self.hub, storage=self.storage)
        return restore(self.storage, [CRM], self.clock.now(), self.hub.terms, 0)

    def find_all(self) -> None:
        """Sweep the shop from its beginning, as far back as any watermark of the backup could reach."""
        sweep(self.hub, SHOP, self.clock.now() - timedelta(days=30))
        self.settle()

    def wanted(self, order: OrderRef, *profiles: ProfileName) -> None:
        """Do what `sverka order sync --recreate` does."""
        line = JournalLine(self.clock.now(), Event.APPLIED, Text("anew", "заново"), order)
        self.storage.make_anew(order, line, [(OfficeName(CRM), one, Kind.DEAL) for one in profiles])
        self.ring_and_settle(order)

    def states(self, order: OrderRef) -> dict[str, BindingState]:
        return {one.profile: one.state for one in self.storage.recall([order], self.clock.now()).bindings[order]}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Restorable]:
    world = Restorable(tmp_path)
    yield world
    world.close()


def test_equal_values_are_agreed_on_in_silence_and_the_hub_works_on(world: Restorable) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.back_up()
    world.edit_order(order, status="P", delivery__track="T-1")
    world.ring_and_settle(order)
    assert world.put_back() == 1
    before = world.office.writes, world.store.writes
    world.settle()
    assert world.differences(order) == {}
    assert (world.office.writes, world.store.writes) == before
    world.edit_order(order, status="F")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "WON"


def test_what_differs_is_asked_about_and_nothing_is_overwritten(world: Restorable) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, delivery__track="T-old")
    world.ring_and_settle(order)
    world.back_up()
    world.edit_order(order, status="P", delivery__track="T-new")
    world.ring_and_settle(order)
    # The hub is down. By the backup's memory the shop alone has moved the track, and the deal alone the stage.
    world.edit_record(world.record_of(order), stageId="WON", UF_TRACK="T-old")
    world.put_back()
    world.settle()
    assert world.differences(order) == {"status": "conflict", "track": "conflict"}
    assert world.shop(order)["delivery.track"] == "T-new"
    assert world.shop(order)["status"] == "P"
    assert world.deal(order)["stageId"] == "WON"
    answer = Decision(Side.OFFICE, Pair("P", "WON"))
    assert world.storage.differences.decide(order, MAIN, "status", answer)
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == "F"


def test_a_decision_given_before_the_backup_is_not_carried_out_after_it(world: Restorable) -> None:
    order = world.order(delivery__track="T-1")
    world.ring_and_settle(order)
    world.edit_order(order, delivery__track="T-2")
    world.edit_record(world.record_of(order), UF_TRACK="T-3")
    world.ring_and_settle(order)
    assert world.storage.differences.decide(order, MAIN, "track", Decision(Side.STORE, Pair("T-2", "T-3")))
    world.back_up()
    world.put_back()
    world.settle()
    assert world.deal(order)["UF_TRACK"] == "T-3"
    assert world.differences(order) == {"track": "conflict"}


def test_a_record_made_after_the_backup_is_found_and_not_doubled(world: Restorable) -> None:
    world.back_up()
    order = world.order()
    world.ring_and_settle(order)
    world.put_back()
    world.find_all()
    assert len(world.records_of(order)) == 1
    assert len(world.office.contacts()) == 1
    assert world.differences(order) == {}
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"


def test_an_older_order_without_a_record_is_listed_and_made_when_an_operator_says_so(world: Restorable) -> None:
    world.back_up()
    order = world.order()
    world.ring_and_settle(order)
    world.office.drop(world.record_of(order))
    world.put_back()
    world.edit_order(order, status="P")
    for _ in range(2):
        world.find_all()
        world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"record": "waiting"}
    [shown] = world.storage.differences.list(order)
    assert f"sverka order sync {order} --recreate" in shown.difference.text.en
    assert f"sverka order sync {order} --recreate" in shown.difference.text.ru
    world.wanted(order, MAIN)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {}


def test_an_order_that_says_not_when_it_was_placed_goes_by_its_last_change(world: Restorable) -> None:
    world.back_up()
    order = world.order(order__created_at=None)
    world.put_back()
    world.ring_and_settle(order)
    assert world.differences(order) == {"record": "waiting"}
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"


def test_an_order_placed_after_the_restore_is_made_as_ever(world: Restorable) -> None:
    world.back_up()
    world.put_back()
    world.clock.sleep(1)
    order = world.order()
    world.ring_and_settle(order)
    assert world.record_of(order)


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE])
def test_a_birth_in_doubt_at_the_backup_is_looked_up_and_never_doubled(world: Restorable, fate: Fate) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, fate)
    world.wave()
    world.back_up()
    world.settle()
    made = world.records_of(order)
    assert len(made) == 1
    world.put_back()
    world.settle()
    assert world.records_of(order) == made
    assert world.differences(order) == NOBODY


def test_a_birth_in_doubt_that_never_landed_is_made_though_its_order_is_old(world: Restorable) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_BEFORE)
    world.wave()
    world.back_up()
    world.put_back()
    world.settle()
    assert len(world.records_of(order)) == 1


def test_what_a_birth_had_sent_before_the_backup_proves_nothing_after_it(world: Restorable) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    world.back_up()
    world.settle()
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    # A manager takes it back, to the very stage that it was born with.
    world.edit_record(world.record_of(order), stageId="NEW")
    world.put_back()
    world.settle()
    assert world.deal(order)["stageId"] == "NEW"
    assert world.differences(order) == {"status": "conflict", **NOBODY}


def test_a_patch_in_doubt_at_the_backup_proves_nothing_after_it(world: Restorable) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, status="P")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_BEFORE)
    world.wave()
    world.back_up()
    world.settle()
    world.edit_order(order, status="F")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "WON"
    # A manager takes it back, to the very stage that the patch of the backup had sent.
    world.edit_record(world.record_of(order), stageId="EXECUTING")
    world.put_back()
    world.settle()
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {"status": "conflict"}


def test_nothing_is_sent_before_the_silence_is_over(world: Restorable) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.back_up()
    world.put_back()
    requests = world.office.weather.requests
    world.bell(order)
    world.clock.sleep(world.hub.terms.doubt.total_seconds() - 1)
    assert world.wave() is None
    assert world.office.weather.requests == requests
    world.clock.sleep(1)
    assert world.wave() is not None


def test_of_several_profiles_only_the_one_without_its_record_is_listed(world: Restorable) -> None:
    second = profile(SECOND, route=Route((), also=True))
    world.profiles = [profile(), second]
    world.back_up()
    order = world.order()
    world.ring_and_settle(order)
    by_profile = {str(origin.profile): id_ for id_, origin in world.office.records().items() if origin}
    world.office.drop(by_profile[SECOND])
    world.put_back()
    world.find_all()
    world.ring_and_settle(order)
    assert world.records_of(order) == [by_profile[MAIN]]
    assert world.states(order) == {MAIN: BindingState.BOUND}
    assert world.differences(order) == {"record": "waiting"}
    world.wanted(order, SECOND)
    assert len(world.records_of(order)) == 2
    assert world.differences(order) == {}
    assert world.states(order) == {MAIN: BindingState.BOUND, SECOND: BindingState.BOUND}


def test_an_order_is_not_cancelled_on_the_word_of_an_old_memory(world: Restorable) -> None:
    world.profiles = [profile(brakes=Brakes(on_record_deleted="cancel_order"))]
    order = world.order()
    world.ring_and_settle(order)
    world.back_up()
    world.office.drop(world.record_of(order))
    world.put_back()
    world.settle()
    assert world.shop(order)["status"] == "N"
    assert world.differences(order) == {"status": "gone"}
    assert world.states(order) == {MAIN: BindingState.RELEASED}
    world.edit_order(order, status="cancelled")
    world.ring_and_settle(order)
    assert world.differences(order) == {}


def test_a_deal_opened_by_hand_is_listed_and_makes_its_order_once_it_is_saved_again(world: Restorable) -> None:
    world.profiles = [profile(new_order=NewOrder(("NEW",)))]
    record = opened(world)
    world.back_up()
    rung(world, record)
    world.store.drop(made_of(world, record).id)
    world.put_back()
    rung(world, record)
    assert orders(world) == [], "a person has deleted it since the backup"
    assert world.differences(record) == {"record": "waiting"}
    world.edit_record(record.id, title="Once more")
    rung(world, record)
    made_of(world, record)
    assert world.differences(record) == {}


def test_an_order_made_of_a_deal_since_the_backup_is_found_again(world: Restorable) -> None:
    world.profiles = [profile(new_order=NewOrder(("NEW",)))]
    record = opened(world)
    world.back_up()
    rung(world, record)
    order = made_of(world, record)
    world.put_back()
    rung(world, record)
    assert made_of(world, record) == order


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE])
def test_an_order_of_a_deal_that_was_in_doubt_at_the_backup_is_made_once(world: Restorable, fate: Fate) -> None:
    world.profiles = [profile(new_order=NewOrder(("NEW",)))]
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, fate)
    world.wave()
    world.back_up()
    world.put_back()
    world.settle()
    made_of(world, record)


@pytest.mark.parametrize("backup", ["before the deletion", "between", "after both"])
def test_a_record_made_anew_since_the_backup_is_found_and_goes_on(world: Restorable, backup: str) -> None:
    order = world.order(phone="")
    world.ring_and_settle(order)
    if backup == "before the deletion":
        world.back_up()
    record = world.record_of(order)
    world.office.drop(record)
    world.office_bell(record)
    world.settle()
    if backup == "between":
        world.back_up()
    asked = JournalLine(world.clock.now(), Event.APPLIED, Text("Anew.", "Заново."), order)
    world.storage.make_anew(order, asked)
    world.ring_and_settle(order)
    if backup == "after both":
        world.back_up()
    world.put_back()
    world.settle()
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert len(world.records_of(order)) == 1


def test_a_released_order_gets_no_record_by_being_looked_for(world: Restorable) -> None:
    order = world.order(phone="")
    world.ring_and_settle(order)
    world.back_up()
    record = world.record_of(order)
    world.put_back()
    world.settle()
    late = world.order("2", phone="")
    world.ring_and_settle(late)
    for gone in (record, world.record_of(late)):
        world.office.drop(gone)
        world.office_bell(gone)
        world.settle()
    for one in (order, late):
        world.edit_order(one, status="P")
        world.ring_and_settle(one)
        assert world.records_of(one) == []
        assert world.differences(one) == {}
    found = preview(world.hub, CRM, [order, late])
    assert (found.foreseen, found.unrouted) == ([], [order, late])
