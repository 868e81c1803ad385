"""Notes of an order as comments."""

import pytest

from sverka.connectors.kit import Answer
from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.oauth import Keys
from sverka.domain.commerce.comment import Comment
from sverka.domain.errors import Gone, Later, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite

SAID = Comment("b24/7", "Макет принят")


def feed(woo, order):
    return woo.comments([OrderId(order)], free)[OrderId(order)]


def write(woo, order, *said, **more):
    (answer,) = woo.write([OrderWrite(OrderId(order), {"comments": said, **more})], free).values()
    return answer


@pytest.mark.covers("C12")
def test_the_same_write_twice_makes_one_note(woo, shop, placed):
    order = placed()
    for _ in range(2):
        assert write(woo, order, SAID).after.get("comments") == (SAID,)
    assert [note["note"] for note in shop.notes[int(order)]].count("Макет принят\n— b24/7") == 1
    assert feed(woo, order) == (SAID,)


def test_people_are_heard_and_the_shop_itself_is_not(woo, shop, placed):
    order = placed()
    shop.add_note(int(order), "<p>Позвонить &amp; спросить<br></p>", author="Олег")
    shop.add_note(int(order), "Ваш заказ готов", customer_note=True, author="Олег")
    shop.edit(int(order), {"status": "completed"})
    said = feed(woo, order)
    assert [(one.text, one.author, one.public) for one in said] == [
        ("Позвонить & спросить", "Олег", False),
        ("Ваш заказ готов", "Олег", True),
    ]
    assert [one.mark for one in said] == [f"shop-woo/{one.own}" for one in said]


def test_a_note_beside_other_fields_leaves_them_as_they_land(woo, placed):
    order = placed()
    wrote = write(woo, order, SAID, status="on-hold", total="5")
    assert wrote.after.get("status") == "on-hold"
    assert wrote.after.get("comments") == (SAID,)
    assert set(wrote.refused) == {"total"}
    read = woo.read([OrderId(order)])[OrderId(order)]
    assert "comments" in read.unread


def test_an_order_that_is_gone_spoils_no_other(woo, placed):
    order = placed()
    answers = woo.comments([OrderId("99"), OrderId(order)], free)
    assert isinstance(answers[OrderId("99")], Gone)
    assert answers[OrderId(order)] == ()


def test_notes_of_another_order_are_not_taken_for_this_ones(woo, shop, placed, server):
    other, order = placed(), placed()
    shop.add_note(int(other), "Срочно", author="Олег")
    shop.add_note(int(order), "Не срочно", author="Олег")
    before = feed(woo, order)
    feed(woo, other)
    server.faults.arm("repeated", on="notes")
    assert isinstance(feed(woo, order), Later)
    assert feed(woo, order) == before
    write(woo, other, SAID)
    server.faults.arm("repeated", on="POST")
    assert isinstance(write(woo, order, SAID), Unanswered), "the note that was made is another order's"
    server.faults.clear()
    write(woo, other, SAID)
    server.faults.arm("repeated", on="GET /orders/{id}", skip=1)
    assert isinstance(write(woo, order, SAID), Later), "and so is the order that is shown after it"
    assert write(woo, order, SAID).after.get("comments") == (*before, SAID)


def test_a_shop_in_a_path_that_says_orders_too_has_its_notes_read(kit):
    woo = WooCommerce("https://shop.example/orders/2026", Keys("ck_1", "cs_1"), kit)
    up = "https://shop.example/orders/2026/wp-json/wc/v3/orders/12"
    note = {"id": 1, "note": "Срочно", "author": "Олег", "_links": {"up": [{"href": up}]}}
    woo._api._http.send = lambda *_args, **_more: Answer(200, {}, [note])
    (said,) = feed(woo, "12")
    assert said.text == "Срочно"
    woo.close()
