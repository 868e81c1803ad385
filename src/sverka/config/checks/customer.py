"""What can be wrong with `[customer]`: order fields it names, ways back to the store, kinds and types."""

from collections.abc import Iterator
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import Complaint, choices, options
from sverka.config.derive.customer import OFFICE_FIELDS, customer_mappings
from sverka.config.read import Document
from sverka.domain.mapping.field_mapping import Side, Way, WriteMode
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]

_KINDS = {
    "phone_kind": ("WORK", "MOBILE", "FAX", "HOME", "PAGER", "MAILING", "OTHER"),
    "email_kind": ("WORK", "HOME", "MAILING", "OTHER"),
}
"""The kinds a portal has of phones and e-mails."""


def check_customer(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    """Yield what is wrong with the table, with or without catalogues."""
    yield from _sources(document, store)
    yield from _kinds(document)
    yield from _types(document, office)
    yield from _rows(document)
    yield from _back_to_store(document, store)
    match = document.table.customer.match
    if not {"phone", "email", "external_id"} & set(match):
        text = Text(
            "buyers are recognised by none of `phone`, `email`, `external_id`, so no contact is made of them.",
            "покупателя не узнать ни по `phone`, ни по `email`, ни по `external_id`: контакт не создаётся.",
        )
        yield document.complain(("customer", "match"), text, bad=False)


def _sources(document: Document, store: StoreSide) -> Complaints:
    customer = document.table.customer
    named = {("customer", "company", key): source for key, source in customer.company.items()}
    if customer.bitrix_id:
        named[("customer", "bitrix_id")] = customer.bitrix_id  # type: ignore[index]
    for path, source in named.items():
        if store.find(source) is None:
            tail = choices(source, store.keys())
            text = Text(f"orders have no field `{source}`.{tail.en}", f"у заказов нет поля `{source}`.{tail.ru}")
            yield document.complain(path, text)


def _kinds(document: Document) -> Complaints:
    for key, known in _KINDS.items():
        value = str(getattr(document.table.customer, key))
        if value not in known:
            tail = options(value, {kind: kind for kind in known})
            text = Text(f"a portal has no kind `{value}`.{tail.en}", f"на портале нет вида `{value}`.{tail.ru}")
            yield document.complain(("customer", key), text)


def _types(document: Document, office: OfficeSide) -> Complaints:
    for key in ("contact_type", "company_type"):
        value = str(getattr(document.table.customer, key))
        field = office.find(key.replace("_", "."))
        if value and field and field.options and value not in field.options:
            tail = options(value, dict(field.options))
            text = Text(f"the portal has no type `{value}`.{tail.en}", f"на портале нет типа `{value}`.{tail.ru}")
            yield document.complain(("customer", key), text)


def _rows(document: Document) -> Complaints:
    for key, row in document.table.customer.fields.items():
        if row.write is WriteMode.APPEND and key not in ("phone", "email"):
            text = Text(
                f'`{key}` holds one value; `append` is for `phone` and `email`, use "overwrite" or "if_empty".',
                f'`{key}` хранит одно значение; `append` – для `phone` и `email`, укажите "overwrite" или "if_empty".',
            )
            yield document.complain(("customer", "fields", key), text)
        if row.write is WriteMode.IF_NEW and row.way is not Way.TO_OFFICE:
            text = Text(
                'write = "if_new" fills a contact when it is made only; it needs way = "->".',
                'write = "if_new" заполняет контакт только при создании; ему нужен way = "->".',
            )
            yield document.complain(("customer", "fields", key), text)


def _back_to_store(document: Document, store: StoreSide) -> Complaints:
    for mapping in customer_mappings(document.table.customer):
        field = store.find(mapping.store_field)
        if store.given and field and mapping.allows(Side.STORE) and not field.writable:
            text = Text(
                f'the store cannot be told `{field.key}`; use way = "->", or a row of [fields] with a property of it.',
                f'поле `{field.key}` в магазин не записать; укажите way = "->" или строку [fields] с его свойством.',
            )
            rows = {there: row for row, there in OFFICE_FIELDS.items()}
            yield document.complain(("customer", "fields", rows.get(mapping.key, "company")), text)
