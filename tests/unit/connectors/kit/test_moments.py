"""Moments and pauses, as stores tell them."""

from datetime import UTC, datetime, timedelta

import pytest

from sverka.connectors.kit.moments import asked_pause, moment_of, put_back, told_time


@pytest.mark.parametrize("told", ["2026-03-01T09:00:00", "2026-03-01T12:00:00+03:00", "2026-03-01T09:00:00Z"])
def test_a_moment_is_in_utc_whatever_offset_it_names(told: str) -> None:
    assert moment_of(told) == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, "", 0])
def test_nothing_is_no_moment(told: object) -> None:
    assert moment_of(told) is None


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), ("", 30), ("Wed, 21 Oct 2026 07:28:00 GMT", 30)])
def test_a_pause_is_as_long_as_the_store_asks(told: str, seconds: int) -> None:
    assert asked_pause({"retry-after": told}) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ("Sun, 01 Mar 2026 09:00:00 GMT", 9),
        ("Sun, 01 Mar 2026 12:00:00 +0300", 9),
        ("Sun, 01 Mar 2026 09:00:00 -0000", 9),
    ],
)
def test_an_answer_tells_the_time_of_the_other_side(told: str, hour: int) -> None:
    assert told_time({"date": told}) == datetime(2026, 3, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize("headers", [{}, {"date": ""}, {"date": "soon"}, {"date": "Sun, 99 Mar 2026 09:00:00 GMT"}])
def test_one_that_tells_none_is_taken_as_it_is(headers: dict[str, str]) -> None:
    assert told_time(headers) is None


def test_only_a_side_whose_clock_stands_before_what_is_asked_is_asked_for_more() -> None:
    asked, hour = datetime(2026, 3, 1, 9, tzinfo=UTC), timedelta(hours=1)
    assert put_back(asked, asked - hour) == asked - 2 * hour
    assert put_back(asked, asked) is None
    assert put_back(asked, None) is None
    assert put_back(None, asked) is None
