"""What can be wrong with `[invoice]` and `[lead]`: each is checked as a document of its own kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.checks.deal import check_option
from sverka.config.checks.fields import check_fields
from sverka.config.checks.reach import check_reach
from sverka.config.checks.status import check_status
from sverka.config.complaint import Complaint, choices
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.config.tables.deal import DealTable
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.status import StatusTable
from sverka.domain.kind import Kind
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.new_record import places
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]


@dataclass(frozen=True)
class _Inside(Document):
    """One table of a document, checked as if it were the document: what is said of it names its own place."""

    outer: Document
    root: Literal["invoice", "lead"]

    def complain(self, path: Path, text: Text, *, bad: bool = True) -> Complaint:
        """Return a complaint about that place inside the table."""
        return self.outer.complain((self.root, *path), text, bad=bad)


def check_facets(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    """Yield what is wrong with what a document describes beside the deal."""
    yield from _invoice(document, store, office.of(Kind.INVOICE))
    yield from _lead(document, store, office.of(Kind.LEAD))


def _invoice(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    table = document.table.invoice
    if table is None:
        return
    if not office.given_any and office.given:
        text = Text(
            "the portal shows no invoices; switch smart invoices on there, and see that the hub has the scope `crm`.",
            "портал не показывает счетов; включите там новые счета и проверьте, что у хаба есть право `crm`.",
        )
        yield document.complain(("invoice",), text)
        return
    stages = [stage for row in table.status.map for stage in row.stage] if table.status else []
    pipeline = table.pipeline or next(iter(map(pipeline_of, stages)), "0")
    inside = _inside(document, "invoice", table.fields, table.status, pipeline)
    yield from _title(inside, table.title, store)
    yield from check_option(inside, office, ("pipeline",), "categoryId", table.pipeline)
    for one in table.responsible or ():
        yield from check_option(inside, office, ("responsible",), "assignedById", one)
    for path, key, _ in table.when.every():
        if store.find(key) is None:
            tail = choices(key, store.keys())
            text = Text(f"orders have no field `{key}`.{tail.en}", f"у заказов нет поля `{key}`.{tail.ru}")
            yield document.complain(("invoice", *path), text)
    if table.when.also:
        text = Text(
            "an invoice stands beside its deal anyway; leave `also` out.",
            "счёт и так стоит рядом со сделкой; уберите `also`.",
        )
        yield document.complain(("invoice", "when", "also"), text)
    if table.status:
        yield from check_status(inside, store, office)
        yield from check_reach(inside)
    yield from check_fields(inside, store, office)


def _lead(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    table, is_wanted = document.table.lead, document.table.customer.create == "lead"
    if table and not is_wanted:
        text = Text(
            'no leads are made: add `create = "lead"` to [customer], or leave this table out.',
            'лиды не создаются: добавьте `create = "lead"` в [customer] или уберите эту таблицу.',
        )
        yield document.complain(("lead",), text)
    if is_wanted and office.given and not office.given_any:
        text = Text(
            "the portal works without leads (its simple CRM mode) or does not show them; take `contact`, or switch "
            "leads on in its CRM settings.",
            "портал работает без лидов (простой режим CRM) или не показывает их; укажите `contact` или включите лиды в "
            "настройках CRM.",
        )
        yield document.complain(("customer", "create"), text)
        return
    if table is None:
        return
    inside = _inside(document, "lead", table.fields)
    yield from _title(inside, table.title, store)
    yield from _title(inside, table.registered, store, "registered")
    yield from check_option(inside, office, ("source",), "sourceId", table.source)
    for one in table.responsible or ():
        yield from check_option(inside, office, ("responsible",), "assignedById", one)
    for key, value in (("stage", table.stage), ("close_company", table.close_company)):
        yield from check_option(inside, office, (key,), "stageId", value)
    yield from check_fields(inside, store, office)


def _inside(
    document: Document,
    root: Literal["invoice", "lead"],
    fields: dict[str, FieldTable],
    status: StatusTable | None = None,
    pipeline: str = "0",
) -> _Inside:
    deal = document.table.deal
    shape = DealTable(pipeline=pipeline, lines=deal.lines, amount=deal.amount, delivery=deal.delivery, begin_date=False)
    apart: dict[str, object] = {"milestone": [], "handover": [], "comments": None, "analytics": None}
    table = document.table.model_copy(update={"fields": fields, "status": status, "deal": shape, **apart})
    return _Inside(table, document.lines, document, root)


def _title(inside: _Inside, title: str, store: StoreSide, path: str = "title") -> Complaints:
    for place in places(title):
        field = store.find(place)
        if field is None or field.type is FieldType.LINES:
            tail = choices(place, store.keys())
            text = Text(
                f"the title names `{{{place}}}`, which orders do not have.{tail.en}",
                f"в названии стоит `{{{place}}}`, такого поля у заказов нет.{tail.ru}",
            )
            yield inside.complain((path,), text)
