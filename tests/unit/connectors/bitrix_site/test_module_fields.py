"""What the module shows of an order is all that the connector reads of one."""

import re
from typing import Any

import pytest

from support.php import MODULE
from sverka.connectors.bitrix_site import BitrixSite

LIST = re.compile(r"const (\w+) = \[(.*?)\];", re.DOTALL)
PARTS = {"basketItems": "BASKET_ITEM", "payments": "PAYMENT", "shipments": "SHIPMENT", "tradeBindings": "TRADE_BINDING"}
INNER = {"properties": "BASKET_PROPERTY", "shipmentItems": "SHIPMENT_ITEM"}
PROPERTY = {"id", "code", "name", "orderPropsId", "value"}
BESIDE = {"tradeBindings": {"tradingPlatformXmlId"}}


def shown() -> dict[str, set[str]]:
    """Return the fields the module's PHP shows, by the names REST gives them."""
    text = (MODULE / "sverka.orders" / "lib" / "fields.php").read_text("utf-8")
    return {name: {_named(field) for field in re.findall(r"'(\w+)'", body)} for name, body in LIST.findall(text)}


def _named(field: str) -> str:
    first, *rest = field.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def as_the_module(tree: dict[str, Any]) -> dict[str, Any]:
    """Return an order with nothing in it that the module would not show."""
    fields = shown()
    kept = {key: value for key, value in tree.items() if key in fields["ORDER"] or key in ("coupons", "adminUrl")}
    for part, name in PARTS.items():
        names = fields[name] | BESIDE.get(part, set())
        kept[part] = [
            {key: value for key, value in row.items() if key in names}
            | {key: [_only(one, fields[INNER[key]]) for one in row[key]] for key in INNER if key in row}
            for row in tree[part]
        ]
    kept["propertyValues"] = [_only(row, PROPERTY) for row in tree["propertyValues"]]
    return kept


def _only(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key in names}


@pytest.mark.parametrize("what", ["new", "paid", "shipped", "cancelled", "of a company"])
def test_nothing_the_connector_reads_is_left_out(server, kit, shop, placed, what):
    order = placed(
        discount=7,
        fields={"personTypeId": 2 if what == "of a company" else 1, "userDescription": "Позвоните"},
        items=[
            {
                "name": "Визитки",
                "price": "150.55",
                "quantity": 3,
                "discountCoupon": "SALE",
                "productXmlId": "guid",
                "properties": [{"code": "ARTICLE", "name": "Артикул", "value": "A-1"}],
            }
        ],
    )
    acts = {
        "paid": shop.pay,
        "shipped": lambda id_: shop.ship(id_, "RA1"),
        "cancelled": lambda id_: shop.cancel(id_, "no"),
    }
    acts.get(what, lambda _id: None)(int(order))
    site = BitrixSite(server.webhook_url, "", kit, module_secret=server.module.install())
    whole = site.read([order])[order]
    answer = server.module._shown
    server.module._shown = lambda id_: as_the_module(answer(id_))
    assert site.read([order])[order] == whole
    site.close()
