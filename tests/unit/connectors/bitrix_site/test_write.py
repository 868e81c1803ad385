import pytest

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Gone, Later, Rejected, Superseded
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite


def put(site, id_, **fields):
    return site.write([OrderWrite(id_, {key.replace("__", "."): value for key, value in fields.items()})], free)[id_]


def test_what_write_returns_is_what_read_returns(site, placed):
    id_ = placed()
    wrote = put(site, id_, status="P", comment__manager="звонили", property__REGION="Тверь")
    assert not wrote.refused
    assert wrote.after == site.read([id_])[id_]
    assert wrote.after.get("status") == "P"
    assert wrote.after.get("comment.manager") == "звонили"
    assert wrote.after.get("property.REGION") == "Тверь"


def test_an_order_is_written_in_one_request_with_its_read_back(site, placed, server):
    id_ = placed()
    site.read([id_])
    server.log.clear()
    put(site, id_, status="P", delivery__track="RA1", payment__paid=True, property__REGION="Тверь")
    assert server.log.counts() == {"batch": 2}


def test_one_property_leaves_every_other_as_it_was(site, placed, shop):
    layout = {"fileData": ["a.pdf", "cGRm"]}
    id_ = placed(properties={"paper": "matte", "layout": layout, "trace": "{}"})
    before = {row["code"]: row["value"] for row in shop.order(id_)["propertyValues"]}
    put(site, id_, property__REGION="Тверь")
    after = {row["code"]: row["value"] for row in shop.order(id_)["propertyValues"]}
    assert after == {**before, "REGION": "Тверь"}


def test_cancelling_keeps_the_status_and_gives_the_reason(site, placed, shop):
    id_ = placed(fields={"statusId": "P"})
    wrote = put(site, id_, status=CANCELLED, cancel_reason="передумал")
    order = shop.order(id_)
    assert (order["canceled"], order["statusId"], order["reasonCanceled"]) == ("Y", "P", "передумал")
    assert wrote.after.get("status") == CANCELLED


def test_a_status_on_a_cancelled_order_takes_it_back(site, placed, shop):
    id_ = placed()
    shop.cancel(int(id_), "no")
    wrote = put(site, id_, status="P")
    assert (shop.order(id_)["canceled"], shop.order(id_)["statusId"]) == ("N", "P")
    assert wrote.after.get("status") == "P"


def test_payment_and_shipment_are_written_to_the_parts(site, placed, shop):
    id_ = placed()
    wrote = put(site, id_, payment__paid=True, delivery__track="RA123", delivery__shipped=True)
    order = shop.order(id_)
    real = next(row for row in order["shipments"] if row["system"] == "N")
    system = next(row for row in order["shipments"] if row["system"] == "Y")
    assert (order["payed"], real["trackingNumber"], real["deducted"], real["allowDelivery"]) == ("Y", "RA123", "Y", "Y")
    assert system["deducted"] == "N"
    assert len(order["payments"]) == 1
    assert [wrote.after.get(k) for k in ("payment.paid", "delivery.track", "delivery.shipped")] == [True, "RA123", True]


def test_a_refused_field_spoils_no_other(site, placed):
    id_ = placed()
    wrote = put(site, id_, status="ZZ", comment__manager="да", property__PAPER="no such", property__REGION="Тверь")
    assert set(wrote.refused) == {"status", "property.PAPER"}
    assert all(isinstance(problem, Rejected) for problem in wrote.refused.values())
    assert wrote.after.get("comment.manager") == "да"
    assert wrote.after.get("property.REGION") == "Тверь"
    assert wrote.after.get("property.PAPER") is None


def test_a_whole_refusal_is_rejected(site, placed):
    problem = put(site, placed(), status="ZZ")
    assert isinstance(problem, Rejected)
    assert "ZZ" in problem.text.en


@pytest.mark.parametrize("key", ["property.LAYOUT", "property.NOT_THERE", "total", "customer.name"])
def test_what_cannot_be_written_is_refused_without_a_command(site, placed, shop, key):
    id_ = placed()
    version = shop.order(id_)["version"]
    assert isinstance(site.write([OrderWrite(id_, {key: "x"})], free)[id_], Rejected)
    assert shop.order(id_)["version"] == version


def test_many_orders_share_requests_and_none_is_split(site, placed, server, shop):
    ids = [placed() for _ in range(60)]
    site.read(ids[:1])
    server.log.clear()
    done = site.write([OrderWrite(id_, {"status": "P", "property.REGION": "x"}) for id_ in ids], free)
    assert all(done[id_].after.get("status") == "P" for id_ in ids)
    assert server.log.counts() == {"batch": 2 + 4}


def test_an_unknown_order_spoils_no_other(site, placed):
    id_ = placed()
    done = site.write([OrderWrite("999", {"status": "P"}), OrderWrite(id_, {"status": "P"})], free)
    assert isinstance(done["999"], Gone)
    assert done[id_].after.get("status") == "P"


def test_a_text_that_looks_like_a_batch_reference_arrives_as_it_is(site, placed):
    id_ = placed()
    text = "скидка $result[o1_get][order][price] & 10% + [да]"
    wrote = put(site, id_, comment__manager=text, property__REGION=text)
    assert wrote.after.get("comment.manager") == wrote.after.get("property.REGION") == text


def test_a_guard_that_closes_lets_nothing_out(site, placed, shop):
    id_ = placed()
    version = shop.order(id_)["version"]

    def closed() -> None:
        raise Superseded

    assert isinstance(site.write([OrderWrite(id_, {"status": "P"})], closed)[id_], Superseded)
    assert shop.order(id_)["version"] == version


def test_a_failed_first_look_means_nothing_was_written(site, placed, server, shop):
    id_ = placed()
    server.faults.arm("closed_after_commit")
    assert isinstance(put(site, id_, status="P"), Later)
    assert shop.order(id_)["statusId"] == "N"
