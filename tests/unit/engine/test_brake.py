"""Stop before a flood: fights over a field, too many writes, too many records gone."""

from datetime import datetime
from typing import Any

import pytest

from support.world import CRM, MAIN, START, World, mappings, profile
from sverka.domain.commerce.value import Value
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.convert import value_key
from sverka.domain.mapping.field_mapping import Policy, Side
from sverka.domain.mapping.profile import Brakes
from sverka.domain.merge.plan import Change, Why
from sverka.engine.act import brake
from sverka.engine.act.brake import MANY_AGAIN, brake_flood, brake_gone, brake_ping_pong
from sverka.engine.task import Task
from sverka.ports.storage import Memory


def planned(task: Task, *values: Value) -> Task:
    mapping = task.profile.mapping("status")
    assert mapping
    task.plan.changes = [Change(mapping, Side.OFFICE, value, None, "moved-alone") for value in values]
    return task


def written(task: Task, value: Value, times: int, field: str = "stageId") -> Memory:
    return Memory(writes={(*task.owner, field, value_key(value)): times})


@pytest.mark.parametrize(("times", "stopped"), [(0, False), (2, False), (3, True), (4, True)])
def test_the_fourth_equal_write_within_the_window_is_not_made(make_task: Any, times: int, *, stopped: bool) -> None:
    task = planned(make_task({"status": "P"}, {"stageId": "NEW"}), "EXECUTING")
    brake_ping_pong([task], written(task, "EXECUTING", times))
    assert (not task.plan.changes) is stopped
    found = [(one.key, one.why, one.store, one.office) for one in task.plan.differences]
    assert found == ([("status", Why.BRAKE, "P", "NEW")] if stopped else [])


def test_the_limit_is_the_profiles_own(make_task: Any) -> None:
    strict = profile(brakes=Brakes(same_value_writes=1))
    task = planned(make_task({"status": "P"}, {"stageId": "NEW"}, by=strict), "EXECUTING")
    brake_ping_pong([task], Memory())
    assert not task.plan.changes


def test_only_the_field_that_is_fought_over_stops(make_task: Any) -> None:
    task = planned(make_task({"status": "P"}, {"stageId": "NEW"}), "EXECUTING", "WON")
    brake_ping_pong([task], written(task, "EXECUTING", 9))
    assert [change.value for change in task.plan.changes] == ["WON"]
    brake_ping_pong([task], written(task, "WON", 9, "UF_OTHER"))
    brake_ping_pong([task], Memory(writes={(task.order, ProfileName("other"), "stageId", value_key("WON")): 9}))
    assert [change.value for change in task.plan.changes] == ["WON"]


@pytest.mark.parametrize(("side", "stopped"), [(Side.STORE, True), (Side.OFFICE, False)])
def test_a_field_of_the_order_counts_over_all_profiles_that_write_it(
    make_task: Any, side: Side, *, stopped: bool
) -> None:
    task = make_task({"status": "P"}, {"stageId": "NEW"})
    mapping = task.profile.mapping("status")
    change = Change(mapping, side, "N", None, "moved-alone")
    task.plan.changes = [change]
    others = {(task.order, ProfileName(name), change.field, value_key("N")): 2 for name in (MAIN, "other")}
    brake_ping_pong([task], Memory(writes=others))
    assert (not task.plan.changes) is stopped


def test_a_birth_fights_over_nothing(make_task: Any) -> None:
    task = planned(make_task({"status": "P"}, is_birth=True), "EXECUTING")
    brake_ping_pong([task], written(task, "EXECUTING", 9))
    assert task.plan.changes


class Counted:
    """A storage that has counted so many writes, and so many past the usual few."""

    def __init__(self, count: int, again: int = 0) -> None:
        self.count = count
        self.again = again
        self.asked: tuple[str, datetime, int] | None = None

    def count_writes(self, name: ProfileName, since: datetime, often: int) -> tuple[int, int]:
        self.asked = name, since, often
        return self.count, self.again


@pytest.mark.covers("C11")
@pytest.mark.parametrize(
    ("before", "now", "halted"), [(0, 5, False), (0, 6, True), (3, 2, False), (4, 2, True), (99, 0, False)]
)
def test_more_writes_than_allowed_within_the_window_halt(
    make_task: Any, before: int, now: int, *, halted: bool
) -> None:
    one = profile(brakes=Brakes(writes_per_wave=5, window_minutes=7))
    storage: Any = Counted(before)
    halt = brake_flood(one, [planned(make_task({}, {}, by=one), *("x" * now))], Memory(), storage, START)
    assert (halt is not None) is halted
    if halt:
        assert "more than 5 writes in 7 minutes" in halt.say("en")
        assert "sverka profile resume main" in halt.say("en")
    if now:
        assert storage.asked == (MAIN, START.replace(hour=11, minute=53), 3)


def test_births_are_no_flood_and_tasks_add_up(make_task: Any) -> None:
    one = profile(brakes=Brakes(writes_per_wave=3))
    storage: Any = Counted(0)
    births = [planned(make_task({}, is_birth=True, by=one), *"abcdef") for _ in range(9)]
    assert brake_flood(one, births, Memory(), storage, START) is None
    patches = [planned(make_task({}, {}, by=one), "a", "b") for _ in range(2)]
    assert brake_flood(one, patches, Memory(), storage, START) is not None


@pytest.mark.parametrize(
    ("times", "before", "halted"), [(3, MANY_AGAIN - 1, False), (3, MANY_AGAIN, True), (2, MANY_AGAIN, False)]
)
def test_a_field_written_again_and_again_is_a_loop_whatever_its_values(
    make_task: Any, times: int, before: int, *, halted: bool
) -> None:
    task = planned(make_task({"status": "P"}, {"stageId": "NEW"}), "fresh")
    memory = Memory(writes={(*task.owner, "stageId", f"value {n}"): 1 for n in range(times)})
    storage: Any = Counted(before + 9, before)
    halt = brake_flood(task.profile, [task], memory, storage, START)
    assert (halt is not None) is halted
    if halt:
        assert "again and again" in halt.say("en")
        assert "sverka profile moves main" in halt.say("ru")


@pytest.mark.parametrize(
    ("looked", "gone", "halted"),
    [(4, 4, False), (5, 5, True), (9, 5, True), (10, 5, False), (11, 5, False), (1000, 400, False), (100, 60, True)],
)
def test_many_records_gone_at_once_look_like_lost_rights(looked: int, gone: int, *, halted: bool) -> None:
    halt = brake_gone(looked, gone, profile())
    assert (halt is not None) is halted
    if halt:
        assert f"{gone} of {looked}" in halt.say("en")
        assert "sverka doctor" in halt.say("ru")


def test_a_flood_pauses_the_profile_and_writes_nothing(world: World) -> None:
    orders = [world.order(str(number), phone="") for number in range(3)]
    for order in orders:
        world.ring_and_settle(order)
    world.profiles = [profile(brakes=Brakes(writes_per_wave=2))]
    for order in orders:
        world.edit_order(order, status="P")
        world.bell(order)
    world.wave()
    assert world.paused == {"main"}
    assert {world.deal(order)["stageId"] for order in orders} == {"NEW"}
    due = world.storage.due(CRM, world.clock.now())
    assert due
    assert due > world.clock.now()


def test_a_loop_of_ever_other_values_stops_the_profile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brake, "MANY_AGAIN", 10)
    orders = [world.order(str(number), phone="") for number in range(4)]
    for order in orders:
        world.ring_and_settle(order)
    written = world.office.writes
    rounds = 0
    while not world.paused:
        rounds += 1
        assert rounds < 9, "nobody stops it"
        for order in orders:
            world.edit_order(order, delivery__track=f"RA{rounds}")
            world.bell(order)
        world.wave()
    # Three rounds are usual; of those after them the third would make the eleventh write.
    assert rounds == 3 + 3
    assert world.office.writes == written + 4 * 5


def test_a_bulk_edit_of_a_thousand_orders_passes_though_it_is_the_third(make_task: Any) -> None:
    tasks = [planned(make_task({"status": "P"}, {"stageId": "NEW"}, str(number)), "WON") for number in range(1000)]
    earlier = {(*task.owner, "stageId", value): 1 for task in tasks for value in ("NEW", "EXECUTING")}
    storage: Any = Counted(2000)
    assert brake_flood(profile(), tasks, Memory(writes=earlier), storage, START) is None


@pytest.mark.covers("C19")
def test_a_fight_with_a_robot_ends_before_the_fourth_write(world: World) -> None:
    world.profiles = [profile(mappings=mappings(Policy.STORE_WINS))]
    order = world.order()
    world.ring_and_settle(order)
    writes = world.office.writes
    for _ in range(8):
        world.store.put(order.id, status="P")
        world.ring_and_settle(order)
        if world.differences(order):
            break
        world.edit_record(world.record_of(order), stageId="NEW")
        world.store.put(order.id, status="N")
        world.ring_and_settle(order)
    assert world.differences(order) == {"status": "brake"}
    assert world.office.writes == writes + 3
