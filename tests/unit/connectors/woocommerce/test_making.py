"""Orders made in a shop: one request, their goods and sums as asked, found again by their marks in every shop."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sverka.connectors.kit import Kit
from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.marks import AGE
from sverka.connectors.woocommerce.oauth import Keys
from sverka.domain.commerce.lines import Line, sum_of
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.errors import Later, Misconfigured, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, Wrote
from sverka.sandbox.woocommerce import TaxRate

MARK = "portal/57"
MUGS = Line("Кружка с печатью 330 мл", Decimal(3), Decimal("1350.00"), sku="MUG-330")


def make(woo: WooCommerce, mark: str = MARK, **fields: Value) -> Wrote:
    told = {key.replace("__", "."): value for key, value in fields.items()}
    answer = woo.create([NewOrderWrite(7, mark, told)], free)[7]
    assert isinstance(answer, Wrote)
    return answer


def found(woo: WooCommerce, mark: str = MARK) -> list[str]:
    shown = woo.find([mark])[mark]
    assert not isinstance(shown, Exception)
    return [one.id for one in shown]  # type: ignore[union-attr]


def test_an_order_with_goods_and_a_payment_method_is_made_by_one_request(woo, server, shop) -> None:
    made = make(woo, status="pending", lines=(MUGS,), payment__method="bacs", property__paper="мелованная")
    row = shop.order(int(made.after.id))
    assert server.log.counts() == {"GET /payment_gateways": 1, "POST /orders": 1}
    assert (row["status"], row["payment_method"]) == ("pending", "bacs")
    assert row["payment_method_title"] == "Прямой банковский перевод"
    (line,) = row["line_items"]
    assert (line["product_id"], line["quantity"], line["total"]) == (10, 3, "1350.00")
    assert (made.after.mark, made.after.get("channel"), made.refused) == (MARK, "sverka", {})


def test_an_order_with_goods_that_does_not_begin_as_pending_is_told_of_once_its_sums_are_right(woo, shop) -> None:
    shop.catalogue.tax_rates.append(TaxRate(1, "НДС", Decimal(20)))
    told: list[tuple[str, str]] = []
    shop.on_event = lambda _event, id_: told.append((shop.orders[id_]["status"], shop.orders[id_]["total"]))
    made = make(woo, status="processing", lines=(MUGS,))
    assert dict(told) == {"pending": "1620.00", "processing": "1350.00"}
    assert (made.after.get("status"), made.after.get("total")) == ("processing", Decimal("1350.00"))
    assert sum_of(lines_of(made.after.get("lines"))) == Decimal("1350.00")
    assert made.refused == {}


def test_a_sum_that_the_shops_tax_cannot_make_is_said_and_the_order_is_there(woo, shop) -> None:
    shop.catalogue.tax_rates.append(TaxRate(1, "НДС", Decimal(20)))
    made = make(woo, lines=(Line("Кружка", Decimal(1), Decimal("82.11"), sku="MUG-330"),))
    (problem,) = made.refused.values()
    assert "nearest sums are 82.10, 82.12" in problem.text.en
    assert found(woo) == [made.after.id]


def test_what_has_no_article_or_is_sold_by_parts_is_a_fee(woo, shop) -> None:
    rows = (
        Line("Дизайн", Decimal(2), Decimal("2000.00")),
        Line("Баннер, м²", Decimal("2.5"), Decimal("1250.50"), sku="BANNER"),
        Line("Скидка", Decimal(1), Decimal("-100.00")),
    )
    made = make(woo, lines=rows)
    row = shop.order(int(made.after.id))
    fees = [(fee["name"], fee["total"]) for fee in row["fee_lines"]]
    assert fees == [("Дизайн × 2", "2000.00"), ("Баннер, м² × 2.5", "1250.50"), ("Скидка", "-100.00")]
    assert (row["line_items"], row["total"], made.refused) == ([], "3150.50", {})


def test_an_article_the_shop_has_not_is_a_line_of_no_product(woo, shop) -> None:
    made = make(woo, lines=(Line("Флаг", Decimal(2), Decimal("900.00"), sku="FLAG-1"),))
    (line,) = shop.order(int(made.after.id))["line_items"]
    assert (line["name"], line["product_id"], line["quantity"], line["total"]) == ("Флаг", 0, 2, "900.00")


def test_a_note_and_a_payment_go_with_the_new_order(woo, shop) -> None:
    made = make(woo, comment__manager="Позвонить", lines=(MUGS,), payment__paid=True)
    assert made.after.get("payment.paid") is True
    assert "Позвонить" in [note["note"] for note in shop.notes[int(made.after.id)]]


def test_a_field_that_cannot_be_set_is_told_and_the_order_is_made(woo) -> None:
    made = make(woo, total=Decimal(5))
    assert list(made.refused) == ["total"]
    assert found(woo) == [made.after.id]


def test_a_status_the_shop_has_not_refuses_the_order_and_the_next_one_is_made(woo, shop) -> None:
    news = [NewOrderWrite(1, "portal/1", {"status": "printed"}), NewOrderWrite(2, "portal/2", {})]
    answers = woo.create(news, free)
    assert isinstance(answers[1], Rejected)
    assert isinstance(answers[2], Wrote)
    assert len(shop.orders) == 1


def test_after_a_lost_answer_the_rest_is_not_sent(woo, server, shop) -> None:
    server.faults.arm("closed_after_commit", on="POST /orders")
    answers = woo.create([NewOrderWrite(key, f"portal/{key}", {}) for key in (1, 2)], free)
    assert isinstance(answers[1], Unanswered)
    assert isinstance(answers[2], Later)
    assert len(shop.orders) == 1
    assert [len(some) for some in woo.find(["portal/1", "portal/2"]).values()] == [1, 0]  # type: ignore[arg-type]


def test_marks_are_found_by_one_request_however_many_orders_there_are(woo, server, placed) -> None:
    for _ in range(3):
        placed()
    made = make(woo)
    assert found(woo) == [made.after.id]
    server.log.clear()
    assert found(woo, "portal/58") == []
    assert server.log.counts() == {"GET /orders": 1}
    assert found(woo) == [made.after.id]
    assert server.log.counts() == {"GET /orders": 3}


def test_an_older_shop_is_asked_for_the_orders_of_the_last_days(woo, server, shop, placed, clock) -> None:
    shop.catalogue.knows_channels = False
    old = make(woo, "portal/1")
    assert shop.order(int(old.after.id))["created_via"] == "rest-api"
    clock.advance((AGE + timedelta(minutes=1)).total_seconds())
    for _ in range(101):
        placed()
    made = make(woo)
    assert found(woo) == [made.after.id]
    server.log.clear()
    assert found(woo) == [made.after.id]
    assert server.log.counts() == {"GET /orders": 4}, "the filter is passed over, two pages, and the order itself"
    assert found(woo, "portal/1") == []


def test_another_hubs_mark_is_none_of_ours(woo, server, kit: Kit) -> None:
    made = make(woo)
    keys = Keys(server.consumer_key, server.consumer_secret)
    other = WooCommerce(server.url, keys, replace(kit, hub="hub-2"))
    assert found(other) == []
    shown: Any = other.read([OrderId(made.after.id)])[OrderId(made.after.id)]
    assert shown.mark == ""
    other.close()


def test_an_order_in_the_trash_is_found_no_more(woo, shop) -> None:
    made = make(woo)
    shop.trash(int(made.after.id))
    assert found(woo) == []


def test_no_order_is_looked_for_in_a_copy_of_the_shop(woo, kit: Kit, placed) -> None:
    placed()
    kit.secrets.put("home", "shop.example")
    with pytest.raises(Misconfigured, match="calls itself the shop"):
        woo.find([MARK])
