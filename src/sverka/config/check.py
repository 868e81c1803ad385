"""The one checker of profiles, for the web interface, the command line and CI."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.check_course import check_course, check_machine
from sverka.config.check_customer import check_customer
from sverka.config.check_fields import check_fields
from sverka.config.check_new_order import check_new_order
from sverka.config.check_said import check_said
from sverka.config.check_status import check_status
from sverka.config.check_when import check_when
from sverka.config.complaint import Complaint, choices, options
from sverka.config.derive import derived
from sverka.config.lines import Path
from sverka.config.read import Document, read
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.profile import places
from sverka.domain.text import Text
from sverka.ports.store import StoreCan

Complaints: TypeAlias = Iterator[Complaint]


def check(
    text: str,
    store_fields: Sequence[Field] | None = None,
    office_fields: Sequence[Field] | None = None,
    can: StoreCan | None = None,
) -> list[Complaint]:
    """Return all that is wrong or worth knowing, by line; a document without a bad complaint can be loaded.

    Without a catalogue, or what the store `can` do, what only it can tell is passed over.
    """
    document = read(text)
    if isinstance(document, list):
        return document
    store, office = StoreSide(store_fields), OfficeSide(office_fields)
    found = [
        *check_when(document, store),
        *_deal(document, store, office),
        *check_customer(document, store, office),
        *_brakes(document, store),
        *check_status(document, store, office),
        *check_course(document, store, office),
        *check_new_order(document, office, can),
        *check_fields(document, store, office),
        *check_said(document, store, office, can),
    ]
    if not any(complaint.bad for complaint in found):
        found += check_machine(document)
    return sorted(found, key=lambda complaint: complaint.line or 0)


def _brakes(document: Document, store: StoreSide) -> Complaints:
    status, field = document.table.status, store.find("status")
    mapped, writable = status is not None and bool(status.map), field is not None and field.writable
    if document.table.brakes.on_deal_deleted == "cancel_order" and not (mapped and writable):
        lack = Text("there is no status map", "нет таблицы статусов")
        if mapped:
            lack = Text("the store's status cannot be written", "статус в магазине не записать")
        text = Text(
            f"{lack.en}, so no order can be cancelled; take `release` or `recreate`.",
            f"{lack.ru}, поэтому отменить заказ нельзя; укажите `release` или `recreate`.",
        )
        yield document.complain(("brakes", "on_deal_deleted"), text)


def _deal(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    deal = document.table.deal
    for place in places(deal.title):
        if store.find(place) is None:
            tail = choices(place, store.keys())
            text = Text(
                f"the title names `{{{place}}}`, which orders do not have.{tail.en}",
                f"в названии стоит `{{{place}}}`, такого поля у заказов нет.{tail.ru}",
            )
            yield document.complain(("deal", "title"), text)
    if not deal.title.strip():
        text = Text("the title is blank.", "название пустое.")
        yield document.complain(("deal", "title"), text)
    if deal.delivery == "field" and deal.lines != "none" and "delivery.price" not in document.table.fields:
        text = Text(
            "the price of delivery goes to a field, but no row of [fields] takes `delivery.price`.",
            "стоимость доставки идёт в поле, но в [fields] нет строки для `delivery.price`.",
        )
        yield document.complain(("deal", "delivery"), text, bad=False)
    yield from _implied(document, office)
    yield from _option(document, office, ("deal", "pipeline"), "categoryId", deal.pipeline)
    yield from _option(document, office, ("deal", "source"), "sourceId", deal.source)
    yield from _option(document, office, ("deal", "responsible"), "assignedById", deal.responsible.else_)


def _implied(document: Document, office: OfficeSide) -> Complaints:
    switches = {"total": "amount", "currency": "amount", "begin_date": "begin_date"}
    for mapping in derived(document.table):
        field = office.find(mapping.office_field)
        if mapping.key in switches and office.given and not (field and field.writable):
            switch = switches[mapping.key]
            text = Text(
                f"the portal has no `{mapping.office_field}` to write to; set `{switch} = false`.",
                f"на портале нет поля `{mapping.office_field}` для записи; укажите `{switch} = false`.",
            )
            yield document.complain(("deal", switch), text, bad=False)


def _option(document: Document, office: OfficeSide, path: Path, key: str, value: str) -> Complaints:
    field = office.find(key)
    if value and field and field.options and value not in field.options:
        tail = options(value, dict(field.options))
        text = Text(
            f"the portal has no `{value}` in `{key}`.{tail.en}",
            f"на портале нет `{value}` в поле `{key}`.{tail.ru}",
        )
        yield document.complain(path, text)
