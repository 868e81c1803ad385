"""Calls that are not published: off as shipped, said so everywhere, and made as the owner's file declares them."""

import pytest

from sverka.connectors.pixlpark.calls import Calls
from sverka.domain.commerce.comment import Comment
from sverka.domain.errors import Misconfigured, Rejected
from sverka.ports.comments import COMMENTS, FEED, KeepsComments
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite

PAID = """
[paid]
enabled = true
writes  = ["payment.paid"]
method  = "POST"
path    = "/made-up/{order.id}/paid"
form    = { flag = "{payment.paid}", user = "{customer.external_id}" }
"""
READ = """
[comments]
enabled = true
method  = "GET"
path    = "/made-up/{order.id}/comments"
fields  = { id = "Id", text = "BodySource", author = "UserCreatedId", at = "DateCreated" }
"""


@pytest.fixture
def declared(tmp_path):
    def put(text: str) -> str:
        path = tmp_path / "calls.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return put


def test_as_shipped_every_one_is_off_and_nothing_is_said_to_be_writable(shop):
    store, (order,) = shop.store(), shop.place()
    assert Calls(store._api).off == ["paid", "track", "user", "organisation", "comments"]
    assert store.can.writes == {"status"}
    assert {field.key for field in store.catalogue() if field.writable} == {"status"}
    refused = store.write([OrderWrite(order, {"payment.paid": True})], free)[order]
    assert isinstance(refused, Rejected)
    assert "calls=" in refused.say("en")


def test_the_check_says_what_is_not_published(shop):
    shop.place()
    said = [one for one in shop.store().check() if "not published" in one.text.en]
    assert [one.level for one in said] == [Level.WARNING]
    assert all(name in said[0].text.ru for name in ("paid", "track", "user", "organisation", "comments"))


def test_one_that_is_filled_in_is_made_and_read_back(shop, declared):
    sent = []

    def paid(call):
        if call.path.startswith("/made-up"):
            sent.append((call.path, call.body))
            shop.kept.pay(int(call.path.split("/")[2]))
            return [{}]
        return result(call)

    result, shop.server.rest._result = shop.server.rest._result, paid
    store, (order,) = shop.store(calls=declared(PAID)), shop.place()
    assert store.can.writes == {"status", "payment.paid"}
    assert store.write([OrderWrite(order, {"payment.paid": True})], free)[order].refused == {}
    assert sent == [(f"/made-up/{order}/paid", b"flag=true&user=10")]
    back = store.write([OrderWrite(order, {"payment.paid": False})], free)[order]
    assert isinstance(back, Rejected)


def test_one_whose_value_the_order_does_not_show_is_refused(shop, declared):
    result = shop.server.rest._result
    shop.server.rest._result = lambda call: [{}] if "made-up" in call.path else result(call)
    store, (order,) = shop.store(calls=declared(PAID)), shop.place()
    answer = store.write([OrderWrite(order, {"payment.paid": True})], free)[order]
    assert "method list" in answer.say("en")


def test_comments_are_read_by_it(shop, declared):
    result = shop.server.rest._result
    rows = [{"Id": 5, "BodySource": "Ждём макет", "UserCreatedId": "oleg", "DateCreated": "/Date(1564133280000)/"}]
    shop.server.rest._result = lambda call: rows if "made-up" in call.path else result(call)
    store, (order,) = shop.store(calls=declared(READ)), shop.place()
    assert isinstance(store, KeepsComments)
    (said,) = store.comments([order], free)[order]
    assert (said.mark, said.text, said.author, said.at.year) == ("shop/5", "Ждём макет", "oleg", 2019)
    assert {COMMENTS, FEED} <= {field.key for field in store.catalogue()}


def test_without_it_the_comments_are_those_the_hub_has_sent(shop):
    store, (order,) = shop.store(comment_email="hub@print.example"), shop.place()
    shop.kept.comment(int(order), "buyer@example.test", "Когда будет готово?")
    assert store.comments([order], free)[order] == ()
    wrote = store.write([OrderWrite(order, {COMMENTS: (Comment("portal/3", "Завтра"),)})], free)[order]
    (said,) = store.comments([order], free)[order]
    assert (said.mark, said.text, said.own, said.is_copy) == ("portal/3", "Завтра", "901", True)
    assert "Завтра" in str(wrote.after.get(FEED))
    assert [one["UserCreatedId"] for one in shop.kept.comments] == ["buyer@example.test", "hub@print.example"]


@pytest.mark.parametrize(
    "text",
    [
        PAID.replace("/made-up/{order.id}/paid", ""),
        READ.replace('text = "BodySource", ', ""),
        "[paid\n",
        'paid = "yes"',
    ],
)
def test_a_file_that_is_not_filled_in_is_refused_before_anything_is_sent(shop, declared, text):
    with pytest.raises(Misconfigured, match="file of calls"):
        shop.store(calls=declared(text))


def test_a_file_that_is_not_there_is_said(shop):
    with pytest.raises(Misconfigured, match="nowhere"):
        shop.store(calls="/nowhere/calls.toml")
