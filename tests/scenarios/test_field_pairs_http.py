"""Every pair of a property's type and a field's type, one value and several, there and back, over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.field_pairs import EVERY, SEVERAL, entered, furnish, joined, raw, shown, site_order
from support.http_world import SITE, HttpWorld
from sverka.sandbox.portal.crm.fields import DEAL


@pytest.fixture(scope="module")
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        joined(world, furnish(world, EVERY))
        yield world


@pytest.mark.covers("R11", "R51", "R52", "R53", "R54", "R55", "R56", "R57", "R58", "R71", "R126", "R127")
@pytest.mark.parametrize("name", EVERY)
def test_a_pair_goes_there_and_back(world: HttpWorld, name: str) -> None:
    pair = EVERY[name]
    order = site_order(world, **{name: pair.ours[0]})
    world.settle()
    assert shown(world, order, name) == pair.theirs[0], "born with the buyer's value"
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {f"UF_CRM_{name}": entered(world, name, pair.theirs[1])})
    world.settle()
    assert raw(world, order, name) == pair.ours[1], "a manager's value"
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {name: pair.ours[0]})
    world.settle()
    assert shown(world, order, name) == pair.theirs[0], "the buyer's value again"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R52", "R71", "C40")
@pytest.mark.parametrize("name", [name for name, pair in EVERY.items() if pair.property != "Y/N"])
def test_what_is_emptied_on_one_side_is_emptied_on_the_other(world: HttpWorld, name: str) -> None:
    pair = EVERY[name]
    order, other = site_order(world, **{name: pair.ours[0]}), site_order(world, **{name: pair.ours[0]})
    world.settle()
    world.clock.advance(1)
    nothing = [] if name in SEVERAL else ""
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {f"UF_CRM_{name}": nothing})
    world.site.store.set_properties(int(other.id), {name: nothing})
    world.settle()
    assert raw(world, order, name) in (None, "", [], [""])
    assert shown(world, other, name) in (None, "", [])
    assert (world.differences(order), world.differences(other)) == ({}, {})


@pytest.mark.covers("R55")
@pytest.mark.parametrize("number", ["7", "-8", "0", "0.125", "-12.375", "1000000"])
def test_a_number_comes_back_as_it_was(world: HttpWorld, number: str) -> None:
    order = site_order(world, NUMBER_NUMBER="1")
    world.settle()
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {"NUMBER_NUMBER": number})
    world.settle()
    assert shown(world, order, "NUMBER_NUMBER") == Decimal(number), "there"
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_NUMBER_NUMBER": "99"})
    world.settle()
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_NUMBER_NUMBER": number})
    world.settle()
    assert Decimal(raw(world, order, "NUMBER_NUMBER")) == Decimal(number), "and back"
    assert world.differences(order) == {}


@pytest.mark.covers("R57")
def test_a_box_that_nobody_touched_is_no_difference(world: HttpWorld) -> None:
    order = site_order(world)
    world.settle()
    assert (shown(world, order, "FLAG_FLAG"), raw(world, order, "FLAG_FLAG")) == ("N", None)
    assert world.differences(order) == {}


@pytest.mark.covers("R71")
def test_a_value_added_between_two_others_keeps_its_place(world: HttpWorld) -> None:
    order = site_order(world, STRING_STRINGS=["один", "три"])
    world.settle()
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {"STRING_STRINGS": ["один", "два", "три", "три"]})
    world.settle()
    assert shown(world, order, "STRING_STRINGS") == ["один", "два", "три", "три"]
