"""The door for webhooks: who may ring, how loud, and whom it wakes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from support.standing import Woken
from support.world import CRM, SHOP, START, World
from sverka.domain.errors import Misconfigured
from sverka.engine.hub import Hub
from sverka.ports.journal import Event
from sverka.web.app import make_app
from sverka.web.bells import LARGEST_BELL, PANEL


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


@pytest.fixture
def woken() -> Woken:
    return Woken()


@pytest.fixture
def door(world: World, woken: Woken) -> Iterator[TestClient]:
    keys = {SHOP: "key-of-shop", CRM: "key-of-crm", "mute": "", "dropped": "key-of-dropped"}
    with TestClient(make_app(lambda: replace(world.hub, keys=lambda: keys), woken)) as client:
        yield client


@pytest.mark.covers("R128", "C35")
def test_a_genuine_bell_is_kept_and_wakes_the_office(world: World, woken: Woken, door: TestClient) -> None:
    headers, body = world.store.sign(world.order().id)
    answer = door.post("/hooks/shop/key-of-shop", content=body, headers={"X-Signature": headers["x-signature"]})
    assert (answer.status_code, answer.text) == (200, "ok")
    assert woken.offices == [CRM]
    assert world.storage.due(CRM, world.clock.now()) == START


def test_a_bell_that_rings_for_nothing_wakes_nobody(world: World, woken: Woken, door: TestClient) -> None:
    assert door.post("/hooks/crm/key-of-crm", content=world.office.sign("stranger")[1]).status_code == 200
    assert woken.offices == []


@pytest.mark.covers("C77")
def test_a_forged_bell_is_refused_and_told_of(world: World, woken: Woken, door: TestClient) -> None:
    answer = door.post("/hooks/shop/key-of-shop", content=b'{"id": "1"}', headers={"x-signature": "nonsense"})
    assert answer.status_code == 403
    assert woken.offices == []
    assert [line.event for line in world.storage.journal.tail(1)] == [Event.FORGED]
    assert "key" not in answer.text


def test_a_bell_that_cannot_be_read_now_is_to_come_again(
    world: World, woken: Woken, door: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(headers: object, body: object) -> None:
        raise Misconfigured

    monkeypatch.setattr(world.store, "notices", gone)
    answer = door.post("/hooks/shop/key-of-shop", content=b"{}")
    assert (answer.status_code, answer.text) == (503, "later")
    assert woken.offices == []


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/shop/key-of-crm",
        "/hooks/shop/key-of-shop2",
        "/hooks/shop/KEY-OF-SHOP",
        "/hooks/shop/ключ",
        "/hooks/nobody/key-of-shop",
        "/hooks/mute/x",
        "/hooks/dropped/key-of-dropped",
        "/hooks/shop/",
        "/hooks/shop",
        "/",
    ],
)
def test_who_does_not_know_the_address_finds_nothing(world: World, woken: Woken, door: TestClient, path: str) -> None:
    headers, body = world.store.sign(world.order().id)
    assert door.post(path, content=body, headers=headers).status_code == 404
    assert woken.offices == []
    assert world.storage.due(CRM, world.clock.now()) is None


def test_a_bell_is_rung_and_not_read(door: TestClient) -> None:
    assert door.get("/hooks/shop/key-of-shop").status_code == 405


@pytest.mark.parametrize(("size", "status"), [(LARGEST_BELL, 403), (LARGEST_BELL + 1, 413)])
def test_a_body_is_taken_up_to_its_limit(door: TestClient, woken: Woken, size: int, status: int) -> None:
    assert door.post("/hooks/shop/key-of-shop", content=b"x" * size).status_code == status
    assert woken.offices == []


def test_a_stranger_is_sent_away_before_his_body_is_read(door: TestClient) -> None:
    assert door.post("/hooks/shop/wrong", content=b"x" * (LARGEST_BELL + 1)).status_code == 404


def test_it_says_that_it_lives(door: TestClient) -> None:
    answer = door.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_keys_are_asked_anew_for_every_bell(world: World, woken: Woken) -> None:
    keys = {SHOP: "old"}
    headers, body = world.store.sign(world.order().id)
    with TestClient(make_app(lambda: replace(world.hub, keys=lambda: keys), woken)) as door:
        keys[SHOP] = "new"
        assert door.post("/hooks/shop/old", content=body, headers=headers).status_code == 404
        assert door.post("/hooks/shop/new", content=body, headers=headers).status_code == 200


@pytest.mark.covers("R229")
def test_a_portals_event_is_taken_on_the_panels_path_by_its_token_alone(
    world: World, woken: Woken, door: TestClient
) -> None:
    order = world.order()
    world.ring_and_settle(order)
    body = world.office.sign(world.record_of(order))[1]
    assert door.post(PANEL, content=body).text == "ok"
    assert woken.offices == [CRM]
    for stranger in (body.replace(b"s3cret", b"guess"), world.office.sign("x")[1].replace(b"s3cret", b"")):
        assert door.post(PANEL, content=stranger).status_code == 403
    assert door.post(PANEL, content=b"x" * (LARGEST_BELL + 1)).status_code == 413
    assert woken.offices == [CRM]
    assert Event.FORGED not in [line.event for line in world.storage.journal.tail(20)]


def test_a_bell_while_the_database_is_away_is_to_come_again(world: World, woken: Woken) -> None:
    def away() -> Hub:
        raise OperationalError("", {}, Exception("the server's password is pa55word"))

    with TestClient(make_app(away, woken)) as client, capture_logs() as lines:
        answer = client.post("/hooks/shop/key-of-shop", content=b"{}")
    assert (answer.status_code, answer.text) == (503, "later")
    assert [(line["event"], line["error"]) for line in lines] == [("database away", "OperationalError")]


@pytest.mark.parametrize(("is_ready", "code"), [(True, 200), (False, 503)])
def test_it_says_whether_it_is_ready(world: World, woken: Woken, is_ready: bool, code: int) -> None:
    with TestClient(make_app(lambda: world.hub, woken, is_ready=lambda: is_ready)) as client:
        assert client.get("/ready").status_code == code
        assert client.get("/health").status_code == 200
