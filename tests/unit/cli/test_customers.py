"""Whose order it is, said by a person; and the customers a store had before."""

import json
from pathlib import Path

import pytest

from sverka.sandbox.portal import Portal
from sverka.sandbox.woocommerce import WooServer

PHONE = "+79990000002"


def contact(portal: Portal, name: str, phone: str = PHONE) -> int:
    """Let a manager make a contact."""
    reach = [{"typeId": "PHONE", "valueType": "MOBILE", "value": phone}]
    fields = {"name": name, "fm": reach}
    return int(portal.call("crm.item.add", {"entityTypeId": 3, "fields": fields}).result["item"]["id"])


def deals(portal: Portal) -> list:
    return list(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"])


def contacts(portal: Portal) -> list:
    return list(portal.call("crm.item.list", {"entityTypeId": 3}).result["items"])


@pytest.mark.covers("C9", "R137")
def test_a_person_says_whose_order_it_is(applied, place, portal):
    first, second = contact(portal, "Ольга"), contact(portal, "Пётр")
    order = place()
    applied("order", "sync", order)
    assert deals(portal) == []
    shown = applied.ok("order", "show", order).out
    assert f"{first} (https://" in shown.replace("http://", "https://")
    assert f"/crm/contact/details/{second}/)" in shown
    assert f"sverka order contact {order} {first}" in shown
    assert "has no contact 99" in applied.fails("order", "contact", order, 99).text
    wrong = applied("order", "contact", order, "Olga")
    assert (wrong.code, "Olga is no contact's number" in " ".join(wrong.text.split())) == (2, True)
    assert f"A person chose {second}" in applied.ok("order", "contact", order, second).out
    applied.ok("order", "sync", order)
    (deal,) = deals(portal)
    assert deal["contactId"] == second
    story = json.loads(applied.ok("order", "show", order, "--json").out)["timeline"]
    assert any(one["rule"] == "K9" and f"A person chose {second}" in one["text"] for one in story)
    assert "does not wait for such a choice" in applied.fails("order", "contact", order, first).text


@pytest.fixture
def shop(connected, woo_server: WooServer):
    """The same hub with a WooCommerce store `woo` under a profile of its own."""
    keys = ("--consumer-key", woo_server.consumer_key, "--consumer-secret", woo_server.consumer_secret)
    connected.ok("connect", "store", "woo", "--kind", "woocommerce", "--url", woo_server.url, *keys)
    connected.ok("profile", "new", "souvenirs", "--store", "woo", "--portal", "b24", "--out", "woo.toml")
    connected.ok("profile", "apply", "woo.toml", "--yes")
    return woo_server.store


@pytest.mark.covers("R303", "R324", "R325", "R326", "R327", "R328", "R329", "R330", "R331", "R136", "C4", "C11", "C71")
def test_earlier_customers_are_matched_first_and_made_once(connected, shop, portal):
    known = contact(portal, "Ольга")
    shop.register("olga@example.test", "Ольга", "Кузнецова", phone="8 999 000 00 02")
    shop.register("boris@example.test", "Борис", phone="+7 999 000-00-03", company="ООО Ромашка")
    shop.register("", "Никто")
    preview = connected("customer", "send", "woo", "--all", "--preview")
    assert "Would be made: 1; known already: 1; held: 1" in preview.out
    assert len(contacts(portal)) == 1
    sent = connected("customer", "send", "woo", "--all")
    assert sent.code == 1, "one has nothing to be known by"
    assert "Made: 1; known already: 1; held: 1" in sent.out
    assert {one["id"] for one in contacts(portal)} == {known, max(one["id"] for one in contacts(portal))}
    (firm,) = portal.call("crm.item.list", {"entityTypeId": 4}).result["items"]
    assert firm["title"] == "ООО Ромашка"
    again = connected.ok("customer", "send", "woo", 1, 2)
    assert "Made: 0; known already: 2; held: 0" in again.out
    assert len(contacts(portal)) == 2
    listed = connected.ok("customer", "list", "woo").out
    assert "already in Bitrix24" in listed
    assert str(known) in listed
    assert f"CO_{firm['id']}" in listed


@pytest.mark.covers("R326", "R328", "R331")
def test_customers_are_told_to_programs_under_keys_that_stay(connected, shop, portal):
    assert "shows no such customers" in connected.ok("customer", "list", "woo").out
    known = contact(portal, "Ольга")
    shop.register("olga@example.test", "Ольга", "Кузнецова", phone="8 999 000 00 02")
    shop.register("boris@example.test", "Борис", phone="+7 999 000-00-03", company="ООО Ромашка")
    shop.register("", "Никто")
    rows = json.loads(connected.ok("customer", "list", "woo", "--json").out)
    assert [row["state"] for row in rows] == ["known", "unknown", "held"]
    assert {key for row in rows for key in row} == set(rows[0])
    assert rows[0]["contact"] == str(known)
    assert rows[0]["link"].endswith(f"/crm/contact/details/{known}/")
    assert (rows[2]["contact"], rows[2]["link"], "no phone and no e-mail" in rows[2]["why"]) == (None, None, True)
    sent = connected("customer", "send", "woo", "--all", "--json")
    assert (sent.code, [row["state"] for row in json.loads(sent.out)]) == (1, ["known", "made", "held"])
    after = json.loads(connected.ok("customer", "list", "woo", "2", "--json").out)
    assert [(row["state"], row["name"], row["why"]) for row in after] == [("known", "ООО Ромашка", None)]
    assert after[0]["company"].startswith("CO_")
    page = (Path(__file__).parents[3] / "docs/reference/cli.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in (*rows[0], "known", "made", "unknown", "held"))


def test_a_customer_several_contacts_answer_to_is_held_and_no_command_of_an_order_is_offered(connected, shop, portal):
    contact(portal, "Ольга")
    contact(portal, "Пётр")
    shop.register("olga@example.test", "Ольга", "Кузнецова", phone="8 999 000 00 02")
    for words in (("list", "woo"), ("send", "woo", "1", "--preview"), ("send", "woo", "1")):
        (row,) = json.loads(connected("customer", *words, "--json").out)
        assert row["state"] == "held"
        assert "Merge them in the portal and repeat" in row["why"]
        assert "sverka order contact" not in row["why"]
    assert len(contacts(portal)) == 2


def test_a_store_without_a_list_of_customers_says_so(applied):
    assert "shows no list of customers" in applied.fails("customer", "list", "shop").text
    assert applied("customer", "send", "shop").code == 2


@pytest.mark.covers("R13")
def test_what_customer_says_wrongly_is_named(applied, tmp_path: Path):
    text = Path("print.toml").read_text("utf-8").replace(
        'create = "contact"', 'create = "contact"\nphone_kind = "MOBIL"\nbitrix_id = "property.NO"\n'
        'fields = { name = { write = "append" }, address = { write = "overwrite", way = "<->" } }\n'
        'company = { inn = "property.NO" }',
    )  # fmt: skip
    Path("wrong.toml").write_text(text, "utf-8")
    said = applied("profile", "check", "wrong.toml").text
    for sentence in ("no kind `MOBIL`", "no field `property.NO`", "`append` is for `phone`", "cannot be told"):
        assert sentence in said


def test_a_store_without_a_profile_is_led_to_one(connected):
    said = connected.fails("customer", "list", "shop").text
    assert "No such profile is in force for shop" in said
    assert "sverka profile new" in said
