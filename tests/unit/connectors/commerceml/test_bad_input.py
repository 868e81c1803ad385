"""Whatever a shop sends in the place of its orders: each is said in a sentence, and no order is lost to it."""

import io
import zipfile

import pytest

from sverka.domain.errors import Later, Problem
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.sandbox.shop.web import Reply

ORDER = (
    "<КоммерческаяИнформация><Документ><Ид>7</Ид><Номер>7</Номер><ХозОперация>Заказ товара</ХозОперация>"
    "<Сумма>1</Сумма></Документ></КоммерческаяИнформация>"
)
LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
SPOILT = {
    "entities that grow": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode(),
    "a file of the hub's": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "an address": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "an entity that nobody has named": "<КоммерческаяИнформация>&x;</КоммерческаяИнформация>".encode(),
    "a page": b"<html><body>Login</body></html>",
    "nothing": b"",
    "a mark of byte order and nothing": b"\xef\xbb\xbf",
    "words": "Сайт на обслуживании".encode("cp1251"),
    "failure": "failure\nНет прав".encode("cp1251"),
    "half of it": ORDER.encode()[:-20],
    "half an archive": b"PK\x03\x04\x14\x00nonsense",
    "another archive": b"\x1f\x8b\x08\x00nonsense",
}


def packed(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, ORDER)
    return file.getvalue()


def answering(shop, body: bytes) -> None:
    """Have the shop answer `query` with that."""
    exchange = shop.server.exchange
    exchange._query = lambda *_: Reply(200, body, {"content-type": "application/xml"})


def read(store, order: OrderId) -> Snapshot | Problem:
    return store.read([order])[order]


@pytest.mark.parametrize("way", ["crm", "sale"])
@pytest.mark.parametrize("what", SPOILT)
def test_what_is_no_orders_is_said_and_confirmed_by_nobody(shop, way: str, what: str) -> None:
    (order,) = shop.place()
    store = shop.store(way=way)
    honest = shop.server.exchange._query
    answering(shop, SPOILT[what])
    problem = read(store, order)
    assert isinstance(problem, Later), "never that the order is gone"
    assert problem.say("en") != problem.say("ru")
    assert "root:" not in problem.say("en")
    assert shop.server.log.count("sale success") == 0
    shop.server.exchange._query = honest
    assert isinstance(read(store, order), Snapshot)


@pytest.mark.parametrize("name", ["../../orders.xml", "/etc/cron.d/orders.xml", "C:\\orders.xml"])
def test_a_name_in_an_archive_leads_nowhere(shop, name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    answering(shop, packed(name))
    assert isinstance(read(shop.store(way="sale"), OrderId("7")), Snapshot), "it is read, and written to no file"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["crm", "sale"])
def test_a_mark_of_byte_order_is_no_part_of_an_answer(shop, way: str) -> None:
    (order,) = shop.place()
    shop.server.manners.bom = True
    for operation in ("checkauth", "init", "query"):
        shop.server.faults.arm("bom", on=f"{way} {operation}")
    assert isinstance(read(shop.store(way=way), order), Snapshot)


def test_a_shop_that_repeats_a_page_hides_none(shop) -> None:
    orders = shop.place(230)
    shop.server.faults.arm("repeated", on="crm query", skip=1)
    assert {one.id for one in shop.store(way="crm").changed_since(None)} == set(orders)


def test_a_page_that_comes_out_of_a_cache_confirms_nothing_that_was_not_shown(shop) -> None:
    orders = shop.place(6)
    shop.server.manners.step = 2
    store = shop.store(way="sale")
    shop.server.faults.arm("repeated", on="sale query", skip=1)
    assert {one.id for one in store.changed_since(None)} == set(orders[:2])
    assert shop.server.log.count("sale success") == 1
    assert {one.id for one in store.changed_since(None)} == set(orders)


@pytest.mark.parametrize("way", ["crm", "sale"])
def test_a_session_that_is_nobodys_any_more_is_begun_anew(shop, way: str) -> None:
    (order,) = shop.place()
    store = shop.store(way=way)
    read(store, order)
    for session in shop.server.exchange._sessions.values():
        session.sessid = "another"
    assert isinstance(read(store, order), Snapshot)
    shop.server.exchange._sessions.clear()
    assert isinstance(read(store, order), Snapshot)
