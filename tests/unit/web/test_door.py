"""Bells that come while others are being kept are kept together, and each gets its own answer."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from sverka.domain.errors import Later
from sverka.domain.ids import OfficeName
from sverka.engine.bells.receive import Answer
from sverka.web.door import MOST, Door

CRM = OfficeName("crm")


class Keeper:
    """Keeps bells that are words; the first call waits until `go`."""

    def __init__(self) -> None:
        self.calls: list[Sequence[str]] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self.busy = threading.Lock()

    def __call__(self, bells: Sequence[str]) -> Sequence[Answer]:
        assert self.busy.acquire(blocking=False), "two calls at once"
        try:
            self.calls.append(bells)
            self.begun.set()
            assert self.go.wait(30)
            if "poison" in bells:
                raise ZeroDivisionError
            if "locked" in bells:
                raise Later
            return [[OfficeName(bell)] for bell in bells]
        finally:
            self.busy.release()


async def rung(keeper: Keeper, first: str, others: Sequence[str]) -> list[Answer | BaseException]:
    """Ring once, and while that is being kept, the others; return all answers."""
    door: Door[str] = Door(keeper)
    begun = asyncio.create_task(door.ring(first))
    assert await asyncio.to_thread(keeper.begun.wait, 30)
    rest = [asyncio.create_task(door.ring(other)) for other in others]
    await asyncio.sleep(0)  # let each of them come to the door
    keeper.go.set()
    return await asyncio.gather(begun, *rest, return_exceptions=True)


def test_bells_that_come_meanwhile_are_kept_together() -> None:
    keeper = Keeper()
    assert asyncio.run(rung(keeper, "a", ["b", "c", "d"])) == [["a"], ["b"], ["c"], ["d"]]
    assert keeper.calls == [["a"], ["b", "c", "d"]]


def test_no_call_takes_more_than_its_share() -> None:
    keeper, others = Keeper(), [str(number) for number in range(MOST + 1)]
    answers = asyncio.run(rung(keeper, "a", others))
    assert answers == [["a"], *[[other] for other in others]]
    assert [len(call) for call in keeper.calls] == [1, MOST, 1]


def test_a_bad_bell_fails_alone() -> None:
    answers = asyncio.run(rung(Keeper(), "a", ["b", "poison", "d"]))
    assert [answers[1], answers[3]] == [["b"], ["d"]]
    assert isinstance(answers[2], ZeroDivisionError)


def test_what_stands_in_the_way_of_all_is_told_to_all_at_once() -> None:
    keeper = Keeper()
    answers = asyncio.run(rung(keeper, "a", ["b", "locked", "d"]))
    assert [type(answer) for answer in answers[1:]] == [Later] * 3
    assert len(keeper.calls) == 2


def test_who_hangs_up_keeps_nobody_waiting() -> None:
    async def scene() -> list[Answer]:
        keeper = Keeper()
        door: Door[str] = Door(keeper)
        first = asyncio.create_task(door.ring("a"))
        assert await asyncio.to_thread(keeper.begun.wait, 30)
        gone, patient = asyncio.create_task(door.ring("b")), asyncio.create_task(door.ring("c"))
        await asyncio.sleep(0)
        gone.cancel()
        keeper.go.set()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await asyncio.gather(first, patient)

    assert asyncio.run(scene()) == [["a"], ["c"]]
