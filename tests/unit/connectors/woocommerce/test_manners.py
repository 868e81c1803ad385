"""Answers that are not what their status says, as plugins and firewalls of real shops send them."""

import pytest

from sverka.connectors.kit import Answer
from sverka.connectors.woocommerce.orders import MARK
from sverka.domain.errors import AuthLost, Gone, Later, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, OrderWrite, Wrote


def telling(woo, data: object, status: int = 200) -> None:
    woo._api._http.send = lambda *_args, **_more: Answer(status, {}, data)


def error(code: str, status: int) -> dict[str, object]:
    return {"code": code, "message": "No.", "data": {"status": status}}


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (error("rest_invalid_param", 400), Rejected),
        (error("woocommerce_rest_cannot_edit", 401), AuthLost),
        (error("woocommerce_rest_shop_order_invalid_id", 404), Gone),
        (error("internal_server_error", 500), Unanswered),
        (error("wp_die", 503), Later),
    ],
)
def test_an_error_that_comes_as_if_it_were_none_is_one(woo, told: object, kind: type[Exception]) -> None:
    telling(woo, told)
    order = OrderId("1")
    assert isinstance(woo.write([OrderWrite(order, {"status": "completed"})], free)[order], kind)


@pytest.mark.parametrize("told", [{"orders": []}, "", 0, {"0": {"id": 1}}])
def test_a_list_that_is_none_is_asked_for_again(woo, told: object) -> None:
    telling(woo, told)
    assert isinstance(woo.read([OrderId("1")])[OrderId("1")], Later)
    with pytest.raises(Later):
        list(woo.changed_since(None))


WHOLE = {"status": "completed", "total": "0.00", "billing": {}, "line_items": []}


@pytest.mark.parametrize("told", [[], {}, {"id": 0}, {"message": "ok"}, {"id": 1, "status": "completed"}])
def test_a_save_answered_with_something_else_is_in_doubt(woo, told: object) -> None:
    telling(woo, told)
    order = OrderId("1")
    assert isinstance(woo.write([OrderWrite(order, {"status": "completed"})], free)[order], Unanswered)
    assert isinstance(woo.create([NewOrderWrite(1, "portal/1", {})], free)[1], Unanswered)
    two = [OrderWrite(OrderId(str(number)), {"comment.customer": "x"}) for number in (1, 2)]
    assert {type(one) for one in woo.write(two, free).values()} == {Unanswered}


def test_of_a_batch_only_what_shows_a_whole_order_is_its_answer(woo) -> None:
    telling(woo, {"update": [{"id": 1, "status": "completed"}, {"id": 2, **WHOLE}]})
    one, two = OrderId("1"), OrderId("2")
    answers = woo.write([OrderWrite(order, {"comment.customer": "x"}) for order in (one, two)], free)
    assert isinstance(answers[one], Unanswered)
    assert isinstance(answers[two], Wrote)


def test_a_save_answered_with_another_order_is_in_doubt(woo) -> None:
    order = OrderId("1")
    telling(woo, {"id": 9, **WHOLE})
    assert isinstance(woo.write([OrderWrite(order, {"status": "completed"})], free)[order], Unanswered)
    assert isinstance(woo.create([NewOrderWrite(1, "portal/1", {})], free)[1], Wrote), "its mark may be left out"
    telling(woo, {"id": 9, **WHOLE, "meta_data": [{"key": MARK, "value": "hub-1 portal/2"}]})
    assert isinstance(woo.create([NewOrderWrite(1, "portal/1", {})], free)[1], Unanswered)


@pytest.mark.parametrize(
    "row",
    [
        {"id": 1, "status": "trash", "date_modified_gmt": "2026-03-01T09:00:00"},
        {"id": 1, "date_modified_gmt": "2026-03-01T09:00:00"},
        {"id": 1, "date_modified_gmt": "2026-03-01T09:00:00", **WHOLE},
    ],
)
def test_a_sweep_takes_no_other_list_for_its_own(woo, row: dict[str, object]) -> None:
    telling(woo, [row])
    with pytest.raises(Later, match="/wp-json/"):
        list(woo.changed_since(None))


def test_orders_of_another_customer_are_nobodys_answer(woo) -> None:
    telling(woo, [{"id": 1, "customer_id": 7}])
    assert woo.orders_of("7", 10) == [OrderId("1")]
    with pytest.raises(Later, match="/wp-json/"):
        woo.orders_of("8", 10)


def test_a_list_that_repeats_its_page_ends_and_the_watermark_stays(woo) -> None:
    saved = {"status": "pending", "date_modified_gmt": "2026-03-01T09:00:00"}
    page = [{"id": number, **saved} for number in range(100)]
    telling(woo, page)
    with pytest.raises(Later, match="/wp-json/"):
        list(woo.changed_since(None))
    with pytest.raises(Later, match="/wp-json/"):
        list(woo.customers())


def test_what_shows_more_than_was_asked_for_may_be_old(woo, server, shop, placed) -> None:
    other, order = OrderId(placed()), OrderId(placed())
    woo.read([other, order])
    shop.edit(int(order), {"customer_note": "touched"})
    server.faults.arm("repeated", on="GET /orders")
    assert isinstance(woo.read([order])[order], Later)
    assert woo.read([order])[order].get("comment.customer") == "touched"
