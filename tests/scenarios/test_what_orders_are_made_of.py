"""What of a deal goes into the order made of it (K23): its rows, its client's fields, the currency of its sums."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from support.by_hand import made_of, opened, order_making_world, rung
from support.world import World
from sverka.domain.commerce.lines import Line
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way

PHONE = FieldMapping("phone", "property.PHONE", "contact.phone", Way.BOTH)
CURRENCY = FieldMapping("currency", "currency", "currencyId", Way.TO_OFFICE, Policy.STORE_WINS)
ROWS = (Line("Кружка", Decimal(2), Decimal("500.00")),)


@pytest.fixture
def world() -> Iterator[World]:
    world = order_making_world()
    one = world.profiles[0]
    both = [replace(row, way=Way.BOTH, policy=Policy.ASK) if row.key == "lines" else row for row in one.mappings]
    world.profiles = [replace(one, mappings=(*both, PHONE, CURRENCY))]
    yield world
    world.close()


@pytest.mark.covers("R8")
def test_rows_client_and_currency_are_the_deals_own(world: World) -> None:
    client = world.office.add_contact({"contact.phone": "+79990000001"})
    record = opened(world, rows=ROWS, currencyId="USD")
    world.office.link(record.id, client)
    rung(world, record)
    order = made_of(world, record)
    shown = world.shop(order)
    assert (shown["lines"], shown["property.PHONE"], shown["currency"]) == (ROWS, "+79990000001", "USD")
    assert world.differences(order) == {}
    world.edit_order(order, property__PHONE="+79990000002")
    world.ring_and_settle(order)
    assert world.office.show_contact(client)["contact.phone"] == "+79990000002"


def test_a_deal_without_a_client_and_rows_makes_an_order_without_them(world: World) -> None:
    record = opened(world)
    rung(world, record)
    shown = world.shop(made_of(world, record))
    assert {"lines", "property.PHONE", "currency"} & set(shown) == set()
