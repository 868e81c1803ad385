"""Sweeps of sites that are old, wrong about the time, or behind a cache: nothing that was saved stays unseen."""

from datetime import timedelta

import pytest

from sverka.domain.errors import Later
from sverka.sandbox.bitrix_site.errors import BitrixError


def put(clock, moment):
    """Set the site's clock to a moment, which may be past."""
    clock._now = moment


def ids(site, moment):
    return [notice.id for notice in site.changed_since(moment)]


@pytest.fixture(params=["passed over", "refused"])
def old(shop, server, request, monkeypatch):
    """A shop whose kernel does not know a date in a filter."""
    shop.filters_by_date = False
    call = server._rest.call

    def refusing(method, params):
        if method == "sale.order.list" and params.get("filter"):
            raise BitrixError("ERROR_CORE", "Incorrect date")
        return call(method, params)

    if request.param == "refused":
        monkeypatch.setattr(server._rest, "call", refusing)
    return shop


@pytest.mark.parametrize("count", [2, 49, 50, 51, 130])
def test_an_old_kernel_is_swept_from_the_newest(site, placed, clock, old, server, count):
    before = [placed() for _ in range(60)]
    clock.advance(60)
    moment = clock.now()
    after = []
    for number in range(count):
        after.append(placed())
        clock.advance(number % 3)
    clock.advance(1)
    old.edit(int(before[7]), {"comments": "touched"})
    server.log.clear()
    assert ids(site, moment) == [*after, before[7]]
    assert server.log.count() == 1 + (count + 1) // 50 + 1
    clock.advance(60)
    assert ids(site, clock.now()) == []
    assert sorted(ids(site, None), key=int) == sorted([*before, *after], key=int)


def test_an_order_saved_while_an_old_site_is_swept_hides_no_other(site, placed, clock, old, server):
    moment, made = clock.now(), []
    placed()
    old.orders.clear()
    for _ in range(120):
        clock.advance(1)
        made.append(placed())
    call, touched = server._rest.call, []

    def touching(method, params):
        if method == "sale.order.list" and params.get("start"):
            clock.advance(1)
            touched.append(made[60 + len(touched)])
            old.edit(int(touched[-1]), {"comments": "touched"})
        return call(method, params)

    old.orders[1] = {**old.orders[int(made[0])], "id": 1, "dateUpdate": (moment - timedelta(days=1))}
    server._rest.call = touching
    found = list(site.changed_since(moment))
    assert {notice.id for notice in found} | set(touched) == set(made)
    assert len(touched) == 2, "orders were saved between the pages"
    server._rest.call = call
    assert set(touched) <= set(ids(site, max(notice.stamp for notice in found))), "what came after is the next sweep's"


def test_a_cached_page_is_not_taken_for_an_old_kernel(site, placed, clock, server):
    for _ in range(3):
        placed()
    site.changed_since(None).__next__()
    clock.advance(600)
    server.faults.arm("repeated", on="sale.order.list", times=1000)
    with pytest.raises(Later) as caught:
        ids(site, clock.now())
    assert "cache" in caught.value.text.en


@pytest.mark.parametrize("back", [timedelta(minutes=10), timedelta(hours=5)])
def test_a_site_whose_clock_was_put_back_hides_nothing(site, placed, clock, shop, server, back):
    placed()
    clock.advance(3600)
    mark = clock.now()
    put(clock, mark - back)
    clock.advance(120)
    hidden = placed()
    clock.advance(240)
    assert hidden in ids(site, mark - timedelta(minutes=2))
    put(clock, mark + timedelta(minutes=1))
    server.log.clear()
    assert hidden not in ids(site, mark - timedelta(minutes=2))
    assert server.log.count() == 1, "its clock is right again"


def test_a_date_that_is_none_spoils_no_sweep(site, placed, clock, shop):
    bad, good = placed(), placed()
    shop.order(int(bad))["dateUpdate"] = "yesterday"
    assert set(ids(site, None)) == {bad, good}


def test_a_site_that_heeds_neither_dates_nor_order_is_not_believed(site, placed, clock, shop, server):
    shop.filters_by_date = False
    call = server._rest.call
    server._rest.call = lambda method, params: call(method, {**params, "order": {"id": "asc"}})
    placed()
    clock.advance(60)
    for _ in range(2):
        placed()
        clock.advance(1)
    with pytest.raises(Later):
        ids(site, clock.now())
