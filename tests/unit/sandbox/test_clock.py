from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from sverka.sandbox.clock import FastClock

START = datetime(2026, 5, 14, tzinfo=UTC)


def test_a_fast_clock_runs_as_many_times_faster_as_told():
    clock, begun = FastClock(10_000, START), time.monotonic()
    while clock.now() < START + timedelta(seconds=100):
        assert time.monotonic() - begun < 1, "a hundred seconds should pass in a hundredth of one"
    assert clock.now() - START <= timedelta(seconds=(time.monotonic() - begun + 0.1) * 10_000)


def test_a_fast_clock_begins_at_the_present_unless_told():
    assert abs(FastClock(1).now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(("speed", "start"), [(0, START), (-1, START), (2, datetime(2026, 5, 14))])  # noqa: DTZ001 - the mistake
def test_a_clock_that_cannot_be(speed, start):
    with pytest.raises(ValueError, match="clock"):
        FastClock(speed, start)
