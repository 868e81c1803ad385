"""The mappings a document spells out in `[fields]`, and those its other tables imply."""

from collections.abc import Sequence

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.derive.customer import customer_mappings, reachable
from sverka.config.derive.lines import rows_of, total_of
from sverka.config.derive.rules import rules, status_map
from sverka.config.derive.said import comments_of, marks_of
from sverka.config.schema import ProfileTable
from sverka.config.tables.customer import CustomerTable
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.status import StatusTable
from sverka.domain.mapping.by_name import ByName
from sverka.domain.mapping.convert import Converter, Plain, ValueMap
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way, WriteMode
from sverka.domain.mapping.files import Files
from sverka.domain.text import Text


def derived(table: ProfileTable) -> Sequence[FieldMapping]:
    """Return the mappings that the tables beside `[fields]` imply."""
    found = [_status(table.status)] if table.status and table.status.map else []
    found += rules(table)
    deal = table.deal
    if deal.lines != "none":
        found.append(rows_of(deal))
    if deal.amount:
        found.append(to_office("total", total_of(deal), "opportunity", FieldType.MONEY))
    if deal.amount or deal.lines != "none":
        found.append(to_office("currency", "currency", "currencyId", FieldType.TEXT))
    if deal.begin_date:
        found.append(_begin_date())
    return [
        *found,
        *customer_mappings(table.customer),
        *comments_of(table.comments),
        *marks_of(table.analytics),
    ]


def mapping(key: str, row: FieldTable, store: StoreSide, office: OfficeSide, customer: CustomerTable) -> FieldMapping:
    """Return the mapping of one row of `[fields]`; `customer` says which phones and e-mails of a contact are meant."""
    guess = Field(key, Text(key, key), FieldType.CHOICE if row.joins_options else FieldType.TEXT)
    ours = store.find(key) or guess
    if not store.given and row.joins_options and ours.type is FieldType.TEXT:
        ours = guess
    theirs = office.like(row.to, ours, chosen=row.joins_options)
    reach = None if row.joins_options else reachable(row.to, customer)
    return FieldMapping(
        key=key,
        store_field=key,
        office_field=row.to,
        way=row.way,
        policy=row.policy,
        write=row.write,
        converter=reach or _converter(row, ours, theirs),
        office_type=theirs.type,
        store_type=ours.type,
        ignore_unmapped=reach is not None,
        one_in_store=reach is not None and not ours.many,
    )


def _converter(row: FieldTable, ours: Field, theirs: Field) -> Converter:
    if row.by_name or (row.values and row.new_options == "create"):
        creates = row.new_options == "create"
        return ByName(ours.options, theirs.options, dict(row.values or {}), creates, ours.many, theirs.many)
    if theirs.type is FieldType.FILE:
        return Files(ours.many, theirs.many)
    if row.values:
        return ValueMap(dict(row.values))
    return Plain(ours.type, theirs.type, ours.many, theirs.many)


def _status(status: StatusTable) -> FieldMapping:
    return FieldMapping(
        key="status",
        store_field="status",
        office_field="stageId",
        way=status.way,
        policy=status.policy,
        converter=status_map(status),
        office_type=FieldType.CHOICE,
        store_type=FieldType.CHOICE,
        ignore_unmapped=status.unmapped == "ignore",
        notifies=frozenset(status.notifies),
    )


def to_office(key: str, store: str, office: str, kind: FieldType) -> FieldMapping:
    """Return the mapping of a field that only goes to the office, in one type on both sides."""
    return FieldMapping(
        key=key,
        store_field=store,
        office_field=office,
        way=Way.TO_OFFICE,
        policy=Policy.STORE_WINS,
        converter=Plain(kind, kind),
        office_type=kind,
        store_type=kind,
    )


def _begin_date() -> FieldMapping:
    return FieldMapping(
        key="begin_date",
        store_field="order.created_at",
        office_field="begindate",
        way=Way.TO_OFFICE,
        policy=Policy.STORE_WINS,
        write=WriteMode.IF_NEW,
        converter=Plain(FieldType.DATETIME, FieldType.DATE),
        office_type=FieldType.DATE,
        store_type=FieldType.DATETIME,
    )
