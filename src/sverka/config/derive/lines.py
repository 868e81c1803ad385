"""The mapping of an order's line items to product rows, and of its total, as `[deal]` asks."""

from sverka.config.derive.one_line import OneLine
from sverka.config.tables.deal import DealTable
from sverka.domain.commerce.layout import Layout
from sverka.domain.mapping.convert import LineItems
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way
from sverka.domain.mapping.new_record import fill
from sverka.ports.backoffice import ROW_PRODUCTS


def rows_of(deal: DealTable) -> FieldMapping:
    """Return the mapping of line items; two-way rows are read at every visit, with the products behind them."""
    name = fill(deal.title, {}) or "Order"
    both = deal.lines_way is not Way.TO_OFFICE
    return FieldMapping(
        key="lines",
        store_field=_store_field(deal),
        office_field="rows",
        way=deal.lines_way,
        policy=deal.lines_policy if both else Policy.STORE_WINS,
        converter=OneLine(name) if deal.lines == "one_line" else LineItems(layout_of(deal)),
        office_type=FieldType.LINES,
        store_type=FieldType.LINES,
        heavy=True,
        beside=(ROW_PRODUCTS,) if both else (),
    )


def layout_of(deal: DealTable) -> Layout:
    """Return how rows are laid out."""
    return Layout(
        name_offers=deal.offers == "name",
        spread=deal.bonuses == "discount",
        link=tuple(deal.products_by) if deal.products == "find" else (),
        section=deal.delivery_section if deal.delivery == "product" else "",
    )


def total_of(deal: DealTable) -> str:
    """Return the order's field that becomes the deal's amount."""
    return "total.net" if deal.refunds == "subtract" else "total"


def _store_field(deal: DealTable) -> str:
    if deal.refunds == "subtract":
        return "lines.net"
    return "lines.goods" if deal.delivery == "field" else "lines"
