"""The main job, told as stories: an order becomes a deal, and the two stay in step."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.world import CRM, MAIN, SHOP, World, mappings, profile
from sverka.connectors.in_memory.office import Robot
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Forged, Later, Superseded
from sverka.domain.mapping.field_mapping import Policy, Side
from sverka.domain.mapping.profile import Brakes
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.engine.receive import receive
from sverka.engine.sweep import compare_all
from sverka.engine.wave import run_wave
from sverka.ports.backoffice import Look, Seen
from sverka.ports.guard import Guard
from sverka.ports.journal import Event, JournalLine


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


def fates(world: World, *fates: Fate) -> None:
    """Let the next requests to the back office meet these fates."""
    left = list(fates)
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE


def test_an_order_becomes_a_deal_with_title_contact_rows_and_total(world: World) -> None:
    order = world.order(price="1500.50")
    world.ring_and_settle(order)
    deal = world.deal(order)
    assert deal["title"] == "Заказ A-1: Анна Ким"
    assert deal["stageId"] == "NEW"
    assert deal["categoryId"] == "2"
    assert deal["opportunity"] == Decimal("1500.50")
    assert deal["rows"] == (Line("Mug", Decimal(1), Decimal("1500.50")),)
    assert len(world.office.contacts_of(world.record_of(order))) == 1
    assert world.differences(order) == {}


def test_a_deal_that_a_manager_moves_takes_the_status_along(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="EXECUTING")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == "P"


def test_a_finer_stage_is_not_flattened_back(world: World) -> None:
    order = world.order(status="P")
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="QUALITY")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.deal(order)["stageId"] == "QUALITY"


def test_a_customers_edit_reaches_the_deal(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    lines = (Line("Mug", Decimal(2), Decimal("200.00")),)
    world.edit_order(order, lines=lines, total=Decimal("200.00"))
    world.ring_and_settle(order)
    assert world.deal(order)["rows"] == lines
    assert world.deal(order)["opportunity"] == Decimal("200.00")


def test_a_payment_does_not_close_the_deal(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, payment__paid=True)
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "NEW"


def test_an_echo_ends_at_a_comparison(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    writes = world.office.writes, world.store.writes
    world.office_bell(world.record_of(order))
    world.bell(order)
    world.settle()
    assert (world.office.writes, world.store.writes) == writes
    assert world.events(order)[-1] is Event.ECHO


def test_a_lost_bell_is_healed_by_the_sweep(world: World) -> None:
    order = world.order()
    world.clock.sleep(60)
    world.sweep()
    world.settle()
    record = world.record_of(order)
    world.edit_record(record, stageId="WON")
    world.clock.sleep(600)
    world.sweep()
    world.settle()
    assert world.shop(order)["status"] == "F"


def test_a_cancelled_order_and_a_lost_deal_are_one_thing(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="APOLOGY")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == CANCELLED
    assert world.deal(order)["stageId"] == "APOLOGY"


def test_an_order_placed_as_cancelled_stays_cancelled(world: World) -> None:
    order = world.order(status=CANCELLED)
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == CANCELLED
    assert world.deal(order)["stageId"] == "LOSE"


def test_an_unmapped_status_makes_no_deal_until_the_map_is_mended(world: World) -> None:
    order = world.order(status="X")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"status": "unmapped"}
    world.edit_order(order, status="N")
    world.ring_and_settle(order)
    assert world.record_of(order)
    assert world.differences(order) == {}


def test_an_unmapped_stage_holds_the_status_and_nothing_else(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="ODD", UF_TRACK="RB1")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == "N"
    assert world.shop(order)["delivery.track"] == "RB1"
    assert world.differences(order) == {"status": "unmapped"}


def test_an_order_that_does_not_add_up_is_held_to_the_kopeck(world: World) -> None:
    order = world.order(price="100.00", total=Decimal("100.01"))
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"lines": "money"}


def test_a_total_that_cannot_be_divided_is_split_and_not_rounded(world: World) -> None:
    order = world.order(price="100.00", lines=(Line("Mug", Decimal(3), Decimal("100.00")),))
    world.ring_and_settle(order)
    rows = [row for row in world.deal(order)["rows"] or () if isinstance(row, Line)]
    assert [(row.quantity, row.price) for row in rows] == [(2, Decimal("33.33")), (1, Decimal("33.34"))]


def test_both_moved_the_policy_wins_or_a_person_is_asked(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    record = world.record_of(order)
    world.edit_record(record, stageId="WON", UF_TRACK="from the deal")
    world.edit_order(order, status="P", delivery__track="from the shop")
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == "F"
    assert world.differences(order) == {"track": "conflict"}
    assert world.shop(order)["delivery.track"] == "from the shop"
    assert world.deal(order)["UF_TRACK"] == "from the deal"


def test_a_decision_ends_a_conflict_and_is_void_once_a_side_has_moved(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    record = world.record_of(order)
    for number in ("1", "2"):
        world.edit_record(record, UF_TRACK=f"deal {number}")
        world.edit_order(order, delivery__track=f"shop {number}")
        world.ring_and_settle(order)
        decision = Decision(Side.OFFICE, Pair(f"shop {number}", f"deal {number}"))
        assert world.storage.differences.decide(order, MAIN, "track", decision)
        if number == "1":
            world.edit_order(order, delivery__track="shop moved on")
        world.ring_and_settle(order)
        expected = {"1": ("shop moved on", {"track": "conflict"}), "2": ("deal 2", {})}[number]
        assert (world.shop(order)["delivery.track"], world.differences(order)) == expected


def test_an_answer_that_never_came_makes_no_second_deal(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    assert len(world.records_of(order)) == 1
    world.bell(order)
    assert world.wave() is None, "an order in doubt is not claimed, whoever rings"
    world.settle()
    assert len(world.records_of(order)) == 1
    assert world.differences(order) == {}
    assert Event.RECOVERED in world.events(order)


def test_a_write_that_was_never_done_is_done_once(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_BEFORE)
    world.wave()
    assert world.records_of(order) == []
    world.settle()
    assert len(world.records_of(order)) == 1


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE])
def test_a_doubtful_patch_is_settled_by_what_is_seen(world: World, fate: Fate) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, status="P")
    world.bell(order)
    fates(world, Fate.FINE, fate)
    world.wave()
    world.settle()
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {}


def test_a_contact_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    order = world.order()
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    other = world.order("2")
    world.bell(other)
    world.settle()
    assert len(world.office.contacts()) == 1
    assert world.office.contacts_of(world.record_of(order)) == world.office.contacts_of(world.record_of(other))


def test_two_orders_of_one_buyer_in_one_wave_share_one_contact(world: World) -> None:
    orders = [
        world.order("1", phone="+79990000001"),
        world.order("2", phone="8 (999) 000-00-01", customer__email="Anna@example.test"),
        world.order("3", phone="", customer__email="anna@example.test "),
    ]
    for order in orders:
        world.bell(order)
    world.settle()
    assert len(world.office.contacts()) == 1
    assert {world.office.contacts_of(world.record_of(order)) for order in orders} == {("1",)}


def test_a_company_order_hangs_on_its_contact_and_on_its_company(world: World) -> None:
    one = world.order("1", company__name="ООО  Ромашка")
    two = world.order("2", phone="+79990000002", company__name="ООО Ромашка")
    for order in (one, two):
        world.bell(order)
    world.settle()
    (_, company), (other, same) = (world.office.contacts_of(world.record_of(order)) for order in (one, two))
    assert company == same
    assert len(world.office.contacts()) == 3
    assert other != company


def test_a_buyer_who_could_not_be_looked_up_is_not_made(world: World) -> None:
    order = world.order()
    world.bell(order)
    look = world.office.look

    def blind(ask: Look, guard: Guard) -> Seen:
        seen = look(ask, guard)
        seen.keys = dict.fromkeys(seen.keys, Later())
        return seen

    world.office.look = blind  # type: ignore[method-assign]
    world.wave()
    assert world.office.contacts() == {}
    assert world.records_of(order) == []
    world.office.look = look  # type: ignore[method-assign]
    world.settle()
    assert len(world.office.contacts()) == 1
    assert world.record_of(order)


def test_a_contact_that_is_gone_is_looked_for_and_made_anew(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    world.office.drop_contact("1")
    second = world.order("2")
    world.ring_and_settle(second)
    (contact,) = world.office.contacts_of(world.record_of(second))
    assert contact != "1"
    assert contact in world.office.contacts()


def test_a_deleted_deal_is_released_and_not_made_again(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.drop(world.record_of(order))
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert Event.RELEASED in world.events(order)


def test_many_deals_gone_at_once_halt_the_profile(world: World) -> None:
    orders = [world.order(str(number), phone="") for number in range(8)]
    for order in orders:
        world.bell(order)
    world.settle()
    for order in orders:
        world.office.drop(world.record_of(order))
        world.bell(order)
    world.wave()
    assert MAIN in world.paused
    assert all(Event.RELEASED not in world.events(order) for order in orders)


def test_a_robot_that_moves_the_deal_on_is_news(world: World) -> None:
    world.office.robot = Robot(lambda fields: {"stageId": "EXECUTING"} if fields.get("stageId") == "NEW" else {})
    order = world.order()
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == "P"
    assert world.deal(order)["stageId"] == "EXECUTING"


def test_a_robot_that_always_reverts_is_stopped_and_told_of(world: World) -> None:
    order = world.order()
    world.profiles = [profile(mappings=mappings(Policy.STORE_WINS))]
    world.ring_and_settle(order)
    world.office.robot = Robot(lambda fields: {"stageId": "NEW"} if fields.get("stageId") == "EXECUTING" else {})
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    for _ in range(6):
        world.edit_order(order, status="N")
        world.ring_and_settle(order)
        world.edit_order(order, status="P")
        world.ring_and_settle(order)
    assert world.differences(order) == {"status": "brake"}
    writes = world.office.writes
    world.clock.sleep(3600)
    world.ring_and_settle(order)
    assert world.office.writes == writes, "it stays stopped until a person says so"
    world.office.robot = Robot()
    world.storage.differences.retry(order)
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {}


def test_a_refused_contact_holds_the_order_and_is_not_sent_again(world: World) -> None:
    world.office.refused_keys.add("anna@bad")
    order = world.order(customer__email="anna@bad")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"customer": "refused"}
    requests = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == requests + 1, "looked at, and not sent"
    world.edit_order(order, customer__email="anna@example.test")
    world.ring_and_settle(order)
    assert world.record_of(order)
    assert world.differences(order) == {}


def test_an_order_no_profile_takes_says_so(world: World) -> None:
    world.profiles = [profile(route=Route((Condition("site", any_of=("print",)),)))]
    order = world.order(site="other")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert "No profile takes this order." in [line.text.en for line in world.story(order)]


def test_a_deleted_deal_is_made_anew_where_the_profile_or_an_operator_says_so(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.drop(world.record_of(order))
    world.ring_and_settle(order)
    line = JournalLine(world.clock.now(), Event.APPLIED, Text("anew", "заново"), order)
    assert world.storage.make_anew(order, line) == 1
    world.ring_and_settle(order)
    assert world.record_of(order)
    world.profiles = [profile(brakes=Brakes(on_record_deleted="recreate"))]
    world.office.drop(world.record_of(order))
    world.ring_and_settle(order)
    assert world.record_of(order)


def test_a_text_kept_differently_is_remembered_as_seen(world: World) -> None:
    world.office.robot = Robot(lambda fields: {"UF_TRACK": str(fields["UF_TRACK"])[:4]} if "UF_TRACK" in fields else {})
    order = world.order(delivery__track="123456789")
    world.ring_and_settle(order)
    assert world.deal(order)["UF_TRACK"] == "1234"
    assert world.differences(order) == {"track": "kept"}
    assert world.shop(order)["delivery.track"] == "123456789"


def test_a_refused_field_is_held_and_the_rest_lands(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.refuses.add(("UF_TRACK", "bad"))
    world.edit_order(order, status="P", delivery__track="bad")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {"track": "refused"}
    writes = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == writes + 1, "the refused value is not sent again"
    world.edit_order(order, delivery__track="good")
    world.ring_and_settle(order)
    assert world.deal(order)["UF_TRACK"] == "good"
    assert world.differences(order) == {}


def test_a_refused_record_holds_the_order_with_its_reason(world: World) -> None:
    world.office.refuses.add(("stageId", "NEW"))
    order = world.order()
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"record": "refused"}
    requests = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == requests + 1, "the same record is not sent again"
    world.office.refuses.clear()
    world.storage.differences.retry(order)
    world.ring_and_settle(order)
    assert world.record_of(order)


def test_a_forged_bell_is_refused_and_kept_in_the_journal(world: World) -> None:
    with pytest.raises(Forged):
        receive(world.hub, SHOP, {"x-signature": "nonsense"}, b'{"id": "1"}')
    assert [line.event for line in world.storage.journal.tail(1)] == [Event.FORGED]


def test_routes_part_the_orders_and_also_lets_a_second_funnel_have_one(world: World) -> None:
    world.profiles = [
        profile("print", route=Route((Condition("site", any_of=("print",)),))),
        profile("rest"),
        profile("archive", route=Route((), also=True)),
    ]
    one, two = world.order("1", site="print"), world.order("2", site="other")
    for order in (one, two):
        world.bell(order)
    world.settle()
    origins = world.office.records().values()
    assert {(o.order, o.profile) for o in origins if o} == {
        (one, "print"), (one, "archive"), (two, "rest"), (two, "archive"),
    }  # fmt: skip


def test_the_star_carries_a_move_in_one_funnel_to_the_other(world: World) -> None:
    world.profiles = [profile("one"), profile("two", route=Route((), also=True))]
    order = world.order()
    world.ring_and_settle(order)
    first, second = sorted(world.records_of(order))
    world.edit_record(first, stageId="EXECUTING")
    world.office_bell(first)
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.office.show(second)["stageId"] == "EXECUTING"


def test_a_wave_that_was_taken_over_commits_nothing(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)

    def takeover() -> None:
        world.clock.sleep(600)
        assert run_wave(world.hub, CRM) is not None

    world.office.weather.between = lambda: (setattr(world.office.weather, "between", lambda: None), takeover())[1]
    with pytest.raises(Superseded):
        world.wave()
    world.settle()
    assert len(world.records_of(order)) <= 2
    assert world.storage.counts().open_intents == 0


def test_after_its_deadline_a_wave_sends_nothing_more(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="EXECUTING")
    world.edit_order(order, delivery__track="RB1")
    world.bell(order)
    world.office.weather.between = lambda: world.clock.sleep(130)
    world.wave()
    assert world.deal(order)["UF_TRACK"] == "RB1"
    assert world.shop(order)["status"] == "N", "its deadline had passed before the store was to be written"
    world.office.weather.between = lambda: None
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.differences(order) == {}


def test_credentials_lost_pause_the_connection_and_lose_nothing(world: World) -> None:
    order = world.order()
    world.bell(order)
    fates(world, Fate.REFUSED)
    world.wave()
    assert world.storage.counts().paused_connections == 1
    world.settle()
    assert world.record_of(order)


def test_a_nightly_comparison_of_unchanged_bindings_writes_nothing(world: World) -> None:
    orders = [world.order(str(number), phone="") for number in range(20)]
    for order in orders:
        world.bell(order)
    world.settle()
    writes, requests = world.office.writes, world.office.weather.requests
    assert list(compare_all(world.hub, CRM)) == [20]
    world.settle()
    assert world.office.writes == writes
    assert world.office.weather.requests == requests + 1
