"""A connector of another package breaks down: its connection is in trouble, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sverka.connectors.guarded import guard
from sverka.connectors.in_memory import MemoryOffice, MemoryStore
from sverka.domain.errors import Gone, Later, Unanswered
from sverka.domain.ids import OfficeName, OrderId, OrderRef, StoreName
from sverka.engine.hub import Hub
from sverka.engine.survey.whole import read_stores
from sverka.ports.comments import KeepsComments
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite
from sverka.sandbox.clock import VirtualClock

CLOCK = VirtualClock()
ONE = OrderId("1")


class Broken(MemoryStore):
    def read(self, orders, guard=free):
        raise KeyError("s3cret")

    def write(self, writes, guard):
        raise TypeError("s3cret")

    def changed_since(self, moment):
        yield from super().changed_since(moment)
        raise ValueError("s3cret")

    def check(self):
        raise Gone


@pytest.fixture
def broken():
    store = Broken(CLOCK)
    store.put("1", status="N")
    guard(store, "toy", "sverka-toy")
    return store


def test_what_it_raises_is_a_problem_with_the_place_and_without_the_words(broken):
    with pytest.raises(Later, match=r"toy of the package sverka-toy.*KeyError, test_guarded\.py:\d+, `read`") as met:
        broken.read([ONE])
    assert "s3cret" not in met.value.text.en + met.value.text.ru


def test_a_write_that_breaks_down_may_have_been_done(broken):
    with pytest.raises(Unanswered, match="TypeError"):
        broken.write([OrderWrite(ONE, {"status": "P"})], free)


def test_what_was_found_before_it_broke_down_is_shown(broken):
    found = broken.changed_since(None)
    assert next(found).id == ONE
    with pytest.raises(Later, match="ValueError"):
        next(found)


def test_its_own_problems_and_its_abilities_stay(broken):
    with pytest.raises(Gone):
        broken.check()
    assert isinstance(broken, KeepsComments)
    assert broken.comments([ONE], free) == {ONE: ()}
    assert broken.can.keeps_mark


def test_one_that_cannot_be_changed_is_guarded_too():
    @dataclass(frozen=True, slots=True)
    class Frozen:
        word: str

        def read(self, orders, guard=free):
            return self.word[orders]

    side = Frozen("abc")
    guard(side, "toy", "sverka-toy")
    assert side.read(0) == "a"
    with pytest.raises(Later):
        side.read(9)


def test_the_orders_of_other_stores_go_on(broken):
    well = MemoryStore(CLOCK)
    well.put("1", status="N")
    stores = {StoreName("bad"): broken, StoreName("good"): well}
    hub = Hub("hub", stores, {OfficeName("b24"): MemoryOffice(CLOCK)}, list, None, CLOCK)  # type: ignore[arg-type] # nothing is kept
    orders = [OrderRef(StoreName(name), ONE) for name in ("bad", "good")]
    shown = read_stores(hub, orders, free)
    assert isinstance(shown[orders[0]], Later)
    assert shown[orders[1]].get("status") == "N"
