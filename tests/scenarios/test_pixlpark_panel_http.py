"""A portal set up for the panel's own integration, its nine events at that path, goes on with the hub (R229-R238)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from support.catalogue import product
from support.http_world import PORTAL, PRINT, SITE, HttpWorld
from support.pixlpark_world import EXAMPLE, SHOP, PixlparkWorld
from support.standing import standing
from sverka.domain.ids import OrderRef
from sverka.domain.merge.binding import BindingState
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD
from sverka.web.bells import PANEL

NINE = [
    *("ONCRMDEALUPDATE", "ONCRMCONTACTUPDATE", "ONCRMCOMPANYUPDATE", "ONCRMLEADUPDATE", "ONCRMDEALDELETE"),
    *("ONCRMCONTACTDELETE", "ONCRMCOMPANYDELETE", "ONCRMLEADDELETE", "ONCRMPRODUCTDELETE"),
]
"""The events Pixlpark's manual has the outgoing webhook send."""

FIRM = {"id": "77", "account": "20", "inn": "7707083893"}
LEADS = EXAMPLE.replace('# create   = "lead"', 'create = "lead" #').replace(
    "[status] ", "[lead]\nresponsible = 9\n[status] "
)
BACK = """
[customer.fields]
phone   = { write = "append", way = "<->", policy = "office_wins" }
company = { write = "overwrite", way = "<->", policy = "office_wins" }
"""


class AsInThePanel(HttpWorld):
    """Its portal sends the nine events, and nothing else, to the path of the panel's own integration."""

    def _way_in(self) -> dict[str, str]:
        self.token = self._office.subscribe(f"{standing('hub').served.url}{PANEL}", NINE)
        return {"webhook": self._office.webhook_url, "application_token": self.token}


class PrintShop(AsInThePanel, PixlparkWorld):
    """The same with a print shop on Pixlpark."""


@pytest.fixture
def world() -> Iterator[PrintShop]:
    with PrintShop() as world:
        world.in_force()
        yield world


@pytest.fixture
def site() -> Iterator[AsInThePanel]:
    with AsInThePanel([SITE]) as world:
        world.apply(PRINT + BACK)
        yield world


def item(world: HttpWorld, kind: int, id_: int, **fields: Any) -> None:
    """Have a manager edit a contact or a company, a second later."""
    world.clock.advance(1)
    world.portal.call("crm.item.update", {"entityTypeId": kind, "id": id_, "fields": fields})
    world.settle()


def value(world: HttpWorld, order: OrderRef, code: str) -> str:
    rows = world.site.store.order(int(order.id))["propertyValues"]
    return next(str(row["value"]) for row in rows if row["code"] == code)


def states(world: HttpWorld, order: OrderRef) -> list[BindingState]:
    memory = world.storage.recall([order], world.clock.now())
    return [one.state for one in memory.bindings.get(order, ())]


def forget(world: PixlparkWorld, kind: int, id_: int) -> None:
    """Have a manager delete a record, a second later."""
    world.clock.advance(1)
    world.portal.delete(kind, id_)
    world.settle()


@pytest.mark.covers("R216", "R229", "R230")
def test_a_moved_deal_and_a_moved_order_reach_each_other_within_seconds(world: PrintShop) -> None:
    order = world.place()
    world.settle()
    for move, seen in (
        (lambda: world.move(order, "C2:EXECUTING"), lambda: world.status(order) == "Printing"),
        (lambda: world.shop.store.set_status(int(order.id), "Delivered"), lambda: _stage(world, order) == "C2:WON"),
    ):
        world.clock.advance(1)
        move()
        begun = world.clock.now()
        world.settle()
        assert seen()
        assert (world.clock.now() - begun).total_seconds() < 5


def _stage(world: PixlparkWorld, order: OrderRef) -> str:
    return str(world.deal(order)["stageId"])


@pytest.mark.covers("R227")
def test_what_the_portal_told_stands_in_the_orders_journal(world: PrintShop) -> None:
    order = world.place()
    world.settle()
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert any("ONCRMDEALUPDATE" in line.text.ru for line in world.story(order))


@pytest.mark.covers("R231", "R257")
def test_a_contacts_event_brings_his_number_to_the_order(site: AsInThePanel) -> None:
    order = site.order()
    site.settle()
    (contact,) = site.deal(order)["contactIds"]
    (line,) = [one for one in site.portal.core.state.items[CONTACT][contact].fm if one.type_id == "PHONE"]
    phone = {"typeId": "PHONE", "valueType": "MOBILE", "value": "+79990000077"}
    item(site, CONTACT, contact, fm={str(line.id): phone})
    assert value(site, order, "PHONE") == "+79990000077"


@pytest.mark.covers("R232")
def test_a_companys_event_brings_its_title_to_the_order(site: AsInThePanel) -> None:
    order = site.order(fields={"personTypeId": 2}, properties={"company": "ООО Ромашка", "inn": "7701000001"})
    site.settle()
    item(site, COMPANY, int(site.deal(order)["companyId"]), title="ООО Василёк")
    assert value(site, order, "COMPANY") == "ООО Василёк"


@pytest.mark.covers("R233", "R314")
def test_a_leads_event_has_its_conversion_followed() -> None:
    with PrintShop() as world:
        world.in_force(LEADS)
        order = world.place()
        world.settle()
        (number,) = world.portal.core.state.items[LEAD]
        world.clock.advance(5)
        world.portal.convert_lead(number, deal=True, contact=True, company=False)
        world.settle()
        ((made, _),) = world.portal.core.state.items[DEAL].items()
        world.clock.advance(1)
        world.portal.move_stage(made, "C2:EXECUTING")
        world.settle()
        assert world.status(order) == "Printing"


@pytest.mark.covers("R234")
def test_a_deleted_deal_lets_its_order_go_and_the_order_stays(world: PrintShop) -> None:
    order = world.place()
    world.settle()
    forget(world, DEAL, int(world.deal(order)["id"]))
    assert (states(world, order), world.status(order)) == ([BindingState.RELEASED], "NotProcessed")
    world.clock.advance(1)
    world.shop.store.set_status(int(order.id), "Printing")
    world.settle()
    assert world.deals(order) == [], "no deal is made again unless the profile says so"


@pytest.mark.covers("R235")
def test_a_deleted_contact_is_made_anew_with_his_next_order(world: PrintShop) -> None:
    buyer = {"id": "50", "phone": "+7 999 111-22-33", "email": "kim@example.test"}
    first = world.place(customer=buyer)
    world.settle()
    (contact,) = world.deal(first)["contactIds"]
    forget(world, CONTACT, contact)
    second = world.place(customer=buyer)
    world.settle()
    (made,) = world.deal(second)["contactIds"]
    assert made != contact
    assert made in world.portal.core.state.items[CONTACT]


@pytest.mark.covers("R236")
def test_a_deleted_company_is_made_anew_with_its_next_order(world: PrintShop) -> None:
    first = world.place(customer=FIRM)
    world.settle()
    company = int(world.deal(first)["companyId"])
    forget(world, COMPANY, company)
    second = world.place(customer=FIRM)
    world.settle()
    made = int(world.deal(second)["companyId"])
    assert made != company
    assert made in world.portal.core.state.items[COMPANY]


@pytest.mark.covers("R237")
def test_a_deleted_lead_lets_its_order_go_and_is_not_made_again() -> None:
    with PrintShop() as world:
        world.in_force(LEADS)
        order = world.place()
        world.settle()
        (number,) = world.portal.core.state.items[LEAD]
        forget(world, LEAD, number)
        assert states(world, order) == [BindingState.RELEASED]
        assert (len(world.portal.core.state.items[LEAD]), len(world.portal.core.state.items[DEAL])) == (0, 0)


@pytest.mark.covers("R238")
def test_a_deleted_product_is_a_row_of_text_until_there_is_another() -> None:
    with PrintShop() as world:
        world.in_force(EXAMPLE.replace('lines       = "products"', 'lines = "products"\nproducts = "find"'))
        made = [product(world.portal, "Визитки", xmlId="501")]
        orders = [world.place()]
        world.settle()
        world.portal.call("catalog.product.delete", {"id": made[0]})
        world.deliver()
        orders.append(world.place())
        world.settle()
        world.clock.advance(3600)
        made.append(product(world.portal, "Визитки", xmlId="501"))
        orders.append(world.place())
        world.settle()
        assert [_product(world, order) for order in orders] == [made[0], 0, made[1]]


def _product(world: PixlparkWorld, order: OrderRef) -> int:
    rows = world.portal.core.state.rows["D", int(world.deal(order)["id"])]
    return next(int(row.product_id or 0) for row in rows if row.product_name == "Визитки")


@pytest.mark.covers("R245", "C77")
def test_an_event_with_another_token_is_refused_and_told_of(world: PrintShop) -> None:
    order = world.place()
    world.settle()
    told = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": str(world.deal(order)["id"])}
    hub = standing("hub").served.url
    for token in ("guessed", ""):
        body = urlencode({**told, "auth[application_token]": token}).encode()
        before = len(world.storage.journal.tail(100))
        for address in (f"{hub}/hooks/{PORTAL}/{world.keys[PORTAL]}", f"{hub}{PANEL}"):
            assert httpx2.post(address, content=body).status_code == 403
        lines = world.storage.journal.tail(100)
        assert [line.event for line in lines if line.event is Event.FORGED]
        assert len(lines) > before
    assert world.storage.due(PORTAL, world.clock.now()) is None


@pytest.mark.covers("R229")
def test_without_the_portals_right_token_the_panels_path_changes_nothing(world: PrintShop) -> None:
    assert httpx2.post(f"{standing('hub').served.url}{PANEL}", content=b"{").status_code == 403
    assert httpx2.post(f"{standing('hub').served.url}/hooks/{SHOP}/guessed", content=b"{}").status_code == 404
