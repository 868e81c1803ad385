"""The practice shop's documents have the elements and requisites that real ones have, and its script their manners."""

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.commerceml import PATH
from sverka.sandbox.commerceml.exchange import Exchange
from sverka.sandbox.commerceml.manners import Manners
from sverka.sandbox.shop.web import Call

REAL = "dobromyslov-commerceml-parser/bitrix-query-response-full.xml"
TABLES = "synthetic/bitrix_2.10_order_payment_shipment.xml"
CRM = "synthetic/bitrix_type_crm_en.xml"


@pytest.fixture
def sample():
    shared = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).resolve().parents[5] / "shared")
    folder = shared / "data" / "samples" / "commerceml"
    if not folder.is_dir():
        pytest.skip(f"the sample files of real shops are absent: {folder}; set SVERKA_SHARED")
    return lambda name: fromstring((folder / name).read_bytes())


class Guest:
    """Talks to the script without a network."""

    def __init__(self) -> None:
        store = BitrixSiteStore(VirtualClock(datetime(2026, 3, 1, 9, tzinfo=UTC)))
        buyer = {"fio": "Ким Анна", "email": "a@example.test", "phone": "+79990000001", "address": "Ленина, 1"}
        properties = [{"code": "CATALOG.XML_ID", "value": "1"}]
        item = {"name": "Визитки", "price": "10", "discount": "1", "properties": properties, "productXmlId": "guid"}
        store.place_order(buyer, [item], fields={"userDescription": "Скорее"})
        self.exchange = Exchange(store, Manners())
        self.cookie = ""

    def ask(self, body: bytes = b"", **query: str) -> str:
        login = base64.b64encode(f"{self.exchange.login}:{self.exchange.password}".encode()).decode()
        headers = {"authorization": f"Basic {login}", "cookie": f"PHPSESSID={self.cookie}"}
        call = Call("GET", PATH, "http://shop", tuple(query.items()), headers, body)
        return self.exchange.handle(call).body.decode("utf-8" if query["type"] == "crm" else "cp1251")

    def file(self, kind: str, version: str) -> Element:
        lines = self.ask(type=kind, mode="checkauth").splitlines()
        self.cookie, sessid = lines[2], lines[3].partition("=")[2]
        self.ask(type=kind, mode="init", version=version, sessid=sessid)
        text = self.ask(type=kind, mode="query", sessid=sessid)
        return fromstring(text.partition("?>")[2])


def paths(root: Element, under: str = "") -> Iterator[str]:
    for child in root:
        name = f"{under}/{child.tag}"
        yield name
        yield from (f"{name}@{key}" for key in child.attrib)
        yield from paths(child, name)


def requisites(root: Element, group: str, name: str) -> set[str]:
    return {row.findtext(name) or "" for row in root.iterfind(f".//{group}/*")}


def test_orders_for_1c_are_made_as_a_real_site_makes_them(sample) -> None:
    real, ours = sample(REAL), Guest().file("sale", "2.05")
    missing = set(paths(real)) - set(paths(ours))
    assert missing == set()
    names = ("ЗначенияРеквизитов", "Наименование")
    odd = requisites(real, *names) - requisites(ours, *names)
    assert {name for name in odd if not name.startswith("СвойствоКорзины#")} == set()
    assert real.attrib.keys() - ours.attrib.keys() <= {"ФорматВремени", "РазделительДатаВремя", "ФорматКоличества"}


@pytest.mark.parametrize(("kind", "version", "name"), [("sale", "2.10", TABLES), ("crm", "2.05", CRM)])
def test_newer_schemas_and_the_answer_for_a_crm_have_what_the_tables_name(sample, kind, version, name) -> None:
    wanted, ours = set(paths(sample(name))), set(paths(Guest().file(kind, version)))
    beside = ("Представители", "ИНН", "КПП", "Налоги/Налог", "Контрагенты", "ShoppingCart")
    assert {one for one in wanted - ours if not any(word in one for word in beside)} == set()


def test_an_order_is_shown_until_it_is_said_to_be_taken() -> None:
    guest = Guest()
    store = guest.exchange.store
    store.clock.advance(1)
    assert [len(guest.file("sale", "2.05")) for _ in range(2)] == [1, 1]
    session = guest.exchange._sessions[guest.cookie]
    assert guest.ask(type="sale", mode="success", sessid=session.sessid) == "success"
    assert len(guest.file("sale", "2.05")) == 0
    store.edit(1, {"comments": "x"})
    assert len(guest.file("sale", "2.05")) == 1


def test_the_first_guest_with_a_sessid_makes_it_the_rule_for_all() -> None:
    guest = Guest()
    guest.cookie = guest.ask(type="sale", mode="checkauth").splitlines()[2]
    assert guest.ask(type="sale", mode="init").startswith("zip=")
    guest.file("sale", "2.05")
    assert "проверки источника" in guest.ask(type="sale", mode="init")


def test_a_document_without_a_word_of_cancellation_takes_it_back_as_the_real_one_does() -> None:
    guest = Guest()
    guest.exchange.store.cancel(1)
    order = "<Документ><Ид>1</Ид><Номер>1</Номер><ХозОперация>Заказ товара</ХозОперация></Документ>"
    guest.exchange._intake.take(f"<КоммерческаяИнформация>{order}</КоммерческаяИнформация>".encode())
    shown = guest.exchange.store.order(1)
    assert (shown["canceled"], shown["basketItems"]) == ("N", []), "and goods that are not named are taken out"
