"""A real 1C exchanges with the hub as with a shop: another hub's client plays it, over HTTP."""

import base64
from collections.abc import Callable, Iterator

import httpx2
import pytest

from support.http_world import WOO, HttpWorld
from support.standing import standing
from sverka.connectors.commerceml import CommerceML, connect
from sverka.connectors.kit import Kit
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import AuthLost, Misconfigured
from sverka.domain.ids import OrderId, OrderRef
from sverka.ports.guard import free
from sverka.ports.journal import Event
from sverka.ports.store import OrderWrite, Wrote


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.passwords[WOO] = "pass-of-the-1c"
        yield world


def guest(world: HttpWorld, password: str = "", schema: str = "2.10") -> CommerceML:
    kit = Kit("guest", "another-hub", world.clock, world.storage.budget, 10.0)
    address = f"{standing('hub').served.url}/exchange/{WOO}"
    settings = {"url": address, "login": WOO, "way": "sale", "schema": schema}
    made = connect(settings, {"password": password or world.passwords[WOO]}, kit)
    assert isinstance(made, CommerceML)
    return made


def shown(one_c: CommerceML, order: OrderRef):
    return one_c.read([OrderId(order.id)])[OrderId(order.id)]


@pytest.mark.parametrize("schema", ["2.05", "2.10", "3.1"])
def test_a_1c_sees_what_the_shop_shows(world: HttpWorld, schema: str) -> None:
    order = world.order(WOO)
    one_c = guest(world, schema=schema)
    told, here = shown(one_c, order), world.hub.stores[WOO].read([OrderId(order.id)])[OrderId(order.id)]
    keys = ("order.number", "order.created_at", "status", "total", "currency", "customer.phone", "customer.email")
    more = ("payment.paid", "payment.method_name", "delivery.price", "delivery.method_name", "comment.customer")
    assert {key: told.get(key) for key in (*keys, *more)} == {key: here.get(key) for key in (*keys, *more)}
    assert [(line.name, line.quantity, line.total) for line in told.get("lines")] == [
        (line.name, line.quantity, line.total) for line in here.get("lines")
    ]
    one_c.close()


def test_what_a_1c_sets_reaches_the_shop_and_the_deal(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    one_c = guest(world)
    one_c.read([OrderId(order.id)])
    world.clock.advance(1)
    answer = one_c.write([OrderWrite(OrderId(order.id), {"status": "completed"})], free)[OrderId(order.id)]
    assert isinstance(answer, Wrote)
    assert world.status(order) == "completed"
    world.settle()
    assert world.deal(order)["stageId"] == "WON"
    one_c.close()


def test_a_1c_cancels_and_a_later_word_of_its_own_takes_nothing_back(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    one_c = guest(world)
    id_ = OrderId(order.id)
    one_c.read([id_])
    one_c.write([OrderWrite(id_, {"status": CANCELLED})], free)
    assert world.status(order) == "cancelled"
    assert import_of(world, document(id_, {"Статуса заказа ИД": "completed"})) == "success"
    assert world.status(order) == "cancelled"
    told = {"Статуса заказа ИД": "completed", "Отменен": "false"}
    assert import_of(world, document(id_, told)) == "success"
    assert world.status(order) == "completed"
    one_c.close()


def test_what_was_not_confirmed_is_shown_again(world: HttpWorld) -> None:
    order = world.order(WOO)
    peeking = guest(world)
    for _ in range(2):
        assert len(list(peeking._script.queue(free))) == 1
    peeking._script.confirm(free)
    world.clock.advance(60)
    other = world.order(WOO)
    assert {one.id for one in peeking._script.queue(free)} == {order.id, other.id}, "and the last moment's once more"
    peeking._script.confirm(free)
    world.clock.advance(60)
    assert {one.id for one in peeking._script.queue(free)} == {other.id}
    peeking.close()


def test_an_order_that_is_not_there_is_told_and_keeps_no_other_back(world: HttpWorld) -> None:
    order = world.order(WOO)
    told = {"Статуса заказа ИД": "completed", "Отменен": "false"}
    answer = import_of(world, document("999999", told) + document(order.id, told))
    assert answer.startswith("failure")
    assert "Заказ 999999" in answer
    assert world.status(order) == "completed"


def test_an_order_is_known_by_its_number_where_the_1c_has_an_id_of_its_own(world: HttpWorld) -> None:
    order, other = world.order(WOO), world.order(WOO)
    told = {"Статуса заказа ИД": "completed", "Отменен": "false"}
    own = document("8a6c1f0e", told).replace("<Номер>8a6c1f0e".encode(), f"<Номер>{order.id}".encode())
    assert import_of(world, own) == "success"
    assert world.status(order) == "completed"
    strange = document(other.id, told).replace(f"<Номер>{other.id}".encode(), "<Номер>не тот".encode())
    assert import_of(world, strange).startswith("failure"), "an id that is another order's here"
    assert world.status(other) != "completed"


def test_who_does_not_know_the_password_sees_nothing(world: HttpWorld) -> None:
    world.order(WOO)
    stranger = guest(world, "guessed")
    with pytest.raises(AuthLost):
        list(stranger.changed_since(None))
    url = f"{standing('hub').served.url}/exchange/{WOO}"
    for path, query in ((url, "type=sale&mode=query"), (url, "type=sale&mode=query&sessid=1")):
        answer = httpx2.get(f"{path}?{query}", trust_env=False)
        assert answer.content.decode("cp1251").startswith("failure")
    assert httpx2.get(f"{url}x?type=sale&mode=checkauth", trust_env=False).status_code == 404
    stranger.close()


def test_an_exchange_that_is_off_is_not_there_and_one_switched_on_anew_knows_nobody(world: HttpWorld) -> None:
    world.order(WOO)
    one_c = guest(world)
    assert len(list(one_c._script.queue(free))) == 1
    known = world.passwords.pop(WOO)
    answers = [httpx2.get(f"{standing('hub').served.url}/exchange/{name}", trust_env=False) for name in (WOO, "none")]
    assert [(one.status_code, one.content) for one in answers] == [(404, b"not found")] * 2, "as if there were no store"
    with pytest.raises(Misconfigured):
        list(one_c._script.queue(free))
    world.passwords[WOO] = f"not-{known}"
    with pytest.raises(AuthLost):
        list(one_c._script.queue(free))
    one_c.close()


def test_a_catalogue_is_taken_in_and_kept_and_a_spoilt_one_is_refused(world: HttpWorld) -> None:
    body = "<КоммерческаяИнформация><Каталог><Ид>1</Ид></Каталог></КоммерческаяИнформация>".encode()
    assert import_of(world, body, kind="catalog", name="import0_1.xml") == "success"
    shelf = world.storage.shelf_of(f"{WOO}/catalogue")
    assert shelf.get(["import0_1.xml"])["import0_1.xml"].body == body
    assert import_of(world, body[:-9], kind="catalog", name="offers0_1.xml").startswith("failure")
    assert shelf.get(["offers0_1.xml"]) == {}


def document(id_: str, told: dict[str, str]) -> bytes:
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение></ЗначениеРеквизита>"
        for name, value in told.items()
    )
    return (
        f"<Документ><Ид>{id_}</Ид><Номер>{id_}</Номер><ХозОперация>Заказ товара</ХозОперация>"
        f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Документ>"
    ).encode()


def import_of(world: HttpWorld, body: bytes, kind: str = "sale", name: str = "orders.xml") -> str:
    """Hand a file over as a 1C does, and return the answer to its import."""
    if kind == "sale":
        body = b"\xef\xbb\xbf" + "<КоммерческаяИнформация>".encode() + body + "</КоммерческаяИнформация>".encode()
    url = f"{standing('hub').served.url}/exchange/{WOO}"
    basic = base64.b64encode(f"{WOO}:{world.passwords[WOO]}".encode()).decode()
    with httpx2.Client(trust_env=False) as client:
        lines = client.get(f"{url}?type={kind}&mode=checkauth", headers={"Authorization": f"Basic {basic}"}).text
        cookie = {"Cookie": "=".join(lines.splitlines()[1:3])}
        client.get(f"{url}?type={kind}&mode=init", headers=cookie)
        client.post(f"{url}?type={kind}&mode=file&filename={name}", headers=cookie, content=body)
        answer = client.get(f"{url}?type={kind}&mode=import&filename={name}", headers=cookie)
        return answer.content.decode("cp1251")


# A 1C is to the merge what a person in the shop's own pages is

COMPLETED = {"Статуса заказа ИД": "completed", "Отменен": "false"}


def said_by_1c(world: HttpWorld, order: OrderRef, status: str) -> None:
    world.clock.advance(1)
    assert import_of(world, document(order.id, {"Статуса заказа ИД": status, "Отменен": "false"})) == "success"


def done_by_a_person(world: HttpWorld, order: OrderRef, status: str) -> None:
    world.clock.advance(1)
    world.woo.store.edit(int(order.id), {"status": status})


def nothing_else(world: HttpWorld, order: OrderRef) -> None:
    """Let nothing happen meanwhile."""


def the_deal_moves_too(world: HttpWorld, order: OrderRef) -> None:
    world.move(order, "FINAL_INVOICE")


def the_deal_is_lost(world: HttpWorld, order: OrderRef) -> None:
    world.move(order, "LOSE")


def outcome(meanwhile: Callable[[HttpWorld, OrderRef], None], edit: Callable[[HttpWorld, OrderRef, str], None]):
    with HttpWorld([WOO]) as world:
        world.passwords[WOO] = "pass-of-the-1c"
        order = world.order(WOO)
        world.settle()
        meanwhile(world, order)
        edit(world, order, "completed")
        world.settle()
        wrote = [line.text.en for line in world.story(order) if line.event is Event.WROTE]
        return world.status(order), world.deal(order)["stageId"], world.differences(order), wrote


@pytest.mark.parametrize("meanwhile", [nothing_else, the_deal_moves_too, the_deal_is_lost])
def test_what_a_1c_sets_ends_as_what_a_person_sets(meanwhile: Callable[[HttpWorld, OrderRef], None]) -> None:
    assert outcome(meanwhile, said_by_1c) == outcome(meanwhile, done_by_a_person)


@pytest.mark.parametrize("has_landed", [True, False])
def test_an_order_that_the_hub_may_still_be_writing_is_left_alone(world: HttpWorld, *, has_landed: bool) -> None:
    order, other = world.order(WOO), world.order(WOO)
    world.settle()
    world.move(order, "NEW")
    world.woo.faults.arm("closed_after_commit" if has_landed else "html_503", on="PUT")
    world.wave()
    before = world.status(order)
    answer = import_of(world, document(order.id, COMPLETED) + document(other.id, COMPLETED))
    assert answer.startswith("failure")
    assert f"Заказ {order.id}: Хаб сам сейчас записывает" in answer
    assert f"Заказ {other.id}" not in answer
    assert (world.status(order), world.status(other)) == (before, "completed"), "the others are done"
    world.settle()
    assert world.status(order) == "pending", "what the manager did is there now"
    said_by_1c(world, order, "completed")
    world.settle()
    assert (world.status(order), world.deal(order)["stageId"]) == ("completed", "WON")
    assert world.differences(order) == {}


def test_a_wave_at_its_write_and_a_1c_do_not_write_one_order_at_once(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    world.move(order, "NEW")
    store, answers = world.hub.stores[WOO], []
    write = store.write

    def interrupted(writes, guard):
        store.write = write
        answers.append(import_of(world, document(order.id, COMPLETED)))
        return write(writes, guard)

    store.write = interrupted
    world.settle()
    assert answers[0].startswith("failure")
    assert world.status(order) == "pending"
    said_by_1c(world, order, "completed")
    world.settle()
    assert world.deal(order)["stageId"] == "WON"


def test_a_word_whose_answer_was_lost_is_said_again_and_done_once(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    world.clock.advance(1)
    world.woo.faults.arm("closed_after_commit", on="PUT")
    assert import_of(world, document(order.id, COMPLETED)).startswith("failure")
    assert world.status(order) == "completed", "it had landed"
    world.woo.log.clear()
    for _ in range(2):
        assert import_of(world, document(order.id, COMPLETED)) == "success"
    assert not [call for call in world.woo.log.counts() if call.startswith(("PUT", "POST"))]
    world.settle()
    assert world.deal(order)["stageId"] == "WON", "and it had rung"
    assert len(world.deals(order)) == 1
