"""Money round trips through practice systems: order → deal → rows edited in the deal → order, kopeck by kopeck."""

import random
from decimal import Decimal

from support.http_world import PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from sverka.domain.commerce.money import KOPECK
from sverka.domain.ids import OrderRef, StoreName
from sverka.sandbox.woocommerce.catalogue import TaxRate


def lost_over_http(count: int) -> Decimal:
    """Make so many round trips, by turns of both stores, and return the money lost or found on them."""
    missing = Decimal(0)
    with HttpWorld([SITE, WOO]) as world:
        world.woo.store.catalogue.tax_rates.append(TaxRate(1, "НДС", Decimal(20)))
        for document in (PRINT, SOUVENIRS):
            world.apply(document.replace("responsible", 'lines_way = "<->"\nresponsible'))
        for number in range(count):
            missing += _trip(world, (SITE, WOO)[number % 2], random.Random(number))
    return missing


def _trip(world: HttpWorld, store: StoreName, chance: random.Random) -> Decimal:
    items = [
        {"name": f"Товар {n}", "product_id": n, "price": Decimal(chance.randint(1, 99_999)) * KOPECK, "quantity": n}
        for n in range(1, chance.randint(2, 5))
    ]
    more = {"fields": {"status": "pending"}} if store == WOO else {}
    order = world.order(store, items=items, **more)
    world.settle()
    missing = _gap(world, order)
    rows = world.portal.core.state.rows["D", int(world.deal(order)["id"])]
    given = [
        {"productName": row.product_name, "quantity": row.quantity, "taxIncluded": "Y", "price": row.price,
         **({} if row.tax_rate is None else {"taxRate": row.tax_rate})}
        for row in rows
    ]  # fmt: skip
    given[0]["quantity"] += 1
    deal = {"ownerType": "D", "ownerId": world.deal(order)["id"]}
    world.clock.advance(1)
    world.portal.call("crm.item.productrow.set", {**deal, "productRows": given})
    world.settle()
    return missing + _gap(world, order)


def _gap(world: HttpWorld, order: OrderRef) -> Decimal:
    """Return by how much the deal's amount and its rows miss the order's total."""
    total = world.total(order)
    rows = sum((quantity * price for _, quantity, price in world.rows(order)), Decimal(0))
    return abs(rows - total) + abs(Decimal(str(world.deal(order)["opportunity"])) - total)
