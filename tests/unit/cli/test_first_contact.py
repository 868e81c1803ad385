"""First contact with a portal in use: nothing of it changes before the first order, and old deals can be taken over."""

import json

import pytest

from sverka.sandbox.portal.data.dumping import dump

pytestmark = pytest.mark.covers("R24", "C71")


@pytest.fixture
def used(portal):
    """A portal that people have worked in: deals, contacts, a field of their own."""
    portal.call("crm.deal.userfield.add", {"fields": {"FIELD_NAME": "ORDER_NUMBER", "USER_TYPE_ID": "string"}})
    portal.call("sale.order.list")  # a portal's dictionaries of orders are there from the beginning
    contact = portal.call("crm.item.add", {"entityTypeId": 3, "fields": {"name": "Ольга"}}).result["item"]["id"]
    for title in ("Переговоры", "Заказ 17"):
        fields = {"title": title, "categoryId": 2, "contactIds": [contact], "opportunity": 100}
        portal.call("crm.item.add", {"entityTypeId": 2, "fields": fields})
    return portal


def frozen(portal):
    return json.dumps(dump(portal), ensure_ascii=False, sort_keys=True, default=str)


def deal_with(portal, **fields):
    given = {"entityTypeId": 2, "useOriginalUfNames": "Y", "fields": {"categoryId": 2, **fields}}
    return str(portal.call("crm.item.add", given).result["item"]["id"])


def test_connecting_checking_applying_and_previewing_write_nothing(sverka, used, portal_server, site_server, place):
    place()
    before = frozen(used)
    sverka.ok("init")
    sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--plan", "box")
    sverka.ok("connect", "store", "shop", "--kind", "bitrix_site", "--webhook", site_server.webhook_url)
    sverka.ok("profile", "new", "print", "--store", "shop", "--portal", "b24", "--pipeline", 2, "--out", "print.toml")
    sverka.ok("profile", "check", "print.toml")
    assert "Nothing was written" in sverka.ok("profile", "preview", "print.toml").out
    sverka.ok("profile", "adopt", "print.toml", "--by", "title", "--preview")
    sverka.ok("profile", "apply", "print.toml", "--yes")
    sverka.ok("doctor")
    assert frozen(used) == before


@pytest.mark.covers("R25")
def test_the_first_order_makes_its_deal_and_touches_no_other(applied, used, place):
    others = {key: dict(item.values) for key, item in used.core.state.items[2].items()}
    applied.ok("order", "sync", place())
    deals = used.core.state.items[2]
    assert {key: dict(item.values) for key, item in deals.items() if key in others} == others
    assert len(deals) == len(others) + 1


@pytest.mark.covers("C73")
def test_deals_are_adopted_by_a_field_after_a_preview(connected, used, site, place):
    first, second = place(), place()
    numbers = [str(site.order(int(one.partition("/")[2]))["accountNumber"]) for one in (first, second)]
    mine = deal_with(used, title="Старый", UF_CRM_ORDER_NUMBER=numbers[0])
    deal_with(used, title="Двойник", UF_CRM_ORDER_NUMBER=numbers[1])
    deal_with(used, title="Двойник", UF_CRM_ORDER_NUMBER=numbers[1])
    adopt = ("profile", "adopt", "print.toml", "--by", "UF_CRM_ORDER_NUMBER")
    said = connected.ok(*adopt, "--preview").out
    assert f"{first} = {mine} Старый" in said
    assert f"{second} ? " in said
    assert "add --yes" in connected.fails(*adopt).text
    assert "Bound: 1." in connected.ok(*adopt, "--yes").out
    assert "Have a deal already:" in connected.ok(*adopt, "--yes").out
    connected.ok("profile", "apply", "print.toml", "--yes")
    count = len(used.core.state.items[2])
    connected("order", "sync", first)
    assert len(used.core.state.items[2]) == count
    assert used.core.state.items[2][int(mine)].values["title"] == "Старый"


def test_a_field_the_portal_lacks_is_named(connected):
    said = connected.fails("profile", "adopt", "print.toml", "--by", "UF_CRM_NOTHING")
    assert "UF_CRM_NOTHING" in said.text


def test_a_portal_of_many_deals_is_walked_in_few_requests(connected, used, site, place):
    order = place()
    number = str(site.order(int(order.partition("/")[2]))["accountNumber"])
    for count in range(120):
        deal_with(used, title=f"Сделка-{count}")
    mine = deal_with(used, title=f"Заказ № {number} с сайта")
    before = used.counters.requests
    assert f"{order} = {mine}" in connected.ok("profile", "adopt", "print.toml", "--by", "title", "--preview").out
    assert used.counters.requests - before <= 12
