"""What can be wrong with `[comments]`, `[analytics]`, the quiet period, and deals of older programs."""

from collections.abc import Iterator
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import Complaint, choices, options
from sverka.config.derive.said import marks_of
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.mapping.new_record import places
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS
from sverka.ports.store import StoreCan

Complaints: TypeAlias = Iterator[Complaint]


def check_said(document: Document, store: StoreSide, office: OfficeSide, can: StoreCan | None) -> Complaints:
    """Yield what is wrong with them."""
    yield from _comments(document, store, can)
    yield from _analytics(document, store, office)
    yield from _adopt(document, store)
    yield from _quiet(document, store)


def _comments(document: Document, store: StoreSide, can: StoreCan | None) -> Complaints:
    table = document.table.comments
    if table is None:
        return
    if store.given and store.find(COMMENTS) is None:
        text = Text(
            "this store's orders have no feed of comments; take [comments] out and map `comment.customer` and "
            "`comment.manager` to fields of the deal in [fields].",
            "у заказов этого магазина нет ленты комментариев; уберите [comments] и сопоставьте `comment.customer` и "
            "`comment.manager` с полями сделки в [fields].",
        )
        yield document.complain(("comments",), text)
    elif can is not None and table.way is not Way.TO_OFFICE and COMMENTS not in can.writes:
        text = Text(
            'comments cannot be written to this store; set way = "->".',
            'в этот магазин комментарии не записать; укажите way = "->".',
        )
        yield document.complain(("comments", "way"), text)
    if table.for_customer and table.way is Way.TO_OFFICE:
        text = Text(
            "`for_customer` changes nothing where comments only go to the portal.",
            "`for_customer` ни на что не влияет, когда комментарии идут только на портал.",
        )
        yield document.complain(("comments", "for_customer"), text, bad=False)


def _analytics(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    table = document.table.analytics
    if table is None:
        return
    asked: list[tuple[Path, str]] = []
    if isinstance(table.utm, dict):
        asked += [(("analytics", "utm", tag), key) for tag, key in table.utm.items()]
    if isinstance(table.trace, str):
        asked.append((("analytics", "trace"), table.trace))
    asked += [(("analytics", "source_description"), key) for key in places(table.source_description)]
    for path, key in asked:
        if store.find(key) is None:
            tail = choices(key, store.keys())
            text = Text(f"orders have no field `{key}`.{tail.en}", f"у заказов нет поля `{key}`.{tail.ru}")
            yield document.complain(path, text)
    own = [("utm", table.utm is True), ("trace", table.trace is True)]
    keys = store.keys()
    if store.given and not any(key.startswith("attribution.") for key in keys):
        for name in (name for name, is_own in own if is_own):
            text = Text(
                f"this store keeps no attribution of its own; name the order field that holds it instead of "
                f"`{name} = true`.",
                f"этот магазин сам не хранит источники; вместо `{name} = true` назовите поле заказа, где они лежат.",
            )
            yield document.complain(("analytics", name), text)
    field = office.find("sourceId")
    for told, source in table.sources.items():
        if field and field.options and source not in field.options:
            tail = options(source, dict(field.options))
            text = Text(
                f"the portal has no source `{source}`.{tail.en}", f"на портале нет источника `{source}`.{tail.ru}"
            )
            yield document.complain(("analytics", "sources", told), text)
    for mapping in marks_of(table):
        if office.given and office.find(mapping.office_field) is None:
            text = Text(
                f"the portal's deals have no `{mapping.office_field}`.",
                f"у сделок портала нет `{mapping.office_field}`.",
            )
            yield document.complain(("analytics",), text)


def _adopt(document: Document, store: StoreSide) -> Complaints:
    for place, row in enumerate(document.table.deal.adopt):
        for key in (key for key in places(row.origin) if store.find(key) is None):
            tail = choices(key, store.keys())
            text = Text(f"orders have no field `{key}`.{tail.en}", f"у заказов нет поля `{key}`.{tail.ru}")
            yield document.complain(("deal", "adopt", place, "origin"), text)


def _quiet(document: Document, store: StoreSide) -> Complaints:
    when, status = document.table.when, store.find("status")
    if when.confirmed and not when.quiet_minutes:
        text = Text(
            "`confirmed` says which orders need not be left alone first; it needs `quiet_minutes`.",
            "`confirmed` говорит, какие заказы не ждут тишины; ему нужен `quiet_minutes`.",
        )
        yield document.complain(("when", "confirmed"), text)
    for place, value in enumerate(when.confirmed):
        if status and status.options and value not in status.options:
            tail = options(value, dict(status.options))
            text = Text(f"the store has no status `{value}`.{tail.en}", f"в магазине нет статуса `{value}`.{tail.ru}")
            yield document.complain(("when", "confirmed", place), text)
