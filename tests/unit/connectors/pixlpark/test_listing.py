"""The list of orders moves while it is read, and nothing is missed."""

import time
from datetime import UTC, datetime

import pytest

from sverka.connectors.pixlpark.values import moment_of
from sverka.domain.errors import Later


def ids(notices):
    return [notice.id for notice in notices]


def test_each_order_is_told_once_however_many_come_meanwhile(shop):
    store, orders = shop.store(), shop.place(130)
    shop.server.set_manners(rush=4)
    found = ids(store.changed_since(None))
    assert len(found) == len(set(found))
    assert set(found) >= set(orders)


@pytest.mark.parametrize("many", [1, 9, 10, 25, 49])
def test_no_order_is_missed_however_many_are_taken_out_meanwhile(shop, many):
    store, orders = shop.store(), shop.place(140)
    shown = shop.server.rest._list
    newest = sorted(map(int, orders), reverse=True)

    def thinned(query):
        page = shown(query)
        if query["skip"] == "40":
            for order in newest[:many]:
                shop.kept.delete(order)
        return page

    shop.server.rest._list = thinned
    found = ids(store.changed_since(None))
    assert set(found) == set(orders)
    assert len(found) == len(orders)


def test_what_changes_meanwhile_is_found_by_the_next_reading(shop):
    store, orders = shop.store(), shop.place(120)
    shown = shop.server.rest._list

    def edited(query):
        page = shown(query)
        if query["skip"] == "40":
            shop.clock.advance(600)
            shop.kept.edit(int(orders[-1]), {"CustomId": "passed already"})
            shop.clock.advance(600)
            shop.kept.edit(int(orders[0]), {"CustomId": "not reached yet"})
        return page

    shop.server.rest._list = edited
    mark = max(notice.stamp for notice in store.changed_since(None))
    assert set(ids(store.changed_since(mark))) >= {orders[-1], orders[0]}


def test_only_what_changed_is_told_and_only_pages_that_may_hold_it_are_read(shop):
    store = shop.store(days="30")
    old = shop.place(160)
    shop.clock.advance(86400 * 40)
    since = shop.clock.now()
    new = shop.place(3)
    shop.kept.edit(int(old[-1]), {"CustomId": "on the first page"})
    assert set(ids(store.changed_since(since))) == {*new, old[-1]}
    assert shop.asked("GET /orders") == 2, "the second page begins with orders that are too old"


def test_a_list_with_the_oldest_first_is_read_to_its_end(shop):
    store = shop.store(days="30")
    shop.server.set_manners(oldest=True)
    old = shop.place(120)
    shop.clock.advance(86400 * 40)
    since = shop.clock.now()
    new = shop.place()
    shop.kept.edit(int(old[0]), {"CustomId": "the first"})
    assert set(ids(store.changed_since(since))) == {*new, old[0]}


@pytest.mark.parametrize("skipped", [lambda _skip: 0, lambda skip: skip * 50])
def test_a_list_that_is_paged_another_way_does_not_go_on_for_ever(shop, skipped):
    store, listed = shop.store(), shop.kept.listed
    shop.kept.listed = lambda take, skip, where, **_: listed(take, skipped(skip), where)
    shop.place(60)
    with pytest.raises(Later, match="repeats itself"):
        list(store.changed_since(None))


def test_a_bad_date_in_the_list_stops_nothing(shop):
    store, (bad, good) = shop.store(), shop.place(2)
    shop.kept.orders[int(bad)]["DateModified"] = "yesterday"
    assert set(ids(store.changed_since(datetime(2026, 1, 1, tzinfo=UTC)))) == {bad, good}


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("/Date(1564133280000)/", "2019-07-26T09:28:00+00:00"),
        ("/Date(1564133280123+0300)/", "2019-07-26T09:28:00.123000+00:00"),
        ("/Date(-1000)/", "1969-12-31T23:59:59+00:00"),
        ("2026-01-08T04:12:00Z", "2026-01-08T04:12:00+00:00"),
        ("2025-12-24T06:41:38", "2025-12-24T06:41:38+00:00"),
        ("2025-12-24T06:41:38.1234567+03:00", "2025-12-24T03:41:38.123456+00:00"),
    ],
)
def test_both_forms_of_a_moment_are_read(raw, iso):
    assert moment_of(raw).isoformat() == iso


def test_a_moment_without_a_zone_is_utcs_wherever_the_hub_runs(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert moment_of("2025-12-24T06:41:38").isoformat() == "2025-12-24T06:41:38+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_nothing_is_no_moment_and_words_are_a_mistake():
    assert (moment_of(None), moment_of("")) == (None, None)
    with pytest.raises(ValueError, match="Date"):
        moment_of("/Date(soon)/")
