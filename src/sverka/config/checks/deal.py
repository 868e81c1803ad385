"""What can be wrong with `[deal]`: what a new deal looks like, where it goes and who answers for it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import Complaint, choices, options
from sverka.config.derive.whole import derived
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.domain.mapping.new_record import places
from sverka.domain.mapping.routing import SECTIONS
from sverka.domain.text import Text
from sverka.ports.backoffice import Person

Complaints: TypeAlias = Iterator[Complaint]


def check_deal(
    document: Document, store: StoreSide, office: OfficeSide, people: Mapping[str, Person] | None = None
) -> Complaints:
    """Yield what is wrong with `[deal]`: names orders and portals do not have, and employees who are gone."""
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
    yield from check_option(document, office, ("deal", "pipeline"), "categoryId", deal.pipeline)
    yield from check_option(document, office, ("deal", "type"), "typeId", deal.type)
    yield from _source(document, store, office)
    yield from _by_section(document, store, office)
    yield from _responsible(document, office, people)


def _source(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    source = document.table.deal.source
    yield from check_option(document, office, ("deal", "source"), "sourceId", source.else_)
    for name, value in source.values.items():
        yield from check_option(document, office, ("deal", "source", "values", name), "sourceId", value)
    if store.find(source.by) is None:
        tail = choices(source.by, store.keys())
        text = Text(f"orders have no field `{source.by}`.{tail.en}", f"у заказов нет поля `{source.by}`.{tail.ru}")
        yield document.complain(("deal", "source", "by"), text)


def _by_section(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    rows = document.table.deal.by_section
    field = store.find(SECTIONS)
    known = dict(field.options) if field else {}
    seen: dict[str, int] = {}
    for place, row in enumerate(rows):
        yield from check_option(document, office, ("deal", "by_section", place, "pipeline"), "categoryId", row.pipeline)
        for section in row.section:
            if section in seen:
                text = Text(
                    f"the section `{section}` already stands in row {seen[section]}, which decides.",
                    f"раздел `{section}` уже есть в строке {seen[section]}, она и решает.",
                )
                yield document.complain(("deal", "by_section", place, "section"), text)
            elif known and section not in known:
                tail = options(section, known)
                text = Text(
                    f"the store's catalogue has no section `{section}`.{tail.en}",
                    f"в каталоге магазина нет раздела `{section}`.{tail.ru}",
                )
                yield document.complain(("deal", "by_section", place, "section"), text)
            seen.setdefault(section, place + 1)
    if rows and store.given and not known:
        text = Text(
            "the store has told no sections of its catalogue, so they are not checked; see that the hub may read it.",
            "магазин не назвал разделов каталога, поэтому они не проверены; дайте хабу право читать каталог.",
        )
        yield document.complain(("deal", "by_section"), text, bad=False)


def _responsible(document: Document, office: OfficeSide, people: Mapping[str, Person] | None) -> Complaints:
    table = document.table.deal.responsible
    pipelines = document.table.deal.pipelines
    for pipeline, some in table.by_pipeline.items():
        path: Path = ("deal", "responsible", "by_pipeline", pipeline)
        yield from check_option(document, office, path, "categoryId", pipeline)
        if pipeline not in pipelines:
            text = Text(
                f"no new deal of this profile goes to pipeline `{pipeline}`.",
                f"ни одна новая сделка профиля не попадает в воронку `{pipeline}`.",
            )
            yield document.complain(path, text, bad=False)
        yield from check_employees(document, path, some, people)
    yield from check_employees(document, ("deal", "responsible"), table.else_ or (), people)


def check_employees(
    document: Document, path: Path, named: Sequence[str], people: Mapping[str, Person] | None
) -> Complaints:
    """Yield which of the employees named there are gone or were never there, as far as the office has told."""
    for id_ in named:
        person = people.get(id_) if people is not None else None
        if person is None or person.works:
            continue
        if person.name:
            text = Text(
                f"{person.name} (employee {id_}) was dismissed; name another with `sverka portal people`.",
                f"{person.name} (сотрудник {id_}) уволен; найдите другого: `sverka portal people`.",
            )
        else:
            text = Text(
                f"the portal has no employee {id_}; find the right one with `sverka portal people`.",
                f"на портале нет сотрудника {id_}; найдите нужного: `sverka portal people`.",
            )
        yield document.complain(path, text)


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


def check_option(document: Document, office: OfficeSide, path: Path, key: str, value: str) -> Complaints:
    """Yield that the portal has no such value in a field that is chosen from a list."""
    field = office.find(key)
    if value and field and field.options and value not in field.options:
        tail = options(value, dict(field.options))
        text = Text(
            f"the portal has no `{value}` in `{key}`.{tail.en}",
            f"на портале нет `{value}` в поле `{key}`.{tail.ru}",
        )
        yield document.complain(path, text)
