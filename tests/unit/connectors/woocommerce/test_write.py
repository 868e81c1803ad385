import pytest

from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.oauth import Keys
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Gone, Rejected, Superseded
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite


def put(woo, id_, **fields):
    return woo.write([OrderWrite(id_, {key.replace("__", "."): value for key, value in fields.items()})], free)[id_]


def test_what_write_returns_is_what_read_returns(woo, placed):
    id_ = placed()
    wrote = put(woo, id_, status="completed", property__paper="matte", comment__customer="да", delivery__track="RA1")
    assert not wrote.refused
    assert wrote.after == woo.read([id_])[id_]
    shown = [wrote.after.get(key) for key in ("status", "property.paper", "comment.customer", "delivery.track")]
    assert shown == ["completed", "matte", "да", "RA1"]


def test_one_order_is_one_request_and_lines_are_never_sent(woo, placed, server, shop):
    id_ = placed()
    before = [dict(line) for line in shop.order(int(id_))["line_items"]]
    put(woo, id_, status="on-hold")
    assert server.log.counts() == {"PUT /orders/{id}": 1}
    assert shop.order(int(id_))["line_items"] == before


def test_many_orders_share_a_request(woo, placed, server):
    ids = [placed() for _ in range(101)]
    done = woo.write([OrderWrite(id_, {"status": "completed"}) for id_ in ids], free)
    assert server.log.counts() == {"GET /orders/statuses": 1, "POST /orders/batch": 2}
    assert all(done[id_].after.get("status") == "completed" for id_ in ids)
    assert all(done[id_].after == woo.read([id_])[id_] for id_ in ids[:3])


def test_a_known_key_is_set_in_place(woo, placed, shop):
    id_ = placed(meta={"paper": "glossy"})
    put(woo, id_, property__paper="matte")
    assert [meta["value"] for meta in shop.order(int(id_))["meta_data"] if meta["key"] == "paper"] == ["matte"]


def test_a_hidden_key_is_written_only_where_it_is_already(woo, placed, shop):
    with_key, without = placed(meta={"_secret_sauce": "1"}), placed()
    done = woo.write([OrderWrite(id_, {"property._secret_sauce": "2"}) for id_ in (with_key, without)], free)
    assert isinstance(done[without], Rejected)
    metas = {meta["key"]: meta["value"] for meta in shop.order(int(with_key))["meta_data"]}
    assert metas["_secret_sauce"] == "2"
    assert "_secret_sauce" not in {meta["key"] for meta in shop.order(int(without))["meta_data"]}


def test_the_tracking_key_is_a_setting(server, kit, placed, shop):
    keys = Keys(server.consumer_key, server.consumer_secret)
    woo = WooCommerce(server.url, keys, kit, track_meta="cdek_track")
    id_ = placed()
    assert put(woo, id_, delivery__track="RA7").after.get("delivery.track") == "RA7"
    assert {"cdek_track": "RA7"}.items() <= {m["key"]: m["value"] for m in shop.order(int(id_))["meta_data"]}.items()
    woo.close()


@pytest.mark.parametrize("more", [{}, {"status": "on-hold"}, {"status": "pending", "line_items": []}])
def test_an_order_that_waits_for_no_payment_says_so_and_the_rest_lands(woo, placed, more):
    id_ = placed(fields=more)
    answer = put(woo, id_, payment__paid=True)
    assert isinstance(answer, Rejected)
    assert "does not wait for a payment" in answer.text.en
    wrote = put(woo, id_, payment__paid=True, property__paper="matte")
    assert wrote.refused.keys() == {"payment.paid"}
    assert (wrote.after.get("payment.paid"), wrote.after.get("property.paper")) == (False, "matte")
    others = woo.write(
        [OrderWrite(one, {"payment.paid": True}) for one in (id_, placed(fields={"status": "failed"}))], free
    )
    assert isinstance(others.pop(id_), Rejected)
    assert [one.after.get("payment.paid") for one in others.values()] == [True]


def test_a_paid_order_may_be_marked_as_paid_again(woo, placed):
    id_ = placed(fields={"status": "pending"})
    put(woo, id_, payment__paid=True)
    assert put(woo, id_, payment__paid=True).after.get("payment.paid") is True


def test_what_a_person_writes_is_kept_as_the_checkout_keeps_it(woo, placed, shop):
    id_ = placed()
    said = "Tom &amp; Jerry <b>3 > 2</b>"
    assert put(woo, id_, comment__customer=said).after.get("comment.customer") == said
    assert shop.order(int(id_))["customer_note"] == "Tom &amp;amp; Jerry &lt;b&gt;3 &gt; 2&lt;/b&gt;"


def test_paying_sets_the_date_and_taking_back_is_refused(woo, placed):
    id_ = placed(fields={"status": "pending", "payment_method": "card"})
    wrote = put(woo, id_, payment__paid=True)
    assert wrote.after.get("payment.paid") is True
    assert wrote.after.get("payment.paid_at") is not None
    assert isinstance(put(woo, id_, payment__paid=False), Rejected)


def test_cancelling_is_a_status(woo, placed):
    assert put(woo, placed(), status=CANCELLED).after.get("status") == CANCELLED


def test_a_note_is_added_once(woo, placed, shop):
    id_ = placed()
    text = 'Звонили &\n"да"'
    for _ in range(2):
        assert not put(woo, id_, comment__manager=text).refused
    assert [note["note"] for note in shop.notes[int(id_)]] == [text]
    put(woo, id_, comment__manager="другое")
    assert len(shop.notes[int(id_)]) == 2


def test_a_note_alone_saves_no_order(woo, placed, shop, clock):
    id_ = placed()
    before = shop.order(int(id_))["date_modified"]
    clock.advance(60)
    put(woo, id_, comment__manager="note")
    assert shop.order(int(id_))["date_modified"] == before


@pytest.mark.parametrize("count", [1, 2])
def test_a_refused_field_spoils_no_other(woo, placed, count):
    ids = [placed() for _ in range(count)]
    fields = {"status": "no-such", "property.paper": "matte", "total": "5"}
    done = woo.write([OrderWrite(id_, fields) for id_ in ids], free)
    for id_ in ids:
        assert set(done[id_].refused) == {"status", "total"}
        assert "no-such" not in str(done[id_].after.get("status"))
        assert done[id_].after.get("property.paper") == "matte"
        assert done[id_].after == woo.read([id_])[id_]


def test_a_whole_refusal_is_rejected_in_the_shops_words(woo, placed):
    problem = put(woo, placed(), status="no-such")
    assert isinstance(problem, Rejected)
    assert "status" in problem.text.en


@pytest.mark.parametrize("others", [0, 2])
def test_an_unknown_order_is_gone_and_spoils_no_other(woo, placed, others):
    ids = [placed() for _ in range(others)]
    done = woo.write([OrderWrite(id_, {"status": "completed"}) for id_ in ["999", "abc", *ids]], free)
    assert isinstance(done["999"], Gone)
    assert isinstance(done["abc"], Gone)
    assert all(done[id_].after.get("status") == "completed" for id_ in ids)


def test_a_guard_that_closes_lets_nothing_out(woo, placed, shop):
    id_ = placed()

    def closed() -> None:
        raise Superseded

    done = woo.write([OrderWrite(id_, {"status": "completed", "comment.manager": "x"})], closed)
    assert isinstance(done[id_], Superseded)
    assert shop.order(int(id_))["status"] == "processing"


def test_a_city_is_the_one_it_was_only_where_the_whole_word_stands_first(woo, placed, shop):
    id_ = placed(shipping={"city": "Тверь", "address_1": "пр. Мира, 5"})
    assert put(woo, id_, delivery__address="Тверь, ул. Новая, 1").after.get("delivery.address") == "Тверь, ул. Новая, 1"
    place = shop.order(int(id_))["shipping"]
    assert (place["city"], place["address_1"]) == ("Тверь", "ул. Новая, 1")
    put(woo, id_, delivery__address="Тверьстрой, 7")
    place = shop.order(int(id_))["shipping"]
    assert (place["city"], place["address_1"]) == ("", "Тверьстрой, 7")
