from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sverka.config.catalogue import OfficeSide, StoreSide, order_keys
from sverka.config.check import check
from sverka.config.complaint import BadProfile
from sverka.config.derive.one_line import OneLine
from sverka.config.load import load
from sverka.domain.commerce.lines import Line
from sverka.domain.mapping.convert import LineItems, Plain, Unmapped, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import Policy, Way, WriteMode
from sverka.domain.mapping.profile import NewOrder, route
from sverka.domain.mapping.routing import Condition
from sverka.domain.mapping.status_map import StatusMap, StatusRow

LEAST = """
schema = 1
profile = "p"
store = "s"
portal = "b"
[status]
map = [{ status = "N", stage = ["NEW"] }]
"""


@pytest.fixture
def print_shop(profiles_dir, store_fields, office_fields):
    return load((profiles_dir / "print-shop.toml").read_text("utf-8"), store_fields, office_fields, version=7)


def test_the_head_of_the_print_shop(print_shop):
    assert (print_shop.name, print_shop.store, print_shop.office) == ("print-shop", "shop-main", "b24-company")
    assert print_shop.version == 7
    assert print_shop.route.conditions == (
        Condition("site", any_of=("print.example.ru",)),
        Condition("person_type", any_of=("individual",)),
        Condition("payment.method", none_of=("invoice",)),
        Condition("property.region", contains=("Москва",)),
    )
    assert print_shop.new.constants == {"categoryId": "2"}
    assert print_shop.new.title == "Заказ {order.number}: {customer.name}"
    assert (print_shop.new.responsible, print_shop.new.responsible_from_contact) == ("9", True)
    assert print_shop.customer.match == ("phone", "email")
    assert print_shop.brakes.writes_per_wave == 2000
    assert print_shop.brakes.same_value_writes == 4
    assert print_shop.brakes.on_record_deleted == "release"


def test_the_implied_mappings_of_the_print_shop(print_shop):
    keys = [mapping.key for mapping in print_shop.mappings]
    assert keys[:5] == ["status", "lines", "total", "currency", "begin_date"]
    status = print_shop.mapping("status")
    assert (status.store_field, status.office_field, status.way) == ("status", "stageId", Way.BOTH)
    assert (status.policy, status.ignore_unmapped) == (Policy.OFFICE_WINS, False)
    assert (status.store_type, status.office_type) == (FieldType.CHOICE, FieldType.CHOICE)
    assert status.converter == StatusMap(
        [
            StatusRow("N", ("C2:NEW",)),
            StatusRow("P", ("C2:EXECUTING", "C2:UC_QUALITY")),
            StatusRow("F", ("C2:WON",)),
        ],
        ("C2:LOSE", "C2:APOLOGY"),
    )
    lines = print_shop.mapping("lines")
    assert (lines.store_field, lines.office_field, lines.way, lines.heavy) == ("lines", "rows", Way.TO_OFFICE, True)
    assert isinstance(lines.converter, LineItems)
    assert lines.office_type is FieldType.LINES
    total = print_shop.mapping("total")
    assert (total.office_field, total.way, total.office_type) == ("opportunity", Way.TO_OFFICE, FieldType.MONEY)
    assert print_shop.mapping("currency").office_field == "currencyId"
    begin = print_shop.mapping("begin_date")
    assert (begin.store_field, begin.office_field, begin.write) == ("order.created_at", "begindate", WriteMode.IF_NEW)
    assert begin.converter.to_office(datetime(2026, 5, 4, 3, tzinfo=UTC)) == datetime(2026, 5, 4, tzinfo=UTC).date()


def test_the_fields_of_the_print_shop_take_types_from_the_catalogues(print_shop):
    paper = print_shop.mapping("property.paper")
    assert paper.converter == ValueMap({"glossy": "45", "matte": "46"})
    assert (paper.way, paper.policy, paper.office_type) == (Way.BOTH, Policy.ASK, FieldType.CHOICE)
    coupons = print_shop.mapping("coupons")
    assert coupons.converter == Plain(FieldType.TEXT, FieldType.TEXT, store_many=True, office_many=True)
    assert coupons.write is WriteMode.APPEND
    assert print_shop.mapping("delivery.track").policy is Policy.STORE_WINS
    assert print_shop.mapping("order.number").way is Way.TO_OFFICE


@pytest.mark.parametrize("name", ["print-shop", "two-funnels-sales", "two-funnels-production"])
def test_example_profiles_are_clean(name, profiles_dir, store_fields, office_fields):
    text = (profiles_dir / f"{name}.toml").read_text("utf-8")
    assert [c.say("en") for c in check(text, store_fields, office_fields) if c.bad] == []
    assert [c.say("en") for c in check(text) if c.bad] == []


def test_the_woo_profile_is_clean_without_a_warning(profiles_dir, woo_fields, office_fields):
    text = (profiles_dir / "woo-simple.toml").read_text("utf-8")
    assert check(text, woo_fields, office_fields) == []


def test_two_funnels_share_an_order(profiles_dir):
    sales, production = (
        load((profiles_dir / f"two-funnels-{half}.toml").read_text("utf-8")) for half in ("sales", "production")
    )
    assert route([sales, production], {"total": Decimal(1500)}) == [sales, production]
    assert route([sales, production], {"total": Decimal(500)}) == [sales]
    assert sales.new.constants == {"categoryId": "0", "sourceId": "STORE"}
    assert production.mapping("begin_date") is None
    lines = production.mapping("lines")
    assert (lines.store_field, lines.converter) == ("lines.goods", OneLine("В печать"))
    assert production.mapping("status").way is Way.TO_OFFICE


def test_what_is_switched_off_is_not_mapped():
    off = '[deal]\nlines = "none"\namount = false\nbegin_date = false\n'
    assert [m.key for m in load(LEAST + off).mappings] == ["status"]
    assert [m.key for m in load(LEAST + "[deal]\namount = false\nbegin_date = false\n").mappings] == [
        "status",
        "lines",
        "currency",
    ]


def test_defaults_are_careful():
    profile = load(LEAST + '[fields]\n"site" = { to = "UF_X" }\n')
    assert profile.mapping("status").policy is Policy.ASK
    site = profile.mapping("site")
    assert (site.way, site.policy, site.write) == (Way.TO_OFFICE, Policy.ASK, WriteMode.OVERWRITE)
    assert profile.route.takes({})
    assert profile.new.responsible == ""


def test_types_are_guessed_without_catalogues():
    rows = """
[fields]
"delivery.price" = { to = "UF_A" }
"customer.phone" = { to = "UF_B" }
"property.paper" = { to = "UF_C", values = { a = "1" } }
"property.text" = { to = "UF_D" }
"coupons" = { to = "UF_E" }
"order.created_at" = { to = "closedate" }
"""
    profile = load(LEAST + rows)
    types = {m.key: (m.store_type, m.office_type) for m in profile.mappings[5:]}
    assert types == {
        "delivery.price": (FieldType.MONEY, FieldType.MONEY),
        "customer.phone": (FieldType.PHONE, FieldType.PHONE),
        "property.paper": (FieldType.CHOICE, FieldType.CHOICE),
        "property.text": (FieldType.TEXT, FieldType.TEXT),
        "coupons": (FieldType.TEXT, FieldType.TEXT),
        "order.created_at": (FieldType.DATETIME, FieldType.DATE),
    }
    assert profile.mapping("coupons").converter.to_office(("A", "B")) == ("A", "B")


def test_every_key_with_a_known_type_is_an_order_key():
    side = StoreSide(None)
    assert set(order_keys()) == set(side.keys())
    assert side.find("total").type is FieldType.MONEY
    assert side.find("attribution.utm_source").writable is False
    assert side.find("attribution.") is None
    assert OfficeSide(None).find("title") is None


def test_conditions_in_every_form():
    when = """
[when]
also = true
site = "s1"
channel = ["a", "b"]
"payment.paid" = true
"property.code" = 7
total = { at_least = 10.50, at_most = 100 }
person_type = { is = "company", not = "x", contains = "comp" }
"""
    route_ = load(LEAST + when).route
    assert route_.also
    assert route_.conditions == (
        Condition("site", any_of=("s1",)),
        Condition("channel", any_of=("a", "b")),
        Condition("payment.paid", any_of=("Y",)),
        Condition("property.code", any_of=("7",)),
        Condition("total", at_least=Decimal("10.50"), at_most=Decimal(100)),
        Condition("person_type", any_of=("company",), none_of=("x",), contains=("comp",)),
    )


def test_a_broken_text_is_refused_with_its_sentences():
    with pytest.raises(BadProfile) as caught:
        load(LEAST + "[deal]\nlines = 1\n")
    assert "line 9, `deal.lines`" in caught.value.say("en")
    assert "строка 9, `deal.lines`" in caught.value.say("ru")


def _line(total, rate=None, quantity=1):
    return Line("mug", Decimal(quantity), Decimal(total), tax_rate=rate)


def test_one_line_keeps_the_money():
    converter = OneLine("Order")
    rows = converter.to_office((_line("10.10", Decimal(20), 3), _line("5", Decimal(20))))
    assert rows == (Line("Order", Decimal(1), Decimal("15.10"), tax_rate=Decimal(20)),)
    assert converter.agree((_line("10.10"), _line("5")), rows)
    assert not converter.agree((_line("10.11"), _line("5")), rows)
    assert converter.to_office((_line("1", Decimal(20)), _line("2", None)))[0].tax_rate is None
    assert converter.to_office(()) == ()
    assert converter.to_store(rows) == Unmapped(rows)
    assert converter.fingerprint() != OneLine("Other").fingerprint()


def test_unmapped_statuses_are_held_unless_ignored():
    assert not load(LEAST).mapping("status").ignore_unmapped
    assert load(LEAST + 'unmapped = "ignore"\n').mapping("status").ignore_unmapped


def test_the_stages_whose_deals_become_orders():
    assert load(LEAST).new_order == NewOrder()
    assert load(LEAST + '[new_order]\nstages = ["NEW", "WON"]').new_order.stages == ("NEW", "WON")
    (complaint,) = check(LEAST + "[new_order]\nstages = []")[:1]
    assert complaint.bad
