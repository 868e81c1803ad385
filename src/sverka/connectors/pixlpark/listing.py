"""The list of orders, read to its end while it moves."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sverka.connectors.pixlpark.api import Api
from sverka.connectors.pixlpark.values import tolerant
from sverka.domain.errors import Gone, Later
from sverka.domain.text import Text
from sverka.ports.guard import Guard

PAGE: Final = 50
"""How many orders are asked for at a time; whether a list shows more is not documented."""

OVERLAP: Final = 10
"""How many orders of a page are asked for again with the next."""

_PATIENCE: Final = 20
"""How many pages in a row may show nothing new before the list is no list that can be read to its end."""

_ENDLESS = Text(
    "Pixlpark's list of orders repeats itself, so changes cannot be found in it; webhooks go on telling of them. If it "
    "stays so, tell the hub's makers.",
    "Список заказов Pixlpark повторяется, и изменения в нём не найти; о них по-прежнему сообщают вебхуки. Если это не "
    "пройдёт, сообщите разработчикам хаба.",
)

_NO_LIST = Text(
    "At the address of Pixlpark's API there is no list of orders; look at it with `sverka connection list`, and run "
    "`sverka connect` again where it is wrong.",
    "По адресу API Pixlpark нет списка заказов; посмотрите адрес: `sverka connection list`, и если он неверен, "
    "выполните `sverka connect` ещё раз.",
)

Row = Mapping[str, Any]


def newest(api: Api, guard: Guard) -> Sequence[Row]:
    """Return the first page of the list."""
    return _page(api, 0, guard)


def walk(api: Api, until: datetime | None, guard: Guard) -> Iterator[Row]:
    """Yield every order once, or again where it changed meanwhile, down to those placed before `until`.

    The list has no filter by change, and pages are counted from its start: an order placed meanwhile moves the rest
    down and doubles one, and one taken out moves the rest up and would hide one. So each page begins inside the one
    before; where it shows nothing known, more was taken out than they overlap, and the page before it is asked for.
    `until` ends the walk only while the list is seen to have the newest orders first.

    Raises:
        Later: page after page shows nothing new.
    """
    seen: dict[str, str] = {}
    skip, is_sorted, last, fruitless = 0, True, None, 0
    while fruitless < _PATIENCE:
        page, fruitless = _page(api, skip, guard), fruitless + 1
        if skip and not any(_id(row) in seen for row in page):
            skip = max(0, skip - PAGE)
            continue
        placed = [moment for row in page if (moment := _placed(row))]
        is_sorted = is_sorted and placed == sorted(placed, reverse=True) and not (last and placed and placed[0] > last)
        for row in page:
            stamp = str(row.get("DateModified"))
            if seen.get(_id(row)) != stamp:
                seen[_id(row)], fruitless = stamp, 0
                yield row
        if len(page) < PAGE or (is_sorted and until and placed and placed[0] < until):
            return
        last = placed[0] if placed else last
        skip += PAGE - OVERLAP
    raise Later(_ENDLESS)


def _page(api: Api, skip: int, guard: Guard) -> Sequence[Row]:
    query = {"take": str(PAGE), "skip": str(skip)}
    try:
        rows = api.get("/orders", guard, query)
    except Gone as problem:
        raise Later(_NO_LIST) from problem
    return [row for row in rows if isinstance(row, dict) and row.get("Id") is not None]


def _id(row: Row) -> str:
    return str(row["Id"])


def _placed(row: Row) -> datetime | None:
    return tolerant(row.get("DateCreated"))
