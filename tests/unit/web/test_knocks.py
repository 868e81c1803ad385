"""Who knocks too often is told to come later, and nobody else for his sake."""

from dataclasses import dataclass, replace

import pytest
from starlette.testclient import TestClient

from support.standing import Woken
from support.world import SHOP, World
from sverka.web import knocks as knocking
from sverka.web.app import make_app
from sverka.web.knocks import READING, RIGHT, WRONG, Knocks


@dataclass
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_its_burst_through_and_then_so_many_a_second():
    seconds = Seconds()
    knocks = Knocks(seconds)
    assert [knocks.is_too_many("a", (3, 2.0)) for _ in range(5)] == [False, False, False, True, True]
    assert not knocks.is_too_many("b", (3, 2.0))
    seconds.now += 0.5
    assert [knocks.is_too_many("a", (3, 2.0)) for _ in range(2)] == [False, True]


def test_strangers_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(knocking, "_MOST", 10)
    seconds = Seconds()
    knocks = Knocks(seconds)
    for _ in range(5):
        knocks.is_too_many("often", (5, 1.0))
    for number in range(100):
        knocks.is_too_many(f"from {number}", (5, 1.0))
    assert len(knocks._full_until) <= 10
    assert knocks.is_too_many("often", (5, 1.0)), "who knocked most is not forgotten"


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setattr("sverka.web.bells.Knocks", lambda: Knocks(Seconds()))
    world = World()
    opened = []

    def keys():
        opened.append(1)
        return {SHOP: "key-of-shop"}

    with TestClient(make_app(lambda: replace(world.hub, keys=keys), Woken())) as client:
        client.world, client.opened = world, opened
        yield client
    world.close()


def test_wrong_keys_are_answered_later_and_a_right_one_is_still_taken(door):
    burst = WRONG[0]
    codes = [door.post("/hooks/shop/wrong", content=b"{}").status_code for _ in range(burst + 1)]
    assert codes == [404] * burst + [429]
    assert len(door.opened) == READING[0], "strangers do not make the vault open"
    headers, body = door.world.store.sign(door.world.order().id)
    answer = door.post("/hooks/shop/key-of-shop", content=body, headers={"X-Signature": headers["x-signature"]})
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_flood_of_bells_is_put_off(door, monkeypatch):
    monkeypatch.setattr("sverka.web.bells.RIGHT", (2, RIGHT[1]))
    codes = [door.post("/hooks/shop/key-of-shop", content=b"{}").status_code for _ in range(3)]
    assert codes == [403, 403, 429]
    assert door.post("/hooks/shop/key-of-shop", content=b"{}").headers["retry-after"] == "10"
    panel = [door.post("/api/bitrix/events", content=b"{}").status_code for _ in range(3)]
    assert panel == [403, 403, 429]
