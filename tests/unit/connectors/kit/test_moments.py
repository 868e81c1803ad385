"""Moments and pauses, as stores tell them."""

from datetime import UTC, datetime, timedelta

import pytest

from sverka.connectors.kit.moments import asked_pause, moment_of


@pytest.mark.parametrize("told", ["2026-03-01T09:00:00", "2026-03-01T12:00:00+03:00", "2026-03-01T09:00:00Z"])
def test_a_moment_is_in_utc_whatever_offset_it_names(told: str) -> None:
    assert moment_of(told) == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, "", 0])
def test_nothing_is_no_moment(told: object) -> None:
    assert moment_of(told) is None


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), ("", 30), ("Wed, 21 Oct 2026 07:28:00 GMT", 30)])
def test_a_pause_is_as_long_as_the_store_asks(told: str, seconds: int) -> None:
    assert asked_pause({"retry-after": told}) == timedelta(seconds=seconds)
