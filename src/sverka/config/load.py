"""From a profile's text to the domain's `Profile`: the mappings its tables spell out, and those they imply."""

from collections.abc import Sequence
from decimal import Decimal

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import BadProfile
from sverka.config.one_line import OneLine
from sverka.config.read import read
from sverka.config.schema import ConditionTable, DealTable, FieldTable, ProfileTable, StatusTable
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.convert import Converter, LineItems, Plain, ValueMap
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way, WriteMode
from sverka.domain.mapping.profile import Brakes, CustomerRule, NewOrder, NewRecord, Profile, fill
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.text import Text


def load(
    text: str,
    store_fields: Sequence[Field] | None = None,
    office_fields: Sequence[Field] | None = None,
    version: int = 1,
) -> Profile:
    """Return the profile a document describes. Field types come from the catalogues, or are guessed without them.

    Types are part of a mapping's fingerprint (K13): a hub must always load a profile with the same catalogues it was
    applied with, or its baselines count as forgotten.

    Raises:
        BadProfile: the text is no TOML, or not of this schema.

    """
    document = read(text)
    if isinstance(document, list):
        raise BadProfile(document)
    return build(document.table, StoreSide(store_fields), OfficeSide(office_fields), version)


def build(table: ProfileTable, store: StoreSide, office: OfficeSide, version: int = 1) -> Profile:
    """Return the profile of a document that was read."""
    deal = table.deal
    source = {"sourceId": deal.source} if deal.source else {}
    return Profile(
        name=ProfileName(table.profile),
        store=StoreName(table.store),
        office=OfficeName(table.portal),
        version=version,
        route=Route(tuple(_condition(key, row) for key, row in table.when.conditions.items()), table.when.also),
        mappings=(*derived(table), *(mapping(key, row, store, office) for key, row in table.fields.items())),
        new=NewRecord(
            title=deal.title,
            constants={"categoryId": deal.pipeline, **source},
            responsible=deal.responsible.else_,
            responsible_from_contact=deal.responsible.from_ == "contact",
        ),
        new_order=NewOrder(tuple(table.new_order.stages) if table.new_order else ()),
        customer=CustomerRule(match=tuple(table.customer.match), create=table.customer.create),
        brakes=Brakes(
            writes_per_wave=table.brakes.writes_per_wave,
            same_value_writes=table.brakes.same_value_writes,
            window_minutes=table.brakes.window_minutes,
            on_record_deleted=table.brakes.on_deal_deleted,
        ),
    )


def status_map(status: StatusTable) -> StatusMap:
    """Return the converter of the `[status]` table."""
    rows = [StatusRow(row.status, tuple(row.stage), row.back) for row in status.map]
    return StatusMap(rows, tuple(status.cancel))


def derived(table: ProfileTable) -> Sequence[FieldMapping]:
    """Return the mappings that `[status]` and `[deal]` imply."""
    found = [_status(table.status)] if table.status and table.status.map else []
    deal = table.deal
    if deal.lines != "none":
        found.append(_lines(deal))
    if deal.amount:
        found.append(_to_office("total", "total", "opportunity", FieldType.MONEY))
    if deal.amount or deal.lines != "none":
        found.append(_to_office("currency", "currency", "currencyId", FieldType.TEXT))
    if deal.begin_date:
        found.append(_begin_date())
    return found


def mapping(key: str, row: FieldTable, store: StoreSide, office: OfficeSide) -> FieldMapping:
    """Return the mapping of one row of `[fields]`."""
    guess = Field(key, Text(key, key), FieldType.CHOICE if row.values else FieldType.TEXT)
    ours = store.find(key) or guess
    if not store.given and row.values and ours.type is FieldType.TEXT:
        ours = guess
    theirs = office.like(row.to, ours, chosen=row.values is not None)
    converter: Converter = (
        ValueMap(dict(row.values)) if row.values else Plain(ours.type, theirs.type, ours.many, theirs.many)
    )
    return FieldMapping(
        key=key,
        store_field=key,
        office_field=row.to,
        way=row.way,
        policy=row.policy,
        write=row.write,
        converter=converter,
        office_type=theirs.type,
        store_type=ours.type,
    )


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
    )


def _lines(deal: DealTable) -> FieldMapping:
    name = fill(deal.title, {}) or "Order"
    return FieldMapping(
        key="lines",
        store_field="lines" if deal.delivery == "line" else "lines.goods",
        office_field="rows",
        way=Way.TO_OFFICE,
        policy=Policy.STORE_WINS,
        converter=OneLine(name) if deal.lines == "one_line" else LineItems(),
        office_type=FieldType.LINES,
        store_type=FieldType.LINES,
        heavy=True,
    )


def _to_office(key: str, store: str, office: str, kind: FieldType) -> FieldMapping:
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


def _condition(key: str, row: ConditionTable) -> Condition:
    return Condition(
        field=key,
        any_of=tuple(row.is_ or ()),
        none_of=tuple(row.not_ or ()),
        contains=tuple(row.contains or ()),
        at_least=None if row.at_least is None else Decimal(row.at_least),
        at_most=None if row.at_most is None else Decimal(row.at_most),
    )
