"""What the checker says of a profile's money, and what the keys lead to."""

import pytest

from sverka.config.check import check
from sverka.config.load import load
from sverka.domain.mapping.convert import LineItems
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.field_mapping import Policy, Way
from sverka.domain.text import Text
from sverka.ports.store import StoreCan

LEAST = """
schema  = 1
profile = "p"
store   = "s"
portal  = "b"
"""
METHODS = Field("payment.method", Text("m", "m"), FieldType.CHOICE, options={"cod": "Cash", "bacs": "Transfer"})
STAGES = Field("stageId", Text("s", "s"), FieldType.CHOICE, options={"NEW": "New"})


def said(tail: str, can: StoreCan | None = None) -> list[tuple[bool, str]]:
    found = check(LEAST + tail, None if can is None else [METHODS], None, can)
    return [(one.bad, one.text.en) for one in found]


@pytest.mark.parametrize(
    ("deal", "bad", "words"),
    [
        ('delivery = "product"', True, "delivery_section"),
        ('delivery_section = "3"', False, 'delivery = "product" only'),
        ('refunds = "subtract"\ndelivery = "field"', True, "delivery among the rows"),
        ('lines_way = "<->"\nlines = "one_line"', True, "only as they came"),
        ('lines_way = "<->"\nbonuses = "discount"', True, "only as they came"),
        ('lines_way = "<->"\nrefunds = "subtract"', True, "only as they came"),
        ('lines_policy = "store_wins"', False, "one source"),
        ('products_by = ["sku"]', False, 'products = "find" only'),
    ],
)
def test_what_cannot_be_and_what_is_idle(deal: str, bad: bool, words: str) -> None:
    found = said(f"[deal]\n{deal}\n")
    assert any(one == bad and words in text for one, text in found), found


def test_a_store_that_cannot_change_goods_is_told_so() -> None:
    deal = '[deal]\nlines_way = "<->"\n'
    assert any("cannot change the goods" in text for _, text in said(deal, StoreCan(frozenset({"status"}))))
    assert not any("cannot change the goods" in text for _, text in said(deal, StoreCan(frozenset({"lines"}))))


@pytest.mark.covers("R121", "R122", "R123")
def test_the_default_payment_is_one_of_the_stores_and_is_for_orders_made_of_deals() -> None:
    able = StoreCan(frozenset({"payment.method"}), keeps_mark=True)
    made = '[new_order]\nstages = ["NEW"]\n'
    assert any("has no payment method `gold`" in text for _, text in said(made + '[payment]\ndefault = "gold"\n', able))
    assert not any("payment" in text for _, text in said(made + '[payment]\ndefault = "cod"\n', able))
    assert any("not used" in text for bad, text in said('[payment]\ndefault = "cod"\n', able) if not bad)
    unable = StoreCan(frozenset({"status"}), keeps_mark=True)
    assert any("take [payment] out" in text for bad, text in said(made + '[payment]\ndefault = "cod"\n', unable) if bad)


def test_the_keys_lead_to_the_mapping_of_rows() -> None:
    keys = '[deal]\nlines_way = "<->"\nlines_policy = "office_wins"\nproducts = "find"\nproducts_by = ["sku"]\n'
    rows = load(LEAST + keys + 'offers = "name"\ndelivery = "product"\ndelivery_section = "12"\n').mapping("lines")
    assert rows is not None
    assert (rows.way, rows.policy, rows.store_field, rows.beside) == (
        Way.BOTH, Policy.OFFICE_WINS, "lines", ("rows.products",),
    )  # fmt: skip
    assert isinstance(rows.converter, LineItems)
    layout = rows.converter.layout
    assert (layout.link, layout.section, layout.name_offers) == (("sku",), "12", True)
    less = load(LEAST + '[deal]\nrefunds = "subtract"\nbonuses = "discount"\n')
    lines, total = less.mapping("lines"), less.mapping("total")
    assert lines is not None
    assert total is not None
    assert (lines.store_field, total.store_field) == ("lines.net", "total.net")
    plain = load(LEAST).mapping("lines")
    assert plain is not None
    assert (plain.converter.fingerprint(), plain.beside, plain.way) == ("lines", (), Way.TO_OFFICE)
