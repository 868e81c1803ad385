"""Plans become intents: who may write what, and what an intent keeps."""

from dataclasses import replace
from typing import Any

from support.world import CRM, MAIN, World, profile
from sverka.domain.commerce.value import Value
from sverka.domain.ids import ProfileName, RecordId
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.routing import Route
from sverka.domain.merge.plan import Change
from sverka.engine.act.write import jobs_of, sent_of
from sverka.engine.task import Task
from sverka.ports.storage import IntentKind, Sent


def change(task: Task, key: str, side: Side, value: Value) -> Change:
    mapping = task.profile.mapping(key)
    assert mapping
    return Change(mapping, side, value, None, "moved-alone")


def planned(make_task: Any, *changes: tuple[str, Side, Value], **more: Any) -> Task:
    task: Task = make_task({"status": "P", "delivery.track": "T"}, {"stageId": "QUALITY", "UF_TRACK": "U"}, **more)
    task.plan.changes = [change(task, *one) for one in changes]
    return task


def test_changes_of_both_sides_are_two_intents(make_task: Any) -> None:
    task = planned(make_task, ("status", Side.STORE, "F"), ("track", Side.OFFICE, "T"))
    jobs, waiting = jobs_of([task])
    assert waiting == []
    record, order = (job.intent for job in jobs)
    assert (record.kind, record.stamp, order.kind, order.stamp) == (
        IntentKind.PATCH_RECORD, "o1", IntentKind.PATCH_ORDER, "s1",
    )  # fmt: skip
    assert [job.to_store for job in jobs] == [False, True]
    for intent in (record, order):
        assert (intent.office, intent.order, intent.profile) == (CRM, task.order, MAIN)
        assert (intent.binding, intent.record) == (1, RecordId("91"))


def test_an_intent_keeps_the_raw_value_and_what_it_was_made_of(make_task: Any) -> None:
    task = planned(make_task, ("status", Side.STORE, "F"), ("track", Side.OFFICE, "T"))
    status, track = (sent_of(task, one) for one in task.plan.changes)
    prints = {mapping.key: mapping.fingerprint() for mapping in task.profile.mappings}
    assert status == Sent("status", Side.STORE, "status", "F", "QUALITY", prints["status"])
    assert track == Sent("track", Side.OFFICE, "UF_TRACK", "T", "T", prints["track"])


def test_a_birth_is_an_intent_even_with_nothing_to_send(make_task: Any) -> None:
    task = make_task({"status": "P"}, is_birth=True)
    (job,), waiting = jobs_of([task])
    assert (job.intent.kind, job.intent.record, job.intent.stamp) == (IntentKind.CREATE_RECORD, None, "")
    assert waiting == []


def test_an_idle_plan_is_no_intent(make_task: Any) -> None:
    assert jobs_of([planned(make_task)]) == ([], [])


def test_one_binding_writes_a_field_of_an_order_and_the_other_is_rung_again(make_task: Any) -> None:
    other = replace(profile(), name=ProfileName("other"))
    first = planned(make_task, ("status", Side.STORE, "F"))
    second = planned(make_task, ("status", Side.STORE, "N"), ("track", Side.STORE, "U"), by=other)
    third = planned(make_task, ("status", Side.STORE, "N"), number="2")
    jobs, waiting = jobs_of([first, second, third])
    written = [(job.task.order.id, job.task.profile.name, one.field) for job in jobs for one in job.changes]
    assert written == [("1", "main", "status"), ("1", "other", "delivery.track"), ("2", "main", "status")]
    assert waiting == [second]


def test_two_bindings_may_write_the_same_field_of_their_own_records(make_task: Any) -> None:
    other = replace(profile(), name=ProfileName("other"))
    tasks = [planned(make_task, ("status", Side.OFFICE, "WON"), by=by) for by in (profile(), other)]
    jobs, waiting = jobs_of(tasks)
    assert (len(jobs), waiting) == (2, [])


def test_two_deals_moved_apart_in_one_wave_come_to_rest_alike(world: World) -> None:
    world.profiles = [profile("one"), profile("two", route=Route((), also=True))]
    order = world.order()
    world.ring_and_settle(order)
    first, second = sorted(world.records_of(order))
    world.edit_record(first, stageId="EXECUTING")
    world.edit_record(second, stageId="WON")
    world.office_bell(first)
    world.settle()
    assert world.office.show(first)["stageId"] in {"EXECUTING", "WON"}
    assert len({world.office.show(record)["stageId"] for record in (first, second)}) == 1
    assert world.shop(order)["status"] == {"EXECUTING": "P", "WON": "F"}[str(world.office.show(first)["stageId"])]
