"""Which orders were saved since a moment: asked for from the oldest, or from the newest where dates are no filter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sverka.connectors.bitrix_site.api import Api
from sverka.connectors.bitrix_site.dictionary import REPEATS
from sverka.connectors.bitrix_site.rows import rows_of
from sverka.connectors.kit.moments import moment_of, put_back
from sverka.domain.errors import Later, Rejected
from sverka.domain.ids import OrderId
from sverka.ports.guard import Guard, free
from sverka.ports.history import Placed
from sverka.ports.notices import Notice, Subject

_PAGE = 50

Row = Mapping[str, Any]


def saved_since(api: Api, moment: datetime | None) -> Iterator[Notice]:
    """Yield every order saved at or after the moment, once for each save seen.

    Raises:
        Later: the site shows pages that were not asked for.

    """
    seen: set[tuple[str, str]] = set()
    for row in _rows(api, moment):
        key = (str(row["id"]), str(row.get("dateUpdate") or ""))
        if key not in seen:
            seen.add(key)
            yield Notice(Subject.ORDER, key[0], "changed", _saved(row))


def placed_since(api: Api, moment: datetime, guard: Guard) -> Iterator[Placed]:
    """Yield every order placed since, by id: a place that no order leaves, whatever is saved meanwhile.

    Raises:
        Later: the site shows pages that were not asked for.

    """
    dated: Mapping[str, Any] = {">=dateInsert": _iso(moment)}
    last = 0
    while True:
        ask = {"select": ["id", "dateInsert"], "order": {"id": "asc"}, "filter": {**dated, ">id": last}, "start": 0}
        try:
            rows = list(rows_of(api.ask("sale.order.list", ask, guard)["result"], "orders"))
        except Rejected:
            if not dated:
                raise
            dated = {}  # old kernels know no dates in a filter: then all orders are walked
            continue
        ids = [int(row["id"]) for row in rows]
        if ids and min(ids) <= last:
            raise Later(REPEATS)
        for row in rows:
            placed = _moment(row.get("dateInsert"))
            if placed is None or placed >= moment.replace(microsecond=0):
                yield Placed(OrderId(str(row["id"])), placed or moment)
        if len(rows) < _PAGE:
            return
        last = max(ids)


def _rows(api: Api, moment: datetime | None) -> Iterator[Row]:
    """Yield rows, oldest save first.

    Each page starts at the last save seen and not at a row's number: an order saved meanwhile moves to the end, and
    counting rows would step over its neighbour.
    """
    since = _iso(moment) if moment else ""
    start, before = 0, list[Row]()
    asked_again: Mapping[str, Any] | None = None
    while True:
        try:
            page, told = _page(api, start, "asc", since)
        except Rejected:
            if not since:
                raise
            yield from _from_the_newest(api, since, ())
            return
        asked, now = _moment(since), _moment(told.get("date_start"))
        if asked_again is None and (earlier := put_back(asked, now)):
            since, asked_again = _iso(earlier), told
            continue
        if (start and page == before) or (told and told == asked_again):
            raise Later(REPEATS)
        asked_again = {}
        if any(_is_before(row, asked) for row in page[:1]):
            yield from _from_the_newest(api, since, page)
            return
        before = page
        yield from page
        if len(page) < _PAGE:
            return
        last = str(page[-1].get("dateUpdate") or "")
        since, start = (last, 0) if last != since else (since, start + _PAGE)


def _from_the_newest(api: Api, since: str, shown: Sequence[Row]) -> Iterator[Row]:
    """Yield rows, oldest first, of a site that pays no heed to a date in a filter, as old kernels may.

    Counting rows does here: an order saved meanwhile comes to the front and pushes the others to later pages. The page
    `shown` in the other order is no answer to this: a cache gives it.
    """
    asked, found, start = _moment(since), list[Row](), 0
    before: Sequence[Row] = shown
    while True:
        page, _ = _page(api, start, "desc")
        moments = [saved for row in page if (saved := _saved(row))]
        if (page and page == before) or any(later < earlier for later, earlier in pairwise(moments)):
            raise Later(REPEATS)
        fresh = [row for row in page if not _is_before(row, asked)]
        found += fresh
        if len(fresh) < len(page) or len(page) < _PAGE:
            yield from reversed(found)
            return
        before, start = page, start + _PAGE


def _page(api: Api, start: int, way: str, since: str = "") -> tuple[list[Row], Mapping[str, Any]]:
    """Return a page of saved orders, and what the site tells of its time, which no two answers share."""
    ask: dict[str, Any] = {
        "select": ["id", "dateUpdate", "version"],
        "order": {"dateUpdate": way, "id": way},
        "start": start,
    }
    if since:
        ask["filter"] = {">=dateUpdate": since}
    answer = api.ask("sale.order.list", ask, free)
    told, result = answer.get("time"), answer["result"]
    return list(rows_of(result, "orders") if isinstance(result, dict) else ()), told if isinstance(told, dict) else {}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _saved(row: Row) -> datetime | None:
    return _moment(row.get("dateUpdate"))


def _moment(raw: object) -> datetime | None:
    """Return a moment, None for what is none: what a list shows spoils no sweep."""
    try:
        return moment_of(raw)
    except ValueError:
        return None


def _is_before(row: Row, asked: datetime | None) -> bool:
    saved = _saved(row)
    return saved is not None and asked is not None and saved < asked
