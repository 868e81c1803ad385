"""What can be wrong with `[invoice]` and `[lead]`: each is checked as a document of its own kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.checks.deal import check_employees, check_option
from sverka.config.checks.fields import check_fields
from sverka.config.checks.reach import check_reach
from sverka.config.checks.status import check_status
from sverka.config.checks.when import check_when
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
from sverka.domain.mapping.routing import KNOWN, SECTIONS
from sverka.domain.text import Text
from sverka.ports.backoffice import Person

Complaints: TypeAlias = Iterator[Complaint]


@dataclass(frozen=True)
class _Inside(Document):
    """One table of a document, checked as if it were the document: what is said of it names its own place."""

    outer: Document
    root: Literal["invoice", "lead"]

    def complain(self, path: Path, text: Text, *, bad: bool = True) -> Complaint:
        """Return a complaint about that place inside the table."""
        return self.outer.complain((self.root, *path), text, bad=bad)


def check_facets(
    document: Document, store: StoreSide, office: OfficeSide, people: Mapping[str, Person] | None = None
) -> Complaints:
    """Yield what is wrong with what a document describes beside the deal."""
    yield from _invoice(document, store, office.of(Kind.INVOICE), people)
    yield from _lead(document, store, office.of(Kind.LEAD), people)


def _invoice(
    document: Document, store: StoreSide, office: OfficeSide, people: Mapping[str, Person] | None
) -> Complaints:
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
    yield from check_employees(inside, ("responsible",), table.responsible or (), people)
    yield from _when(inside, store)
    if table.status:
        yield from check_status(inside, store, office)
        yield from check_reach(inside)
    yield from check_fields(inside, store, office)


def _when(inside: _Inside, store: StoreSide) -> Complaints:
    """Yield what is wrong with the conditions of an invoice, whose deal has been routed and waited for already."""
    when = inside.table.when
    yield from check_when(inside, store)
    for path, key, _ in when.every():
        if key in (KNOWN, SECTIONS):
            text = Text(
                f"`{key}` is looked up before there is a deal, so it says nothing of an invoice; use it in [when].",
                f"`{key}` узнаётся до того, как появится сделка, и о счёте ничего не скажет; используйте его в [when].",
            )
            yield inside.complain(path, text)
    for key in ("also", "quiet_minutes", "confirmed"):
        if getattr(when, key):
            text = Text(
                f"an invoice stands beside its deal anyway; leave `{key}` out.",
                f"счёт и так стоит рядом со сделкой; уберите `{key}`.",
            )
            yield inside.complain(("when", key), text)


def _lead(document: Document, store: StoreSide, office: OfficeSide, people: Mapping[str, Person] | None) -> Complaints:
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
    yield from check_employees(inside, ("responsible",), table.responsible or (), people)
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
    if root == "invoice" and document.table.invoice:
        apart["when"] = document.table.invoice.when
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
