"""The report as a person and a program read it."""

import json
from datetime import timedelta

import pytest

from sverka.engine.by_hand.account import Lag, lag_of


@pytest.mark.covers("R125", "R131")
def test_every_order_is_accounted_for(applied, place, portal):
    orders = [place(), place(), place(statusId="P")]
    applied.ok("order", "sync", *orders)
    said = applied.ok("report", "--compare").out
    for words in (
        "Orders in the store", "with a deal (record) that is there", "no counterpart in the profile",
        "Differences that wait for you:", "Oldest bell without an answer: –", "From bell to write:", "95 of 100",
    ):  # fmt: skip
        assert words in said
    russian = applied.ok("report", env={"SVERKA_LANG": "ru"}).out
    for words in ("Заказов в магазине", "со сделкой (записью) на месте", "Расхождения, что ждут вас", "Самый старый",
                  "От звонка до записи"):  # fmt: skip
        assert words in russian
    assert "Every order is accounted for." in said
    (told,) = json.loads(applied.ok("report", "--store", "shop", "--compare", "--json").out)
    figures = ("orders", "bound", "held", "waiting", "lost", "vanished", "fields", "doubles", "accounted_for")
    assert {name: told[name] for name in figures} == {
        "orders": 3, "bound": 2, "held": {"unmapped": 1}, "waiting": 0, "lost": [], "vanished": [], "fields": {},
        "doubles": [], "accounted_for": True,
    }  # fmt: skip
    assert told["lag_seconds"]["bells"] == 2


def test_what_is_missing_is_named_with_the_next_step(applied, place, portal):
    known, lost = place(), place()
    applied.ok("order", "sync", known)
    portal.call("crm.item.delete", {"entityTypeId": 2, "id": 1})
    said = applied.fails("report").out
    assert "Not all is accounted for" in said
    assert f"sverka order sync {known}" in said
    assert lost in said
    assert "`sverka sweep`" in said
    (told,) = json.loads(applied.fails("report", "--json").out)
    assert (told["vanished"], told["lost"]) == ([known], [lost])
    assert told["fields"] is None


def test_the_time_is_read_in_both_forms(applied, place):
    place()
    orders = [
        json.loads(applied("report", "--json", *words).out)[0]["orders"]
        for words in (
            (),
            ("--since", "7d"),
            ("--since", "2020-01-01"),
            ("--until", "2020-01-01T10:00", "--since", "2019-01-01"),
        )
    ]
    assert orders == [1, 1, 1, 0]
    assert applied("report", "--since", "yesterday").code == 2


def test_nobody_to_report_of(connected, applied):
    assert "No profile takes orders of 'another'" in applied.fails("report", "--store", "another").err


@pytest.mark.covers("R129")
def test_a_lag_is_told_by_its_middle_its_95th_and_its_longest():
    assert lag_of([]) is None
    seconds = [timedelta(seconds=one) for one in range(100, 0, -1)]
    assert lag_of(seconds) == Lag(100, timedelta(seconds=50), timedelta(seconds=95), timedelta(seconds=100))
    assert lag_of([timedelta(seconds=3)]) == Lag(1, *[timedelta(seconds=3)] * 3)
