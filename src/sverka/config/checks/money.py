"""What can be wrong with the money of a profile: rows that cannot go back, delivery's product, the default payment."""

from collections.abc import Iterator
from typing import TypeAlias

from sverka.config.catalogue import StoreSide
from sverka.config.complaint import Complaint, options
from sverka.config.derive.lines import rows_of
from sverka.config.read import Document
from sverka.domain.mapping.field_mapping import Policy, Way
from sverka.domain.text import Text
from sverka.ports.store import StoreCan

Complaints: TypeAlias = Iterator[Complaint]


def check_money(document: Document, store: StoreSide, can: StoreCan | None) -> Complaints:
    """Yield what is wrong with rows, delivery and payments; `can` is None where the store is not connected."""
    yield from _delivery(document)
    yield from _back(document, can)
    yield from _idle(document)
    yield from _payment(document, store, can)


def _delivery(document: Document) -> Complaints:
    deal = document.table.deal
    if deal.delivery == "product" and not deal.delivery_section:
        text = Text(
            'delivery = "product" needs `delivery_section`, the id of the catalogue section its product stands in.',
            'для delivery = "product" укажите `delivery_section` – id раздела каталога, где будет товар доставки.',
        )
        yield document.complain(("deal", "delivery"), text)
    if deal.delivery_section and deal.delivery != "product":
        text = Text(
            '`delivery_section` is used with delivery = "product" only.',
            '`delivery_section` используется только при delivery = "product".',
        )
        yield document.complain(("deal", "delivery_section"), text, bad=False)
    if deal.refunds == "subtract" and deal.delivery == "field":
        text = Text(
            'refunds = "subtract" needs delivery among the rows: take delivery = "line" or "product".',
            'refunds = "subtract" требует доставки строкой: укажите delivery = "line" или "product".',
        )
        yield document.complain(("deal", "refunds"), text)


def _back(document: Document, can: StoreCan | None) -> Complaints:
    deal = document.table.deal
    if deal.lines_way is Way.TO_OFFICE or deal.lines == "none":
        return
    if deal.lines != "products" or deal.bonuses != "row" or deal.refunds != "keep":
        text = Text(
            'rows go back to the store only as they came: take lines = "products", bonuses = "row", refunds = "keep".',
            'строки возвращаются в магазин только такими, как пришли: lines = "products", bonuses = "row", '
            'refunds = "keep".',
        )
        yield document.complain(("deal", "lines_way"), text)
    elif can is not None and rows_of(deal).store_field not in can.writes:
        text = Text(
            'this store\'s connector cannot change the goods of an order; take lines_way = "->".',
            'коннектор этого магазина не умеет менять состав заказа; укажите lines_way = "->".',
        )
        yield document.complain(("deal", "lines_way"), text)


def _idle(document: Document) -> Complaints:
    deal = document.table.deal
    if deal.lines_way is not Way.BOTH and deal.lines_policy is not Policy.ASK:
        text = Text(
            f'with lines_way = "{deal.lines_way}" there is one source, so `lines_policy` changes nothing.',
            f'при lines_way = "{deal.lines_way}" источник один, поэтому `lines_policy` ни на что не влияет.',
        )
        yield document.complain(("deal", "lines_policy"), text, bad=False)
    if deal.products == "text" and "products_by" in deal.model_fields_set:
        text = Text(
            '`products_by` is used with products = "find" only.',
            '`products_by` используется только при products = "find".',
        )
        yield document.complain(("deal", "products_by"), text, bad=False)


def _payment(document: Document, store: StoreSide, can: StoreCan | None) -> Complaints:
    payment = document.table.payment
    if payment is None:
        return
    if document.table.new_order is None:
        text = Text(
            "the default payment is for orders made of deals; without [new_order] it is not used.",
            "оплата по умолчанию нужна для заказов, создаваемых по сделкам; без [new_order] она не используется.",
        )
        yield document.complain(("payment",), text, bad=False)
    elif can is not None and "payment.method" not in can.writes:
        text = Text(
            "this store's connector cannot set the payment method of an order; take [payment] out.",
            "коннектор этого магазина не умеет задавать способ оплаты; уберите [payment].",
        )
        yield document.complain(("payment",), text)
    field = store.find("payment.method")
    if field and field.options and payment.default not in field.options:
        tail = options(payment.default, dict(field.options))
        text = Text(
            f"the store has no payment method `{payment.default}`.{tail.en}",
            f"в магазине нет способа оплаты `{payment.default}`.{tail.ru}",
        )
        yield document.complain(("payment", "default"), text)
