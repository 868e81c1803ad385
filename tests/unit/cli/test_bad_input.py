"""What a portal cannot take, by the commands a person types: listed with its next step, and through once mended."""

import pytest

from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.crm.user_fields import remove

DOCUMENT = """
schema  = 1
profile = "print"
store   = "shop"
portal  = "b24"
[deal]
pipeline = "2"
title    = "Заказ {order.number}"
[status]
policy = "office_wins"
map = [{ status = "N", stage = ["C2:NEW"] }]
cancel = ["C2:LOSE"]
[fields]
"property.CITY" = { to = "UF_CRM_TOWN", way = "<->" }
"""


def a_currency(portal):
    yield {"currency": "KZT"}
    portal.call("crm.currency.add", {"fields": {"CURRENCY": "KZT", "AMOUNT_CNT": 1, "AMOUNT": 0.2}})


def a_field(portal):
    field = next(one for one in portal.core.state.user_fields.values() if one.field_name == "UF_CRM_TOWN")
    with portal.lock:
        remove(portal.core, field)
    yield {}
    portal.add_field(DEAL, "TOWN")


@pytest.mark.covers("C24", "C38", "C72")
@pytest.mark.parametrize(
    ("lack", "said", "step"),
    [
        (a_currency, "lacks the order's currency", "sverka doctor"),
        (a_field, "no field UF_CRM_TOWN any more", "take `property.CITY` out of the profile"),
    ],
)
def test_what_the_portal_lacks_is_listed_with_a_command_that_helps_once_it_is_there(
    connected, portal, site, tmp_path, lack, said, step
):
    portal.add_field(DEAL, "TOWN")
    (tmp_path / "print.toml").write_text(DOCUMENT, "utf-8")
    connected.ok("connect", "portal", "b24")
    connected.ok("profile", "apply", "print.toml", "--yes")
    told = lack(portal)
    who = {"fio": "Ким Анна", "email": "a@example.test", "city": "Пермь"}
    order = f"shop/{site.place_order(who, [{'name': 'Визитки', 'price': '10'}], fields=next(told))}"
    other = f"shop/{site.place_order({**who, 'city': ''}, [{'name': 'Визитки', 'price': '10'}])}"
    connected("order", "sync", order, other)
    listed = " ".join(connected("order", "list", "--differences").out.split())
    assert order in listed
    assert said in listed
    assert step in listed
    assert "sverka order sync" in listed
    assert f"{other}/print" in {one.values.get("originId") for one in portal.core.state.items[DEAL].values()}
    assert next(told, None) is None
    connected.ok("order", "sync", order, other)
    assert "Nothing differs" in connected.ok("order", "list", "--differences").out
    assert len(portal.core.state.items[DEAL]) == 2
