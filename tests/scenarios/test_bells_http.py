"""Bells over real HTTP: lost, doubled, late, out of order, forged or misdirected, and what heals them."""

from collections.abc import Iterator

import httpx2
import pytest

from support.http_world import PORTAL, SITE, WOO, HttpWorld
from sverka.domain.ids import OrderRef, StoreName
from sverka.engine.wave import run_wave
from sverka.ports.findings import Level
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import DEAL

BOTH = pytest.mark.parametrize("store", [SITE, WOO])
MOVED = {SITE: ("C2:EXECUTING", "P"), WOO: ("WON", "completed")}


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        yield world


def courier(world: HttpWorld, store: StoreName):
    return (world.site if store == SITE else world.woo).courier


def posted(world: HttpWorld, url: str, body: bytes, **headers: str) -> int:
    with httpx2.Client(trust_env=False) as client:
        return client.post(url, content=body, headers=headers).status_code


def edit(world: HttpWorld, order: OrderRef, status: str) -> None:
    world.clock.advance(1)
    if order.store == SITE:
        world.site.store.edit(int(order.id), {"statusId": status})
    else:
        world.woo.store.edit(int(order.id), {"status": status})


@pytest.mark.covers("R128", "C32", "C35")
@BOTH
def test_a_lost_bell_of_a_store_is_healed_by_the_sweep(world: HttpWorld, store: StoreName) -> None:
    courier(world, store).drop(10)
    order = world.order(store)
    world.settle()
    assert world.deals(order) == []
    world.clock.advance(300)
    world.sweep()
    world.settle()
    world.assert_in_step(order)


@pytest.mark.covers("R128", "C31", "C35")
@BOTH
def test_a_lost_bell_of_the_portal_is_healed_by_the_sweep(world: HttpWorld, store: StoreName) -> None:
    order = world.order(store)
    world.settle()
    world.sweep()
    world.settle()
    world.portal.events.switches.drop_all = True
    stage, status = MOVED[store]
    world.move(order, stage)
    world.settle()
    assert world.status(order) != status
    world.clock.advance(300)
    world.sweep()
    world.settle()
    assert world.status(order) == status
    world.assert_in_step(order)


@pytest.mark.covers("R133", "C12", "C36")
@BOTH
def test_doubled_bells_do_everything_once(world: HttpWorld, store: StoreName) -> None:
    courier(world, store).double(100)
    world.portal.events.switches.double = True
    order = world.order(store)
    world.settle()
    stage, status = MOVED[store]
    world.move(order, stage)
    world.settle()
    assert world.status(order) == status
    world.assert_in_step(order)
    assert world.events(order).count(Event.BOUND) == 1
    assert world.portal.counters.writes == 3, "a contact, a deal and its rows"


@pytest.mark.covers("C37")
@BOTH
def test_a_late_bell_comes_to_an_order_the_sweep_has_found(world: HttpWorld, store: StoreName) -> None:
    courier(world, store).delay(3600)
    order = world.order(store)
    world.clock.advance(300)
    world.sweep()
    while run_wave(world.hub, PORTAL):
        pass
    writes = world.portal.counters.writes
    assert len(world.deals(order)) == 1
    courier(world, store).delay(0)
    world.clock.advance(3600)
    world.settle()
    assert world.portal.counters.writes == writes
    world.assert_in_step(order)


@pytest.mark.covers("R133", "C34")
@BOTH
def test_bells_out_of_order_ring_for_what_is_there_now(world: HttpWorld, store: StoreName) -> None:
    order = world.order(store)
    world.settle()
    world.portal.events.switches.hold = True
    stage, status = MOVED[store]
    for step in ("C2:LOSE" if store == SITE else "LOSE", stage):
        world.move(order, step)
    assert world.portal.events.release(backwards=True) == 2
    world.settle()
    assert world.status(order) == status
    world.assert_in_step(order)


@pytest.mark.covers("R133", "C34")
@BOTH
def test_bells_of_a_store_held_back_ring_for_its_last_word(world: HttpWorld, store: StoreName) -> None:
    courier(world, store).hold()
    order = world.order(store)
    first, second = {SITE: ("P", "N"), WOO: ("completed", "processing")}[store]
    edit(world, order, first)
    edit(world, order, second)
    courier(world, store).release()
    world.settle()
    world.assert_in_step(order)
    stages = [move.stage_id for move in world.portal.core.state.history]
    assert len(stages) == 1, "what the order was in between is nobody's business"


@pytest.mark.covers("C36")
def test_a_mass_update_rings_once_and_the_sweep_finds_the_others(world: HttpWorld) -> None:
    orders = [world.order() for _ in range(5)]
    world.settle()
    world.sweep()
    world.settle()
    before = len(world.site.courier.deliveries())
    world.clock.advance(300)
    world.site.store.mass_update([int(order.id) for order in orders], {"statusId": "P"})
    world.settle()
    assert len(world.site.courier.deliveries()) == before + 1
    assert [world.deal(order)["stageId"] for order in orders].count("C2:EXECUTING") == 1
    world.sweep()
    world.settle()
    world.assert_in_step(*orders)


@pytest.mark.covers("C32")
def test_webhooks_the_shop_gave_up_are_switched_on_again(world: HttpWorld) -> None:
    key, world.keys[WOO] = world.keys[WOO], "moved away"
    orders = [world.order(WOO) for _ in range(7)]
    world.settle()
    disabled = {str(row["topic"]) for row in world.woo.webhooks.list("disabled")}
    assert {"order.created", "order.updated"} <= disabled
    world.keys[WOO] = key
    found = world.connectors[WOO].check()
    assert any(one.level is Level.WARNING and "on again" in one.text.en for one in found)
    assert world.woo.webhooks.list("disabled") == []
    orders.append(world.order(WOO))
    world.settle()
    assert world.deal(orders[-1])
    assert world.deals(orders[0]) == []
    world.sweep()
    world.settle()
    world.assert_in_step(*orders)
    assert not any("on again" in one.text.en for one in world.connectors[WOO].check())


@pytest.mark.covers("C77")
@pytest.mark.parametrize("connection", [PORTAL, SITE, WOO])
def test_a_forged_bell_gets_403_and_a_line_in_the_journal(world: HttpWorld, connection: str) -> None:
    order = world.order()
    world.settle()
    world.clock.advance(1)
    form = f"event=ONSALEORDERSAVED&data[FIELDS][ID]={order.id}&auth[application_token]=guessed"
    body = b'{"id": 1}' if connection == WOO else form.encode()
    headers = {"X-WC-Webhook-Signature": "Z3Vlc3NlZA==", "X-WC-Webhook-Topic": "order.updated"}
    assert posted(world, world.hook(connection), body, **(headers if connection == WOO else {})) == 403
    (line,) = world.storage.journal.tail(1)
    assert (line.event, connection in line.text.en) == (Event.FORGED, True)
    assert "guessed" not in line.text.en
    world.assert_at_rest()


@pytest.mark.covers("C77")
def test_a_genuine_bell_with_another_body_is_forged(world: HttpWorld) -> None:
    world.order(WOO)
    world.deliver()
    sent = next(one for one in world.woo.courier.deliveries() if one.label == "order.created")
    assert posted(world, world.hook(WOO), sent.body, **sent.headers) == 200
    assert posted(world, world.hook(WOO), sent.body.replace(b'"id":1', b'"id":2', 1), **sent.headers) == 403


@pytest.mark.parametrize("path", ["site/guessed", "nobody/key-of-site", "portal/key-of-site", "site/"])
def test_a_bell_to_a_wrong_address_gets_404_and_rings_for_nothing(world: HttpWorld, path: str) -> None:
    world.site.courier.hold()
    world.order()
    tail = world.storage.journal.tail(5)
    root = world.hook(SITE).removesuffix(f"site/{world.keys[SITE]}")
    assert posted(world, root + path, b"event=ONSALEORDERSAVED&data[FIELDS][ID]=1") == 404
    assert world.storage.journal.tail(5) == tail
    world.assert_at_rest()


def test_a_bell_for_what_nobody_knows_is_taken_and_does_nothing(world: HttpWorld) -> None:
    stray = world.portal.create(DEAL, {"title": "By hand"})
    world.portal.edit(DEAL, stray, {"title": "By hand, again"})
    world.settle()
    world.assert_at_rest()
    assert world.portal.events.log[-1].outcome == "delivered"
    assert world.dispatch.offices == []
