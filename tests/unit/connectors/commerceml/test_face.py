"""The hub in a shop's place: who is let in, and what files are taken."""

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sverka.connectors.commerceml.face import LARGEST, LIMIT, Asked, Face
from sverka.domain.errors import Later
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.exchange import Said
from sverka.sandbox.clock import VirtualClock

ORDERS = (
    "<КоммерческаяИнформация><Документ><Ид>7</Ид><Номер>7</Номер><ХозОперация>Заказ товара</ХозОперация>"
    "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Отменен</Наименование><Значение>true</Значение>"
    "</ЗначениеРеквизита></ЗначенияРеквизитов></Документ></КоммерческаяИнформация>"
).encode()


class Desk:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.kept: list[str] = []
        self.is_silent = False

    def show(self) -> tuple[Sequence[Snapshot], datetime | None]:
        if self.is_silent:
            raise Later
        return [], None

    def confirm(self, until: datetime) -> None:
        raise AssertionError("nothing was shown")

    def take(self, said: Sequence[Said]) -> Sequence[Text]:
        self.said += said
        return []

    def keep(self, name: str, body: bytes) -> None:
        self.kept.append(name)

    def statuses(self) -> Mapping[str, str]:
        return {"N": "Новый"}


class Guest:
    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2026, 3, 1, tzinfo=UTC))
        self.face = Face(self.clock, timezone(timedelta(hours=3)))
        self.desk = Desk()
        self.cookie = ""

    def ask(self, mode: str, kind: str = "sale", body: bytes = b"", store: str = "shop", **more: str) -> str:
        login = base64.b64encode(b"shop:right").decode()
        headers = {"authorization": f"Basic {login}", "cookie": f"other=1; sverka={self.cookie}"}
        asked = Asked({"type": kind, "mode": mode, **more}, headers, body)
        answer = self.face.answer(store, "right", asked, self.desk)
        return answer.body.decode("utf-8" if "xml" in answer.type else "cp1251")

    def enter(self) -> None:
        lines = self.ask("checkauth").splitlines()
        assert lines[0] == "success"
        self.cookie = lines[2]


@pytest.fixture
def guest() -> Guest:
    guest = Guest()
    guest.enter()
    return guest


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, ORDERS)
    return packed.getvalue()


def test_a_session_is_one_stores_and_ends(guest: Guest) -> None:
    assert guest.ask("init").startswith("zip=yes")
    assert guest.ask("query", store="other").startswith("failure")
    guest.clock.advance(3601)
    assert guest.ask("query").startswith("failure")


def test_a_password_that_is_not_there_lets_nobody_in() -> None:
    guest = Guest()
    asked = Asked({"type": "sale", "mode": "checkauth"}, {"authorization": "Basic c2hvcDo="}, b"")
    assert guest.face.answer("shop", "", asked, guest.desk).body.startswith(b"failure")


def test_orders_come_in_pieces_and_packed(guest: Guest) -> None:
    body = zipped("orders.xml", "picture.jpg")
    for start in range(0, len(body), 100):
        assert guest.ask("file", body=body[start : start + 100], filename="v8.zip") == "success"
    assert guest.ask("import", filename="orders.xml") == "success"
    assert [(one.order, one.number, one.fields) for one in guest.desk.said] == [("7", "7", {"status": "cancelled"})]
    assert guest.ask("import", filename="orders.xml").startswith("failure"), "a file is taken in once"


SPOILT = {
    "no archive": b"PK\x03\x04nonsense",
    "half an archive": zipped("orders.xml")[:-40],
    "half a file": ORDERS[:-9],
    "a file of the hub's": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "entities that grow": b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
    "nothing": b"",
    "a page": b"<!DOCTYPE html><html><body>Login</body></html>",
}


@pytest.mark.parametrize("body", SPOILT.values(), ids=SPOILT)
def test_spoilt_files_are_refused_with_a_reason(guest: Guest, body: bytes) -> None:
    name = "v8.zip" if body.startswith(b"PK") else "orders.xml"
    assert guest.ask("file", body=body, filename=name) == "success"
    answer = guest.ask("import", filename="orders.xml")
    assert answer.startswith("failure\n")
    assert len(answer) > 20
    assert guest.desk.said == []


def test_a_bomb_and_a_flood_do_not_go_off(guest: Guest) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.xml", b" " * (LARGEST + 1))
    assert guest.ask("file", body=packed.getvalue(), filename="v8.zip") == "success"
    assert guest.ask("import", filename="orders.xml").startswith("failure")
    assert guest.ask("file", body=b" " * (LIMIT + 1), filename="a.xml").startswith("failure")
    piece, sent = b" " * LIMIT, 0
    while guest.ask("file", body=piece, filename="a.xml") == "success":
        sent += len(piece)
    assert sent <= LARGEST


@pytest.mark.parametrize(
    ("declares", "sends"), [("windows-1251", "utf-8"), ("UTF-8", "cp1251"), ("UTF-8", "utf-8-sig")]
)
def test_the_bytes_decide_what_a_1c_has_said(guest: Guest, declares: str, sends: str) -> None:
    text = ORDERS.decode().replace("<Номер>7<", "<Номер>№ 7<")
    body = f'<?xml version="1.0" encoding="{declares}"?>{text}'.encode(sends, "replace")
    assert guest.ask("file", body=body, filename="orders.xml") == "success"
    assert guest.ask("import", filename="orders.xml") == "success"
    assert [one.number for one in guest.desk.said] == ["№ 7"]


@pytest.mark.parametrize("name", ["../orders.xml", "/etc/orders.xml", "a/../../b.xml", "C:\\orders.xml", "..\\b.xml"])
def test_a_name_that_leads_elsewhere_is_kept_nowhere(guest: Guest, name: str) -> None:
    assert guest.ask("file", kind="catalog", body=ORDERS, filename=name).startswith("failure\nИмя файла")
    assert guest.ask("file", kind="catalog", body=zipped(name), filename="v8.zip") == "success"
    assert guest.ask("import", kind="catalog", filename=name).startswith("failure")
    assert guest.desk.kept == []
    assert guest.ask("file", kind="catalog", body=ORDERS, filename="goods/1/import.xml") == "success", "down is allowed"
    assert guest.ask("import", kind="catalog", filename="goods/1/import.xml") == "success"


def test_a_catalogue_goes_its_own_way(guest: Guest) -> None:
    assert guest.ask("init", kind="catalog").startswith("zip=yes")
    assert guest.ask("file", kind="catalog", body=ORDERS, filename="import0_1.xml") == "success"
    assert guest.ask("import", kind="catalog", filename="import0_1.xml") == "success"
    assert guest.ask("complete", kind="catalog") == "success"
    assert (guest.desk.kept, guest.desk.said) == (["import0_1.xml"], [])


def test_a_store_that_does_not_answer_is_a_failure_and_not_an_empty_list(guest: Guest) -> None:
    guest.desk.is_silent = True
    assert guest.ask("query").startswith("failure\n")
    assert guest.ask("success") == "success", "and nothing is confirmed by it"


def test_lists_and_strange_words(guest: Guest) -> None:
    assert "<Элемент><Ид>N</Ид><Название>Новый</Название></Элемент>" in guest.ask("info")
    assert guest.ask("nonsense").startswith("failure")
    assert "КоммерческаяИнформация" in guest.ask("query")
