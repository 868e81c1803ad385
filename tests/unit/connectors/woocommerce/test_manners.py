"""Answers that are not what their status says, as plugins and firewalls of real shops send them."""

import pytest

from sverka.connectors.kit import Answer
from sverka.domain.errors import AuthLost, Gone, Later, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, OrderWrite


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


@pytest.mark.parametrize("told", [[], {}, {"id": 0}, {"message": "ok"}])
def test_a_save_answered_with_something_else_is_in_doubt(woo, told: object) -> None:
    telling(woo, told)
    order = OrderId("1")
    assert isinstance(woo.write([OrderWrite(order, {"status": "completed"})], free)[order], Unanswered)
    assert isinstance(woo.create([NewOrderWrite(1, "portal/1", {})], free)[1], Unanswered)
    two = [OrderWrite(OrderId(str(number)), {"comment.customer": "x"}) for number in (1, 2)]
    assert {type(one) for one in woo.write(two, free).values()} == {Unanswered}


def test_a_list_that_repeats_its_page_ends_and_the_watermark_stays(woo) -> None:
    page = [{"id": number, "date_modified_gmt": "2026-03-01T09:00:00"} for number in range(100)]
    telling(woo, page)
    with pytest.raises(Later, match="/wp-json/"):
        list(woo.changed_since(None))
    with pytest.raises(Later, match="/wp-json/"):
        list(woo.customers())
