"""First contact with a portal in use: orders are joined to the deals there are, and nothing of those is overwritten."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from support.world import CRM, World, profile
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderRef, RecordId
from sverka.domain.mapping.routing import Condition, Route
from sverka.engine.by_hand.adopt import Matches, adopt_matches, find_matches
from sverka.engine.wave import run_wave
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Ring

pytestmark = pytest.mark.covers("R24", "C71", "C73")


@pytest.fixture
def opened(world: World) -> Callable[..., str]:
    """Opens a deal as the old module or a manager did."""

    def deal(**fields: Value) -> str:
        return world.office.open({"categoryId": "0", "stageId": "NEW", **fields})

    return deal


def found(world: World, by: str) -> Matches:
    return find_matches(world.hub, world.profiles[0], by)


def adopted(world: World, by: str) -> list[OrderRef]:
    bound = adopt_matches(world.hub, world.profiles[0], found(world, by))
    world.settle()
    return bound


def test_deals_that_carry_the_orders_number_are_taken_over_as_they_are(
    world: World, opened: Callable[..., str]
) -> None:
    first, second = world.order("1"), world.order("2", delivery__track="RR2")
    mine = opened(title="Наш заказ", UF_NUMBER="A-1", opportunity=Decimal("100.00"), UF_TRACK="RR1")
    theirs = opened(title="Их заказ", UF_NUMBER="A-2", opportunity=Decimal("90.00"), stageId="EXECUTING")
    assert adopted(world, "UF_NUMBER") == [first, second]
    assert world.shop(first)["delivery.track"] == "RR1", "an empty side is filled"
    assert world.office.show(mine)["title"] == "Наш заказ"
    assert world.office.show(theirs)["opportunity"] == Decimal("90.00"), "nothing is overwritten"
    assert world.office.show(theirs)["UF_TRACK"] == "RR2"
    assert world.differences(second) == {"status": "conflict", "total": "conflict"}
    assert len(world.office.records()) == 2
    world.edit_order(first, status="P")
    world.ring_and_settle(first)
    assert world.office.show(mine)["stageId"] == "EXECUTING"


@pytest.mark.parametrize(
    ("by", "fields"),
    [
        ("title", {"title": "Заказ №A-1: Анна"}),
        ("title", {"title": "a-1"}),
        ("originId", {"originId": "A-1"}),
        ("origin", {"originId": "A-1"}),
        ("UF_NUMBERS", {"UF_NUMBERS": ("B-7", "A-1")}),
    ],
)
def test_ways_to_tell_whose_a_deal_is(
    world: World, opened: Callable[..., str], by: str, fields: dict[str, Value]
) -> None:
    order = world.order("1")
    other = opened(title="Заказ A-11", originId="A-11", UF_NUMBERS=("A-10",))
    record = opened(**fields)
    assert [(one, shown.id) for one, shown in found(world, by).certain] == [(order, record)]
    assert other != record


def test_by_phone_the_sum_must_be_the_same(world: World, opened: Callable[..., str]) -> None:
    seen = world.order("1", phone="+79990000001")
    world.ring_and_settle(seen)
    (contact,) = world.office.contacts()
    order = world.order("2", price="250.00", phone="8 (999) 000-00-01")
    fitting = opened(opportunity=Decimal("250.00"))
    opened(opportunity=Decimal("99.00"))
    for record in (fitting, str(int(fitting) + 1)):
        world.office.link(record, contact)
    assert [(one, shown.id) for one, shown in found(world, "phone").certain] == [(order, fitting)]


def test_what_is_not_one_to_one_is_shown_and_left_alone(world: World, opened: Callable[..., str]) -> None:
    doubled, shared = world.order("1"), world.order("2", order__number="S-1")
    sharing, alone = world.order("3", order__number="S-1"), world.order("4")
    opened(UF_NUMBER="A-1")
    opened(UF_NUMBER="A-1")
    opened(UF_NUMBER="S-1")
    opened(UF_NUMBER="")
    matches = found(world, "UF_NUMBER")
    assert (matches.certain, set(matches.unclear), matches.alone) == ([], {doubled, shared, sharing}, [alone])
    assert adopt_matches(world.hub, world.profiles[0], matches) == []


def test_a_deal_of_another_funnel_of_the_hubs_own_or_of_another_order_is_not_taken(
    world: World, opened: Callable[..., str]
) -> None:
    order = world.order("1")
    world.office.open({"categoryId": "2", "UF_NUMBER": "A-1"})
    assert found(world, "UF_NUMBER").alone == [order]
    opened(UF_NUMBER="A-1")
    assert adopted(world, "UF_NUMBER") == [order]
    second = world.order("2", order__number="A-1")
    matches = found(world, "UF_NUMBER")
    assert (matches.bound, matches.alone) == (1, [second])


def test_an_order_that_a_wave_is_at_work_on_is_left_to_it(world: World, opened: Callable[..., str]) -> None:
    order = world.order("1")
    record = opened(UF_NUMBER="A-1")
    matches = found(world, "UF_NUMBER")
    taken: list[list[OrderRef]] = []
    world.office.weather.between = lambda: taken.append(adopt_matches(world.hub, world.profiles[0], matches))
    world.bell(order)
    run_wave(world.hub, CRM)
    assert taken[0] == []
    world.settle()
    assert len(world.records_of(order)) == 1
    assert record not in world.records_of(order)
    assert adopt_matches(world.hub, world.profiles[0], matches) == []


def test_what_cannot_be_read_is_told_and_stops_nothing(world: World, opened: Callable[..., str]) -> None:
    good, bad = world.order("1"), world.order("2")
    opened(UF_NUMBER="A-1")
    told = [Notice(Subject.ORDER, order.id, "changed", world.clock.now()) for order in (good, bad)]
    world.store.changed_since = lambda _moment: iter(told)  # type: ignore[method-assign]
    world.store.drop(bad.id)
    matches = found(world, "UF_NUMBER")
    assert [order for order, _ in matches.certain] == [good]
    assert set(matches.unread) == {bad}


def test_only_orders_that_the_profile_takes_are_matched(world: World, opened: Callable[..., str]) -> None:
    world.profiles = [profile(route=Route((Condition("site", any_of=("print",)),)))]
    order = world.order("1", site="print")
    world.order("2", site="other")
    opened(UF_NUMBER="A-1")
    opened(UF_NUMBER="A-2")
    matches = found(world, "UF_NUMBER")
    assert ([one for one, _ in matches.certain], matches.others) == ([order], 1)


def test_a_deal_that_became_another_orders_meanwhile_is_left_to_it(world: World, opened: Callable[..., str]) -> None:
    first, second = world.order("1"), world.order("2")
    record = opened(UF_NUMBER="A-1")
    matches = found(world, "UF_NUMBER")
    late = Matches(certain=[(second, shown) for _, shown in matches.certain])
    assert adopt_matches(world.hub, world.profiles[0], matches) == [first]
    assert adopt_matches(world.hub, world.profiles[0], late) == []
    assert world.storage.orders_of(CRM, [record])[record] == [first]


def test_a_deal_an_order_is_being_made_of_is_not_joined_to_another(world: World, opened: Callable[..., str]) -> None:
    order = world.order("1")
    deal = opened(title="Заказ A-1")
    matches = found(world, "title")
    record = OrderRef.of_record(CRM, RecordId(deal))
    world.storage.receive("test", [], [Ring(record, CRM, world.clock.now())], [])
    claim = world.storage.claim(CRM, world.clock.now(), world.hub.terms, 10)
    assert claim is not None
    assert adopt_matches(world.hub, world.profiles[0], matches) == [], "a wave is looking at the deal"
    world.storage.release(claim, world.clock.now())
    assert adopt_matches(world.hub, world.profiles[0], matches) == [order]
