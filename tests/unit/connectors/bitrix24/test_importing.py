"""Records of the past: twenty by a command, no robot, their dates kept as far as the portal takes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sverka.connectors.bitrix24 import connect
from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Later, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite
from sverka.ports.guard import InLane
from sverka.ports.storage import Lane
from sverka.ports.store import Wrote
from sverka.sandbox.portal import Fault

ROWS = (Line("Кружка", Decimal(2), Decimal("500.00")),)
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
IMPORT = "crm.item.batchImport"


def past(origin, numbers, **fields):
    return [
        RecordWrite(
            n, {"title": f"№{n}", "rows": ROWS, **fields}, origin=origin(n), placed=LONG_AGO + timedelta(days=n)
        )
        for n in numbers
    ]


@pytest.fixture
def lane(guard):
    return InLane(guard, Lane.HISTORY)


@pytest.fixture
def ready(office, lane, origin, portal):
    """The same portal once it is known what a record of the past costs."""
    office.catalogue()
    office.write(past(origin, [0]), lane)
    portal.reset_counters()
    return office


def deals(portal):
    return {item.values["title"]: item for item in portal.core.state.items[2].values()}


@pytest.mark.covers("C42", "C47")
def test_forty_six_deals_with_their_rows_are_one_request(ready, lane, origin, portal):
    answers = ready.write(past(origin, range(1, 93)), lane)
    assert portal.counters.requests == 2
    assert all(isinstance(answers[n], Wrote) and answers[n].after.get("rows") for n in range(1, 93))
    assert all(answers[n].after.get("title") == f"№{n}" for n in range(1, 93))
    assert {item.values["createdTime"] for item in deals(portal).values()} == {
        LONG_AGO + timedelta(days=n) for n in range(93)
    }


def test_what_one_costs_is_tried_on_few(office, lane, origin, portal):
    office.catalogue()
    portal.reset_counters()
    office.write(past(origin, range(46)), lane)
    commands = [line.commands for line in portal.requests]
    assert commands == [1 + 5 + 1, 3 + 41 + 1]


def test_dear_records_are_packed_so_that_no_request_is_cut_off(ready, lane, origin, portal):
    portal.settings.costs = {IMPORT: 8.0, "crm.item.productrow.set": 1.0}
    for first in (1, 21, 41):  # it takes a while until what one costs is known
        ready.write(past(origin, range(first, first + 20)), lane)
    portal.reset_counters()
    ready.write(past(origin, range(61, 121)), lane)
    assert max(line.cost for line in portal.requests) <= 40 + 8


def test_robots_leave_records_of_the_past_alone(ready, lane, origin, portal, guard):
    portal.add_robot("NEW", "PREPARATION")
    answers = ready.write(past(origin, [1], stageId="NEW"), lane)
    assert answers[1].after.get("stageId") == "NEW"
    live = ready.write([replace(past(origin, [2], stageId="NEW")[0], placed=None)], guard)
    assert live[2].after.get("stageId") == "PREPARATION"


def test_one_refused_record_spoils_no_other(ready, lane, origin, portal):
    writes = past(origin, range(1, 6))
    writes[2] = replace(writes[2], fields={"title": "№3", "stageId": "NO_SUCH"})
    answers = ready.write(writes, lane)
    assert isinstance(answers[3], Rejected)
    assert [isinstance(answers[n], Wrote) for n in (1, 2, 4, 5)] == [True] * 4
    assert [answers[n].after.get("title") for n in (1, 2, 4, 5)] == ["№1", "№2", "№4", "№5"]


def test_of_a_lost_answer_every_record_is_in_doubt_and_found_by_its_origin(ready, lane, origin, portal):
    portal.fault(Fault("close", method=IMPORT.lower()))
    answers = ready.write(past(origin, range(1, 6)), lane)
    assert {type(answer) for answer in answers.values()} == {Unanswered}
    seen = ready.look(Look(origins=[origin(n) for n in range(1, 6)]), lane)
    assert [len(found) for found in seen.origins.values()] == [1] * 5


def test_an_order_that_comes_late_gets_the_nearest_date_and_the_others_keep_theirs(ready, lane, origin, portal):
    ready.write(past(origin, [5]), lane)
    portal.reset_counters()
    answers = ready.write(past(origin, [9, 3]), lane)
    assert (portal.counters.requests, {type(one) for one in answers.values()}) == (1, {Wrote})
    made = {title: item.values["createdTime"] - LONG_AGO for title, item in deals(portal).items()}
    assert (made["№3"], made["№9"]) == (timedelta(days=5), timedelta(days=9))
    assert deals(portal)["№3"].values["begindate"].isoformat() == "2024-01-04"


def test_where_a_live_deal_is_newer_dates_are_given_up_in_the_same_call(ready, lane, origin, portal):
    portal.create(2, {"title": "live"})
    answers = ready.write(past(origin, range(1, 4)), lane)
    assert all(isinstance(answers[n], Wrote) and answers[n].after.get("rows") for n in (1, 2, 3))
    assert portal.counters.requests == 2
    ready.write(past(origin, range(4, 7)), lane)
    assert portal.counters.requests == 3, "it is not tried again"
    assert len(deals(portal)) == 8


def test_without_the_right_to_import_history_waits_and_live_orders_go_on(ready, lane, origin, portal, guard):
    portal.fault(Fault("refuse", method=IMPORT.lower(), code="ACCESS_DENIED", description="Access denied."))
    answers = ready.write(past(origin, [1]), lane)
    assert (type(answers[1]), answers[1].after) == (Later, timedelta(minutes=15))
    assert isinstance(ready.write([replace(past(origin, [2])[0], placed=None)], guard)[2], Wrote)


def test_buyers_of_the_past_are_made_twenty_by_a_command(ready, lane, portal):
    new = [NewCustomer(n, Customer(name=f"B{n}", phone=f"+7999000{n:04}"), is_past=True) for n in range(70)]
    new[7] = NewCustomer(7, Customer(company="ООО Ромашка"), is_company=True, is_past=True)
    made = ready.add_customers(new, lane)
    assert portal.requests[-1].commands == 5
    assert portal.counters.requests == 1
    assert made[7].startswith("CO_")
    shown = portal.core.state.items[3][int(made[69])]
    assert (shown.values["name"], [line.value for line in shown.fm]) == ("B69", ["+79990000069"])


@pytest.mark.covers("C48")
def test_room_is_what_computing_time_is_left_for(server, kit, lane, origin, portal, guard, time):
    portal.settings.plan = "standard"
    portal.settings.costs = {IMPORT: 4.0, "crm.item.productrow.set": 2.0}
    office = connect({}, {"webhook": server.webhook_url}, kit)
    assert office.room().records == 5
    office.write(past(origin, range(20)), lane)
    before = office.room()
    assert 150 <= before.records <= 210
    live = [replace(one, placed=None) for one in past(origin, range(20, 40))]
    office.write(live, guard)
    assert office.room().records < before.records - 20 - 15, "live orders keep as much again as they have used"
    while office.room().records:
        some = office.room().records
        office.write(past(origin, range(1000, 1000 + some)), lane)
        time.sleep(1)
    wait = office.room().wait
    assert timedelta(minutes=5) < wait <= timedelta(minutes=10)
    assert isinstance(office.write([replace(live[0], key=1)], guard)[1], Wrote)
    time.sleep(wait.total_seconds() + 61)
    assert office.room().records > 100
    office.close()


@pytest.mark.parametrize(
    ("used", "each", "records"), [(345, 0.05, 2220), (0, 0.05, 2300), (100, 2.0, 178), (300, 2.0, 0)]
)
def test_what_is_left_of_a_window_is_used_unless_it_is_little(office, time, used, each, records):
    moments = {"operating_reset_at": 1600, "finish": 1000, "duration": each}
    office.client.meter.note(IMPORT, {**moments, "operating": 1}, 20, Lane.HISTORY)
    office.client.meter.note("crm.item.productrow.set", {**moments, "operating": used}, 1, Lane.HISTORY)
    assert office.room().records == records


def contact(portal, phone, **fields):
    line = {"typeId": "PHONE", "valueType": "WORK", "value": phone}
    return portal.call("crm.item.add", {"entityTypeId": 3, "fields": {"name": "x", "fm": [line], **fields}}).result[
        "item"
    ]["id"]


def key(number):
    return MatchKey("phone", f"7999000{number:04}")


@pytest.fixture
def learnt(ready, lane, portal, time):
    """A portal of 120 contacts, all of them in the index."""
    for n in range(120):
        contact(portal, f"8 (999) 000-{n // 100:02}-{n % 100:02}")
    time.sleep(600)
    portal.reset_counters()
    assert list(ready.learn_clients(lane)) == [50, 120]
    assert portal.counters.requests == 2
    portal.reset_counters()
    return ready


def look(office, guard, *numbers):
    return {n: office.look(Look(keys=[key(n)]), guard).keys[key(n)] for n in numbers}


def test_known_contacts_cost_no_search(learnt, lane, portal):
    found = learnt.look(Look(keys=[key(n) for n in range(160)]), lane).keys
    assert [len(found[key(n)]) for n in range(160)] == [1] * 120 + [0] * 40
    assert portal.counters.requests == 1
    assert [(line.method, line.commands) for line in portal.requests] == [("batch", 1 + 3)]
    assert list(learnt.learn_clients(lane)) == [], "what is learnt is kept"


def test_the_index_is_for_history_alone(learnt, guard, portal):
    learnt.look(Look(keys=[key(n) for n in range(10)]), guard)
    assert portal.requests[-1].commands == 10


def test_whoever_was_made_or_changed_since_is_found(learnt, lane, portal):
    new = contact(portal, "+79990000150")
    portal.call("crm.item.update", {"entityTypeId": 3, "id": 5, "fields": {
        "fm": [{"typeId": "PHONE", "valueType": "WORK", "value": "+7 999 000 01 51"}]}})  # fmt: skip
    assert look(learnt, lane, 150, 151) == {150: [RecordId(str(new))], 151: [RecordId("5")]}


def test_whoever_has_lost_a_phone_or_is_gone_is_not(learnt, lane, portal):
    phone = portal.core.state.items[3][7].fm[0].id
    portal.call("crm.item.update", {"entityTypeId": 3, "id": 7, "fields": {
        "fm": {str(phone): {"typeId": "PHONE", "value": "+79990000777"}}}})  # fmt: skip
    portal.call("crm.item.delete", {"entityTypeId": 3, "id": 9})
    assert look(learnt, lane, 6, 8, 777) == {6: [], 8: [], 777: [RecordId("7")]}


def test_a_phone_of_several_contacts_leads_to_all_of_them(learnt, lane, portal):
    second = contact(portal, "89990000003")
    assert look(learnt, lane, 3) == {3: [RecordId("4"), RecordId(str(second))]}


def test_the_hubs_own_new_contacts_are_no_news(learnt, lane, portal):
    new = [NewCustomer(n, Customer(name="x", phone=f"+7999001{n:04}"), is_past=True) for n in range(60)]
    learnt.add_customers(new, lane)
    portal.reset_counters()
    look(learnt, lane, 160)
    assert portal.counters.requests == 1


def test_many_changes_are_read_to_the_end(learnt, lane, portal):
    for n in range(200, 320):
        contact(portal, f"+7999000{n:04}")
    assert look(learnt, lane, 319)[319]
    portal.reset_counters()
    assert look(learnt, lane, 318)[318]
    assert portal.counters.requests <= 4


def test_nobody_is_called_unknown_when_the_changes_could_not_be_read(learnt, lane, portal):
    portal.fault(Fault("refuse", method="crm.item.list", code="INTERNAL_SERVER_ERROR", times=9))
    assert isinstance(look(learnt, lane, 150)[150], Unanswered)


def test_learning_that_was_broken_off_goes_on(ready, lane, portal, time):
    for n in range(120):
        contact(portal, f"+7999000{n:04}")
    time.sleep(600)
    walk = ready.learn_clients(lane)
    assert next(walk) == 50
    walk.close()
    late = contact(portal, "+79990000500")
    assert list(ready.learn_clients(lane)) == [50, 71]
    assert look(ready, lane, 0, 119, 500)[500] == [RecordId(str(late))]
