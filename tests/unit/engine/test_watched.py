"""From a bell to its write: what a log and the journal tell of one order goes by the name of its wave."""

from collections.abc import Iterator, Mapping

import pytest

from support.world import World
from sverka.ports.journal import Event
from sverka.ports.watch import counts, listen_with


@pytest.fixture
def notes() -> Iterator[list[Mapping[str, object]]]:
    kept: list[Mapping[str, object]] = []
    listen_with(lambda event, about: kept.append({"event": event, **about}))
    yield kept
    listen_with(None)


@pytest.fixture
def world() -> Iterator[World]:
    counts.take()
    world = World()
    yield world
    world.close()


def test_an_order_and_its_wave_lead_from_the_bell_to_the_write(world: World, notes: list[Mapping[str, object]]) -> None:
    one, other = world.order("1", phone=""), world.order("2", phone="")
    world.bell(one)
    world.bell(one)
    world.bell(other)
    world.wave()
    ours = [note for note in notes if note.get("order") == "shop/1"]
    assert [note["event"] for note in ours] == ["bell", "bell", "visit", "write"]
    assert {note.get("wave") for note in ours[:2]} == {None}
    assert {note["wave"] for note in ours[2:]} == {"crm:1"}
    assert (ours[3]["kind"], ours[3]["outcome"]) == ("create_record", "done")
    story = world.story(one)
    assert {line.wave for line in story if line.event is Event.RANG} == {""}
    assert {line.wave for line in story if line.event is not Event.RANG} == {"crm:1"}


def test_no_wave_has_the_name_of_another(world: World) -> None:
    order = world.order("1", phone="")
    world.ring_and_settle(order)
    before = {line.wave for line in world.story(order)} - {""}
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert {line.wave for line in world.story(order)} - before - {""}


def test_a_wave_that_breaks_off_is_named(
    world: World, notes: list[Mapping[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    world.bell(world.order(phone=""))
    monkeypatch.setattr(world.office, "look", crash)
    with pytest.raises(RuntimeError):
        world.wave()
    assert notes[-1] == {
        "event": "wave broken off", "wave": "crm:1", "office": "crm", "problem": "RuntimeError",
    }  # fmt: skip
    assert counts.take()[0]["waves", (("office", "crm"), ("outcome", "RuntimeError"))] == 1
    world.bell(world.order("2", phone=""))
    assert "wave" not in notes[-1], "what comes after it is not its own"
