"""Product rows edited in a deal go back to both stores, over real HTTP."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from support.catalogue import article, call, product
from support.http_world import PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderRef, StoreName
from sverka.sandbox.woocommerce.catalogue import Product, TaxRate

BOTH = pytest.mark.parametrize("store", [SITE, WOO])


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        for document in (PRINT, SOUVENIRS):
            world.apply(document.replace("responsible", 'lines_way = "<->"\nresponsible'))
        yield world


def place(world: HttpWorld, store: StoreName, **more: Any) -> OrderRef:
    """Have an order placed that may still be edited, and its deal made."""
    if store == WOO:
        more.setdefault("fields", {"status": "pending"})
    order = world.order(store, **more)
    world.settle()
    return order


def edit(world: HttpWorld, order: OrderRef, *rows: Mapping[str, Any]) -> None:
    """Have a manager put these rows in place of the deal's own."""
    world.clock.advance(1)
    taxed = [{"taxRate": 20, **row} if _is_taxed(order, row) else row for row in rows]
    deal = world.deal(order)["id"]
    call(world.portal, "crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=taxed)
    world.settle()


def _is_taxed(order: OrderRef, row: Mapping[str, Any]) -> bool:
    """Tell whether a row came from the site with its tax; what a manager adds has none."""
    return order.store == SITE and row["productName"] in ("Визитки", "Буклет")


def row(name: str, price: str, quantity: object = 1, **more: Any) -> dict[str, Any]:
    return {"productName": name, "price": price, "quantity": quantity, "taxIncluded": "Y", **more}


def goods(world: HttpWorld, order: OrderRef) -> list[tuple[str, Decimal, Decimal]]:
    """Return name, quantity and total with tax of every position of the order, delivery among them."""
    snapshot: Any = world.connectors[order.store].read([order.id])[order.id]  # type: ignore[union-attr]
    return sorted((line.name, line.quantity, line.total) for line in snapshot.get("lines"))


def in_step(world: HttpWorld, order: OrderRef) -> None:
    assert world.differences(order) == {}
    assert Decimal(str(world.deal(order)["opportunity"])) == world.total(order)
    assert sum(quantity * price for _, quantity, price in world.rows(order)) == world.total(order)
    world.assert_at_rest()


CARDS, POST = row("Визитки", "150.55", 3), row("Курьер", "300.00")


@BOTH
@pytest.mark.covers("R161", "R132")
def test_quantity_price_added_and_removed_rows_reach_the_order(world: HttpWorld, store: StoreName) -> None:
    order = place(world, store, items=[
        {"name": "Визитки", "price": "150.55", "quantity": 3, "product_id": 10},
        {"name": "Буклет", "price": "90.00", "product_id": 11},
    ])  # fmt: skip
    edit(world, order, row("Визитки", "140.00", 5), POST, row("Дизайн", "1000.00"))
    assert goods(world, order) == [
        ("Визитки", 5, Decimal("700.00")),
        ("Дизайн", 1, Decimal("1000.00")),
        ("Курьер", 1, Decimal("300.00")),
    ]
    in_step(world, order)


@BOTH
@pytest.mark.covers("C15", "C55")
def test_a_discount_is_not_taken_off_again_at_each_round_trip(world: HttpWorld, store: StoreName) -> None:
    items = [
        {"name": "Визитки", "price": "150.55", "quantity": 3, "discount": "15.06", "product_id": 10},
        {"name": "Буклет", "price": "90.00", "product_id": 11},
    ]
    order = place(world, store, items=items)
    for quantity in (2, 3, 4, 1):
        discounted = row("Визитки", "135.49", 3, discountTypeId=1, discountSum="12.55")
        plain = row("Визитки", "135.49", 3, discountTypeId=1, discountSum="15.06")
        edit(world, order, discounted if store == SITE else plain, row("Буклет", "90.00", quantity), POST)
        assert goods(world, order)[1] == ("Визитки", 3, Decimal("406.47"))
        in_step(world, order)
    if store == WOO:
        line = world.woo.store.order(int(order.id))["line_items"][0]
        assert (line["subtotal"], line["total"]) == ("451.65", "406.47")
    else:
        line = world.site.store.order(int(order.id))["basketItems"][0]
        assert (line["basePrice"], line["price"], line["discountPrice"]) == (
            Decimal("150.55"), Decimal("135.49"), Decimal("15.06"),
        )  # fmt: skip


@BOTH
@pytest.mark.covers("C59")
def test_a_paid_order_keeps_its_goods_and_the_row_is_held_with_the_next_step(
    world: HttpWorld, store: StoreName
) -> None:
    order, other = place(world, store), place(world, store)
    shop = world.woo.store if store == WOO else world.site.store
    shop.pay(int(order.id))
    world.settle()
    before = goods(world, order)
    edit(world, order, row("Визитки", "1.00", 3), POST)
    assert goods(world, order) == before
    assert world.differences(order)["lines"] == "refused"
    text = next(one.difference.text for one in world.storage.differences.list(order) if one.difference.key == "lines")
    assert "retry" in text.en
    assert "повторите" in text.ru
    edit(world, other, row("Визитки", "150.00", 3), POST)
    assert goods(world, other)[0] == ("Визитки", 3, Decimal("450.00"))
    in_step(world, other)


@BOTH
def test_a_deal_without_rows_empties_no_order(world: HttpWorld, store: StoreName) -> None:
    order = place(world, store)
    before = goods(world, order)
    edit(world, order)
    assert goods(world, order) == before
    assert world.differences(order)["lines"] == "money"


@BOTH
def test_delivery_costs_what_the_deal_says(world: HttpWorld, store: StoreName) -> None:
    order = place(world, store)
    edit(world, order, CARDS, row("Курьер", "250.00"))
    assert ("Курьер", 1, Decimal("250.00")) in goods(world, order)
    in_step(world, order)
    edit(world, order, CARDS)
    assert [name for name, _, _ in goods(world, order)] == ["Визитки"]
    in_step(world, order)


@pytest.mark.covers("R161", "R155")
def test_an_offer_picked_in_the_deal_is_the_shops_product_of_that_article(world: HttpWorld) -> None:
    world.woo.store.catalogue.products.append(Product(70, "Футболка синяя", Decimal("900.00"), "SH-1", 71))
    kept = article(world.portal)
    picked = product(world.portal, "Футболка синяя", **{kept: "SH-1"})
    order = place(world, WOO)
    edit(world, order, CARDS, POST, row("Футболка синяя", "900.00", 2, productId=picked))
    line = world.woo.store.order(int(order.id))["line_items"][-1]
    assert (line["product_id"], line["variation_id"], line["quantity"], line["total"]) == (70, 71, 2, "1800.00")
    in_step(world, order)


@pytest.mark.covers("R161")
def test_an_offer_picked_in_the_deal_goes_to_the_site_with_its_external_code(world: HttpWorld) -> None:
    picked = product(world.portal, "Футболка синяя", xmlId="shirt-blue-m")
    order = place(world, SITE)
    edit(world, order, CARDS, POST, row("Футболка синяя", "900.00", 2, productId=picked))
    line = world.site.store.order(int(order.id))["basketItems"][-1]
    assert (line["name"], line["productXmlId"], line["quantity"]) == ("Футболка синяя", "shirt-blue-m", 2)
    in_step(world, order)


@pytest.mark.covers("C53", "C54")
def test_prices_with_tax_go_back_with_it_and_what_tax_cannot_make_is_held(world: HttpWorld) -> None:
    world.woo.store.catalogue.tax_rates.append(TaxRate(1, "НДС", Decimal(20)))
    order = place(world, WOO, items=[{"name": "Кружка", "price": "57.50", "product_id": 10}])
    assert ("Кружка", 1, Decimal("69.00")) in goods(world, order)
    post = row("Курьер", "360.00", 1, taxRate=20)
    edit(world, order, row("Кружка", "82.10", 1, taxRate=20), post)
    assert ("Кружка", 1, Decimal("82.10")) in goods(world, order)
    in_step(world, order)
    edit(world, order, row("Кружка", "82.11", 1, taxRate=20), post)
    (held,) = world.storage.differences.list(order)
    assert "the nearest sums are 82.10, 82.12" in held.difference.text.en
    assert world.total(order) == Decimal("442.10")
