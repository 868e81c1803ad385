"""The one checker of profiles, for the web interface, the command line and CI."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.checks.course import check_course, check_machine
from sverka.config.checks.customer import check_customer
from sverka.config.checks.deal import check_deal
from sverka.config.checks.facets import check_facets
from sverka.config.checks.fields import check_fields
from sverka.config.checks.money import check_money
from sverka.config.checks.new_order import check_new_order
from sverka.config.checks.reach import check_reach
from sverka.config.checks.said import check_said
from sverka.config.checks.status import check_status
from sverka.config.checks.when import check_when
from sverka.config.complaint import Complaint
from sverka.config.read import Document, read
from sverka.domain.mapping.field import Field
from sverka.domain.text import Text
from sverka.ports.backoffice import Person
from sverka.ports.store import StoreCan

Complaints: TypeAlias = Iterator[Complaint]


def check(
    text: str,
    store_fields: Sequence[Field] | None = None,
    office_fields: Sequence[Field] | None = None,
    can: StoreCan | None = None,
    people: Mapping[str, Person] | None = None,
) -> list[Complaint]:
    """Return all that is wrong or worth knowing, by line; a document without a bad complaint can be loaded.

    Without a catalogue, or what the store `can` do, what only it can tell is passed over; likewise without the
    `people` of the office, by id.
    """
    document = read(text)
    if isinstance(document, list):
        return document
    store, office = StoreSide(store_fields), OfficeSide(office_fields)
    found = [
        *check_when(document, store),
        *check_deal(document, store, office, people),
        *check_customer(document, store, office),
        *_brakes(document, store),
        *check_status(document, store, office),
        *check_course(document, store, office),
        *check_reach(document),
        *check_new_order(document, office, can),
        *check_money(document, store, can),
        *check_fields(document, store, office),
        *check_facets(document, store, office, people),
        *check_said(document, store, office, can),
    ]
    if not any(complaint.bad for complaint in found):
        found += check_machine(document)
    return sorted(found, key=lambda complaint: complaint.line or 0)


def _brakes(document: Document, store: StoreSide) -> Complaints:
    status, field = document.table.status, store.find("status")
    mapped, writable = status is not None and bool(status.map), field is not None and field.writable
    told = document.table.switches.update_orders
    if document.table.brakes.on_deal_deleted == "cancel_order" and not (mapped and writable and told):
        lack = Text("there is no status map", "нет таблицы статусов")
        if mapped:
            lack = Text("the store's status cannot be written", "статус в магазине не записать")
        if not told:
            lack = Text("`update_orders` is off", "`update_orders` выключен")
        text = Text(
            f"{lack.en}, so no order can be cancelled; take `release` or `recreate`.",
            f"{lack.ru}, поэтому отменить заказ нельзя; укажите `release` или `recreate`.",
        )
        yield document.complain(("brakes", "on_deal_deleted"), text)
