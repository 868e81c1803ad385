"""What can be wrong with one row of `[fields]`: its two fields, its way, its values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.checks.types import check_types
from sverka.config.complaint import Complaint, choices, named, near_fields, options
from sverka.config.derive.whole import derived
from sverka.config.lines import Path
from sverka.config.owners import owner_of
from sverka.config.read import Document
from sverka.config.schema import ProfileTable
from sverka.config.tables.fields import FieldTable
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.field_mapping import Policy, Way, WriteMode
from sverka.domain.mapping.new_record import places
from sverka.domain.mapping.order_fields import LOOKED_UP
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]


@dataclass(frozen=True)
class _Row:
    """A row with what both catalogues say of its fields; None where they say nothing."""

    document: Document
    key: str
    table: FieldTable
    store: Field | None
    office: Field | None

    def complain(self, text: Text, *part: str | int, bad: bool = True) -> Complaint:
        path: Path = ("fields", self.key, *part)
        return self.document.complain(path, text, bad=bad)


def check_fields(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    """Yield what is wrong with the rows of `[fields]`, with or without catalogues."""
    taken = _taken(document.table)
    for key, table in document.table.fields.items():
        row = _Row(document, key, table, store.find(key), office.find(table.to))
        yield from _implied(row, taken)
        yield from _known(row, store, office)
        yield from _sense(row)
        if store.given and office.given and row.store and row.office:
            for part, text, bad in check_types(row.table, row.store, row.office):
                yield row.complain(text, part, bad=bad)
        if row.store and store.given:
            yield from _store_side(row, row.store)
        if row.office:
            yield from _office_side(row, row.office)
        taken.setdefault(table.to, f'[fields] "{key}"')


def _taken(table: ProfileTable) -> dict[str, str]:
    """Return the office fields that other tables already fill, and which."""
    taken = {"categoryId": "[deal] pipeline", "title": "[deal] title"}
    deal = table.deal
    given = {
        "sourceId": ("[deal] source", deal.source.else_ or deal.source.values),
        "typeId": ("[deal] type", deal.type),
        "assignedById": ("[deal] responsible", deal.responsible.names_somebody),
    }
    taken |= {key: owner for key, (owner, is_given) in given.items() if is_given}
    tables = {"status": "[status]", "lines": "[deal] lines", "begin_date": "[deal] begin_date"}
    for mapping in derived(table):
        taken.setdefault(mapping.office_field, tables.get(mapping.key, "[deal] amount"))
    return taken


def _implied(row: _Row, taken: dict[str, str]) -> Complaints:
    if row.table.to in taken:
        owner = taken[row.table.to]
        text = Text(
            f"`{row.table.to}` is already filled by {owner}; one field has one source.",
            f"`{row.table.to}` уже заполняет {owner}; у поля один источник.",
        )
        yield row.complain(text, "to")
    if row.key in {mapping.key for mapping in derived(row.document.table)}:
        text = Text(
            f"`{row.key}` is already kept in step by [deal] or [status]; take it out of [fields] or switch that off.",
            f"`{row.key}` уже ведут [deal] или [status]; уберите его из [fields] или выключите там.",
        )
        yield row.complain(text)


def _known(row: _Row, store: StoreSide, office: OfficeSide) -> Complaints:
    if row.store is None:
        key = next((place for place in places(row.key) if not store.find(place)), row.key)
        tail = choices(key, store.keys())
        text = Text(
            f"orders of this store have no field `{key}`.{tail.en}",
            f"у заказов магазина нет поля `{key}`.{tail.ru}",
        )
        yield row.complain(text)
    elif FieldType.COMMENTS in (row.store.type, row.office.type if row.office else None):
        text = Text(
            "comments are kept in step by the table [comments]; a field of text may take `comments.text`.",
            "комментарии ведёт таблица [comments]; текстовое поле может взять `comments.text`.",
        )
        yield row.complain(text)
    elif row.store.type is FieldType.LINES:
        text = Text(
            f"`{row.key}` is a list of goods; they are sent by `lines` in [deal].",
            f"`{row.key}` – это состав заказа; его передаёт `lines` в [deal].",
        )
        yield row.complain(text)
    if row.key in LOOKED_UP:
        text = Text(
            f"`{row.key}` is looked up only to route an order; use it in [when].",
            f"`{row.key}` узнаётся, только чтобы распределить заказ; используйте его в [when].",
        )
        yield row.complain(text)
    if office.given and row.office is None:
        whose = owner_of(row.table.to, office.kind)
        tail, made = near_fields(row.table.to, office.keys()), Text("", "")
        if whose.makes(row.table.to):
            made = Text(" `sverka profile scaffold` makes it.", " Его создаст `sverka profile scaffold`.")
        elif whose.bare(row.table.to).startswith("UF_"):
            made = Text(
                f" `sverka profile scaffold` makes fields whose names begin with `{whose.beginning}`.",
                f" `sverka profile scaffold` создаёт поля, имена которых начинаются с `{whose.beginning}`.",
            )
        name = whose.bare(row.table.to)
        text = Text(
            f"the portal's {whose.words.en} have no field `{name}`.{made.en}{tail.en}",
            f"у {whose.words.ru} портала нет поля `{name}`.{made.ru}{tail.ru}",
        )
        yield row.complain(text, "to")


def _sense(row: _Row) -> Complaints:
    table = row.table
    if table.write is WriteMode.IF_NEW and table.way is not Way.TO_OFFICE:
        text = Text(
            'write = "if_new" fills a record at its birth only; it needs way = "->".',
            'write = "if_new" заполняет запись только при создании; ему нужен way = "->".',
        )
        yield row.complain(text, "write")
    if table.way is not Way.BOTH and "policy" in table.model_fields_set and table.policy is not Policy.ASK:
        text = Text(
            f'with way = "{table.way}" there is one source, so `policy` changes nothing.',
            f'при way = "{table.way}" источник один, поэтому `policy` ни на что не влияет.',
        )
        yield row.complain(text, "policy", bad=False)


def _store_side(row: _Row, field: Field) -> Complaints:
    if row.table.way is not Way.TO_OFFICE and not field.writable:
        text = Text(
            f'the store cannot be told `{field.key}`; use way = "->".',
            f'поле `{field.key}` в магазин не записать; укажите way = "->".',
        )
        yield row.complain(text, "way")
    yield from _append(row, field, Way.TO_STORE)
    if row.table.way is not Way.TO_OFFICE:
        yield from _needs_values(row, field)
    if not row.table.values or not field.options:
        return
    for name in row.table.values:
        if name not in field.options:
            tail = options(name, dict(field.options))
            text = Text(
                f"`{field.key}` of the store has no option `{name}`.{tail.en}",
                f"у поля магазина `{field.key}` нет варианта `{name}`.{tail.ru}",
            )
            yield row.complain(text, "values", name)
    missed = {key: name for key, name in field.options.items() if key not in row.table.values}
    if missed and not row.table.by_name and row.table.new_options == "hold":
        text = Text(
            f"`values` lacks these options, so orders with them will wait for a person: {named(missed)}.",
            f"в `values` нет этих вариантов, заказы с ними будут ждать человека: {named(missed)}.",
        )
        yield row.complain(text, "values", bad=False)


def _office_side(row: _Row, field: Field) -> Complaints:
    if row.table.way is not Way.TO_STORE and not field.writable:
        text = Text(
            f'`{field.key}` of the portal is read-only; use way = "<-" or another field.',
            f'поле `{field.key}` на портале только для чтения; укажите way = "<-" или другое поле.',
        )
        yield row.complain(text, "to")
    yield from _append(row, field, Way.TO_OFFICE)
    yield from _needs_values(row, field)
    for name, option in (row.table.values or {}).items():
        if field.options and option not in field.options:
            tail = options(option, dict(field.options))
            text = Text(
                f"`{field.key}` of the portal has no option `{option}`.{tail.en}",
                f"у поля портала `{field.key}` нет варианта `{option}`.{tail.ru}",
            )
            yield row.complain(text, "values", name)


def _needs_values(row: _Row, field: Field) -> Complaints:
    if field.type is FieldType.CHOICE and field.options and not row.table.joins_options:
        shown = named(dict(field.options))
        text = Text(
            f"`{field.key}` is a list; add `values = {{ … }}` that joins both sides' options. Its options: {shown}. "
            "Where both sides name them alike, `by_name = true` does.",
            f"`{field.key}` – список; добавьте `values = {{ … }}` с парами значений. Его варианты: {shown}. "
            "Если названия на обеих сторонах одинаковы, хватит `by_name = true`.",
        )
        yield row.complain(text)


def _append(row: _Row, target: Field, way: Way) -> Complaints:
    if row.table.write is WriteMode.APPEND and row.table.way in (way, Way.BOTH) and not target.many:
        text = Text(
            f'`{target.key}` holds one value; write = "append" needs a field that holds several.',
            f'поле `{target.key}` хранит одно значение; для write = "append" нужно множественное.',
        )
        yield row.complain(text, "write")
