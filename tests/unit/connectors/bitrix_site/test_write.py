from datetime import date
from decimal import Decimal

import pytest

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Gone, Later, Rejected, Superseded, Unanswered
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


def test_an_order_is_changed_while_it_is_not_cancelled(site, placed, shop, monkeypatch):
    """The first of the commands takes a cancellation back, the last of them cancels."""
    id_, sent, run = placed(), [], site._api.run

    def noting(commands, guard):
        sent.append([command.method for command in commands.values()])
        return run(commands, guard)

    monkeypatch.setattr(site._api, "run", noting)
    put(site, id_, status=CANCELLED, property__REGION="Тверь")
    assert sent[-1] == ["sale.propertyvalue.modify", "sale.order.update", "sale.order.get"]
    put(site, id_, status="P", property__REGION="Ржев")
    assert sent[-1] == ["sale.order.update", "sale.propertyvalue.modify", "sale.order.get"]


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


def test_a_shipment_has_its_status_and_is_allowed_apart_from_being_shipped(site, placed, shop):
    id_ = placed()
    wrote = put(site, id_, delivery__status="DD", delivery__allowed=True)
    assert not wrote.refused
    real = next(row for row in shop.order(id_)["shipments"] if row["system"] == "N")
    assert (real["statusId"], real["allowDelivery"], real["deducted"]) == ("DD", "Y", "N")
    assert (wrote.after.get("delivery.status"), wrote.after.get("delivery.allowed")) == ("DD", True)
    assert set(put(site, id_, delivery__status="N", delivery__track="RA1").refused) == {"delivery.status"}


def test_of_several_shipments_the_first_is_told_and_all_are_shipped(site, placed, shop):
    id_ = placed()
    order = shop.order(id_)
    order["shipments"].append({**order["shipments"][-1], "id": 78, "shipmentItems": []})
    put(site, id_, delivery__track="RA1", delivery__shipped=True)
    real = [row for row in shop.order(id_)["shipments"] if row["system"] == "N"]
    assert [(row["trackingNumber"], row["deducted"]) for row in real] == [("RA1", "Y"), ("", "Y")]


def test_money_given_back_is_not_marked_as_paid_again(site, placed, shop):
    id_ = placed()
    order = shop.order(id_)
    order["payments"].append({**order["payments"][0], "id": 77, "isReturn": "Y"})
    put(site, id_, payment__paid=True)
    assert [row["paid"] for row in shop.order(id_)["payments"]] == ["Y", "N"]


def test_an_order_without_payments_gets_one_when_its_method_is_told(site, placed, shop):
    id_ = placed()
    shop.order(id_)["payments"].clear()
    assert set(put(site, id_, payment__paid=True, status="P").refused) == {"payment.paid"}
    wrote = put(site, id_, payment__paid=True, payment__method="1")
    assert not wrote.refused
    assert [(row["paySystemId"], row["paid"], row["sum"]) for row in shop.order(id_)["payments"]] == [
        (1, "Y", shop.order(id_)["price"])
    ]


@pytest.mark.covers("R136")
def test_the_buyers_fields_are_written_where_the_site_says_they_are(site, placed, shop):
    id_ = placed(properties={"paper": "matte"})
    wrote = put(
        site, id_, customer__name="Ким Анна", customer__phone="+79990000007", customer__email="kim@example.test",
        delivery__city="Ржев",
    )  # fmt: skip
    assert not wrote.refused
    raw = {row["code"]: row["value"] for row in shop.order(id_)["propertyValues"]}
    assert raw == {
        "FIO": "Ким Анна", "PHONE": "+79990000007", "EMAIL": "kim@example.test", "CITY": "Ржев", "PAPER": "matte",
    }  # fmt: skip
    assert (wrote.after.get("customer.name"), wrote.after.get("customer.phone")) == ("Ким Анна", "+79990000007")


def test_of_two_properties_marked_alike_the_one_that_is_read_is_written(site, placed, shop):
    new = {**shop.catalogue.properties[2], "id": 90, "code": "PHONE_2", "isPhone": "Y"}
    shop.catalogue.properties.append(new)
    id_ = placed(customer={"fio": "Ким Анна", "phone_2": "+79990000001"})
    put(site, id_, customer__phone="+79990000007")
    raw = {row["code"]: row["value"] for row in shop.order(id_)["propertyValues"]}
    assert raw == {"FIO": "Ким Анна", "PHONE_2": "+79990000007"}


def test_a_name_in_parts_is_written_in_parts_and_never_guessed(site, placed, shop):
    for row in shop.catalogue.properties:
        row["isPayer"] = "N"
    for number, code in enumerate(("LAST_NAME", "NAME", "SECOND_NAME"), 90):
        add(shop, number, code, "STRING")
    id_ = placed(customer={"last_name": "Ким", "name": "Анна"})
    assert isinstance(put(site, id_, customer__name="Ли Мария"), Rejected)
    wrote = put(site, id_, customer__last_name="Ли", customer__middle_name="Ивановна")
    assert wrote.after.get("customer.name") == "Ли Анна Ивановна"


def test_an_address_is_only_read_and_is_kept_when_others_are_written(site, placed, shop):
    add(shop, 90, "WHERE", "ADDRESS")
    id_ = placed(properties={"where": "Тверь, 1"})
    assert isinstance(put(site, id_, property__WHERE="Ржев"), Rejected)
    assert put(site, id_, property__CITY="Ржев").after.get("property.WHERE") == "Тверь, 1"


def test_a_location_is_written_by_its_code(site, placed, shop):
    add(shop, 90, "LOCATION", "LOCATION")
    wrote = put(site, placed(), property__LOCATION="0000073738")
    assert wrote.after.get("property.LOCATION") == "0000073738"


def test_who_is_responsible_is_a_user_of_the_site_by_his_number(site, placed, shop):
    id_ = placed()
    problem = put(site, id_, responsible="Анна")
    assert isinstance(problem, Rejected)
    assert "values" in problem.text.en
    assert put(site, id_, responsible="9", comment__customer="после 18").after.get("responsible") == "9"
    assert (shop.order(id_)["responsibleId"], shop.order(id_)["userDescription"]) == ("9", "после 18")


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


@pytest.mark.parametrize("key", ["property.LAYOUT", "property.NOT_THERE", "total", "customer.external_id"])
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


def add(shop, id_, code, kind, many="N"):
    new = {**shop.catalogue.properties[3], "id": id_, "code": code, "type": kind, "multiple": many}
    shop.catalogue.properties.append(new)


def test_every_type_of_property_comes_back_as_it_was_sent(site, placed, shop):
    for id_, (code, kind, many) in enumerate(
        (("QTY", "NUMBER", "N"), ("DUE", "DATE", "N"), ("TAGS", "STRING", "Y")), 90
    ):
        add(shop, id_, code, kind, many)
    add(shop, 94, "GIFT", "Y/N")
    id_ = placed()
    sent = {"QTY": Decimal("12.50"), "DUE": date(2026, 12, 31), "TAGS": ("a", "b"), "GIFT": True, "CITY": "Ржев"}
    wrote = site.write([OrderWrite(id_, {f"property.{code}": value for code, value in sent.items()})], free)[id_]
    assert {code: wrote.after.get(f"property.{code}") for code in sent} == sent
    raw = {row["code"]: row["value"] for row in shop.order(int(id_))["propertyValues"]}
    assert (raw["DUE"], raw["GIFT"], raw["TAGS"]) == ("31.12.2026", "Y", ["a", "b"])


def test_the_other_values_of_every_type_are_kept_too(site, placed, shop):
    add(shop, 90, "TAGS", "STRING", "Y")
    id_ = placed(properties={"tags": ["a", "b"], "paper": "glossy"})
    wrote = put(site, id_, property__CITY="Ржев")
    assert wrote.after.get("property.TAGS") == ("a", "b")
    assert wrote.after.get("property.PAPER") == "glossy"


def test_an_emptied_property_is_empty_and_alone(site, placed):
    id_ = placed(properties={"region": "x"})
    wrote = put(site, id_, property__REGION=None)
    assert wrote.after.get("property.REGION") is None
    assert wrote.after.get("property.CITY") == "Тверь"


def test_a_site_that_drops_a_file_is_told_of(site, placed, shop, monkeypatch):
    id_ = placed(properties={"layout": {"fileData": ["a.pdf", "cGRm"]}})
    site.read([id_])
    monkeypatch.setattr(shop.properties, "_file", lambda value, before: None)
    problem = put(site, id_, property__CITY="Ржев")
    assert isinstance(problem, Rejected)
    assert "LAYOUT" in problem.text.en


@pytest.mark.parametrize("key", ["property.CITY", "customer.phone"])
def test_one_file_of_several_that_is_dropped_is_told_of(site, placed, shop, monkeypatch, key):
    add(shop, 90, "SCANS", "FILE", "Y")
    id_ = placed(properties={"scans": [{"fileData": ["a.pdf", "cGRm"]}, {"fileData": ["b.pdf", "cGRm"]}]})
    assert len(site.read([id_])[id_].get("property.SCANS")) == 2
    wrote = site.write([OrderWrite(id_, {key: "8 (999) 000-00-07"})], free)[id_]
    assert len(wrote.after.get("property.SCANS")) == 2
    keep = shop.properties._file
    monkeypatch.setattr(shop.properties, "_file", lambda sent, held: keep(sent, held) if "b" in str(held) else None)
    problem = site.write([OrderWrite(id_, {key: "8 (999) 000-00-08"})], free)[id_]
    assert isinstance(problem, Rejected)
    assert "SCANS" in problem.text.en


def test_two_writes_of_one_order_are_one(site, placed, server):
    id_ = placed()
    site.read([id_])
    server.log.clear()
    done = site.write([OrderWrite(id_, {"status": "P"}), OrderWrite(id_, {"comment.manager": "x"})], free)
    assert server.log.counts() == {"batch": 2}
    assert (done[id_].after.get("status"), done[id_].after.get("comment.manager")) == ("P", "x")


def test_commands_sent_apart_leave_a_broken_series_open(site, placed, server):
    id_ = placed()
    site.read([id_])
    server.faults.arm("429", on="sale.order.get")
    assert isinstance(put(site, id_, comment__manager="$result[x]"), Unanswered)


def test_a_property_of_an_unknown_type_is_shown_and_survives_every_write(site, placed, shop):
    add(shop, 90, "PLACE", "GEO")
    add(shop, 91, "MOOD", "EMOJI")
    id_ = placed(properties={"mood": "fine"})
    inside = {"lat": "56.8", "near": ["Волга", {"km": "1"}]}
    row = {**shop.order(int(id_))["propertyValues"][0], "id": 900, "code": "PLACE", "orderPropsId": 90}
    shop.order(int(id_))["propertyValues"].append({**row, "value": inside})
    fields = site.read([id_])[id_].fields
    assert (fields["property.PLACE"], fields["property.MOOD"]) == (
        '{"lat": "56.8", "near": ["Волга", {"km": "1"}]}', "fine",
    )  # fmt: skip
    wrote = put(site, id_, property__CITY="Ржев", property__MOOD="well")
    assert not wrote.refused
    assert (wrote.after.get("property.CITY"), wrote.after.get("property.MOOD")) == ("Ржев", "well")
    assert wrote.after.get("property.PLACE") == fields["property.PLACE"]
    refused = put(site, id_, property__PLACE="here", property__CITY="Тверь").refused
    assert "GEO is only read" in refused["property.PLACE"].text.en
