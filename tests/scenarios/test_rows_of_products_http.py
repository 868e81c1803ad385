"""Product rows bound to the portal's catalogue, and delivery as a service of it, over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from support.catalogue import OFFERS, article, product, products, section
from support.http_world import PRINT, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.catalog.tables import CATALOG

SHIRT = {
    "name": "Футболка",
    "price": "900.00",
    "productId": 501,
    "productXmlId": "shirt-blue-m",
    "properties": [
        {"code": "COLOR", "name": "Цвет", "value": "синий"},
        {"code": "SIZE", "name": "Размер", "value": "M"},
        {"code": "ARTNUMBER", "name": "Артикул", "value": "SH-1"},
        {"code": "PRODUCT.XML_ID", "name": "Product XML_ID", "value": "shirt-blue-m"},
    ],
}


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        yield world


def asking(**keys: str) -> str:
    more = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return PRINT.replace("responsible = 9", f"responsible = 9\n{more}")


def bound(world: HttpWorld, order: OrderRef) -> dict[str, int]:
    """Return the product each row is bound to, 0 for none, by the row's name."""
    rows = world.portal.core.state.rows["D", int(world.deal(order)["id"])]
    return {row.product_name: row.product_id for row in rows}


@pytest.mark.covers("R139", "R155", "R33", "C50")
def test_an_offer_is_bound_to_the_portals_variation_and_tells_its_colour_and_size(world: HttpWorld) -> None:
    variation = product(world.portal, "Футболка синяя M", OFFERS, xmlId="shirt-blue-m")
    world.apply(asking(products='"find"', offers='"name"'))
    order = world.order(items=[SHIRT])
    world.settle()
    assert bound(world, order) == {"Футболка (Цвет: синий, Размер: M)": variation, "Курьер": 0}
    world.assert_in_step(order)


@pytest.mark.covers("R158")
def test_a_portal_without_variations_has_the_offer_as_a_product_of_its_own(world: HttpWorld) -> None:
    del CATALOG.rows(world.portal.core)[OFFERS]
    own = product(world.portal, "Футболка синяя M", xmlId="shirt-blue-m")
    world.apply(asking(products='"find"'))
    order = world.order(items=[SHIRT])
    world.settle()
    assert bound(world, order) == {"Футболка": own, "Курьер": 0}


@pytest.mark.covers("R139")
@pytest.mark.parametrize(
    ("by", "fits"),
    [('["sku"]', "article"), ('["name"]', "name"), ('["sku", "name"]', "article"), ('["name", "sku"]', "name")],
)
def test_the_order_of_keys_is_a_setting(world: HttpWorld, by: str, fits: str) -> None:
    kept = article(world.portal)
    made = {
        "article": product(world.portal, "Другая", **{kept: "SH-1"}),
        "name": product(world.portal, "Футболка"),
    }
    world.apply(asking(products='"find"', products_by=by))
    order = world.order(items=[SHIRT])
    world.settle()
    assert bound(world, order)["Футболка"] == made[fits]


@pytest.mark.covers("R139", "C52")
def test_what_is_not_found_or_found_twice_is_a_row_of_text_and_no_product_is_made(world: HttpWorld) -> None:
    for _ in range(2):
        product(world.portal, "Визитки")
    before = products(world.portal)
    world.apply(asking(products='"find"'))
    order = world.order(items=[SHIRT, {"name": "Визитки", "price": "100.00"}])
    world.settle()
    assert set(bound(world, order).values()) == {0}
    assert products(world.portal) == before
    world.assert_in_step(order)


@pytest.mark.covers("R30", "R163", "R164", "R165")
def test_delivery_is_a_service_of_the_chosen_section_made_once(world: HttpWorld) -> None:
    chosen = section(world.portal)
    world.apply(asking(delivery='"product"', delivery_section=f'"{chosen}"'))
    first, second = world.order(), world.order()
    world.settle()
    (service,) = products(world.portal)
    assert (service["name"], service["type"], str(service["iblockSectionId"])) == ("Доставка", 7, chosen)
    for order in (first, second):
        assert bound(world, order)["Курьер"] == service["id"]
    world.connectors["portal"]._portal.products._known.clear()  # type: ignore[union-attr]
    third = world.order()
    world.settle()
    assert bound(world, third)["Курьер"] == service["id"]
    assert len(products(world.portal)) == 1
    world.assert_in_step(first, second, third)


@pytest.mark.covers("R165")
def test_a_section_that_is_not_there_holds_the_orders_with_delivery_and_no_others(world: HttpWorld) -> None:
    world.apply(asking(delivery='"product"', delivery_section='"999"'))
    held, free = world.order(), world.order(delivery_price="0")
    world.settle()
    assert world.deals(held) == []
    assert world.differences(held) == {"record": "refused"}
    (shown,) = world.storage.differences.list(held)
    assert "section 999" in shown.difference.text.en
    assert "delivery_section" in shown.difference.text.ru
    assert Decimal(str(world.deal(free)["opportunity"])) == world.total(free)
    chosen = section(world.portal)
    world.apply(asking(delivery='"product"', delivery_section=f'"{chosen}"'))
    world.settle()
    assert bound(world, held)["Курьер"] == products(world.portal)[0]["id"]
    world.assert_in_step(held, free)


@pytest.mark.covers("R139")
def test_a_connection_without_the_right_to_the_catalogue_says_so(world: HttpWorld) -> None:
    world.portal.settings.scopes = tuple(one for one in world.portal.settings.scopes if one != "catalog")
    world.apply(asking(products='"find"'))
    order = world.order()
    world.settle()
    (shown,) = world.storage.differences.list(order)
    assert "`catalog`" in shown.difference.text.en
    assert 'products = "text"' in shown.difference.text.ru


def test_many_orders_cost_few_requests_more(world: HttpWorld) -> None:
    made = product(world.portal, "Визитки")
    spent: dict[str, int] = {}
    for name, document in {"text": PRINT, "find": asking(products='"find"')}.items():
        world.apply(document)
        orders = [world.order() for _ in range(20)]
        world.deliver()
        before: Any = world.portal.counters.requests
        world.settle()
        spent[name] = world.portal.counters.requests - before
    assert bound(world, orders[-1])["Визитки"] == made
    assert spent["find"] - spent["text"] <= 4


@pytest.mark.covers("R33", "R19", "R282")
def test_a_row_tells_unit_tax_and_discount_as_the_shop_does(world: HttpWorld) -> None:
    paper = {"name": "Бумага", "price": "120.00", "discount": "10.00", "quantity": 3, "vatRate": "0.1"}
    order = world.order(items=[{**paper, "measureCode": "006", "measureName": "м"}], delivery_price="0")
    world.settle()
    number = int(world.deal(order)["id"])
    about = {"filter": {"=ownerType": "D", "=ownerId": number}}
    (row,) = world.portal.call("crm.item.productrow.list", about).result["productRows"]
    shown = ("price", "quantity", "priceBrutto", "taxRate", "taxIncluded", "measureCode")
    assert [row[key] for key in shown] == [110, 3, 120, 10, "Y", 6]
    world.assert_in_step(order)
