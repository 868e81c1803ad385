"""From a profile's text to the domain's `Profile`: the mappings its tables spell out, and those they imply."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import BadProfile
from sverka.config.derive.customer import customer_rule
from sverka.config.derive.facets import facets
from sverka.config.derive.new_order import given
from sverka.config.derive.whole import derived, mapping
from sverka.config.read import read
from sverka.config.schema import ProfileTable
from sverka.config.tables.analytics import AnalyticsTable
from sverka.config.tables.deal import DealTable
from sverka.config.tables.when import ConditionTable, WhenTable
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.new_record import PIPELINE, NewRecord, Pick
from sverka.domain.mapping.profile import Brakes, NewOrder, Profile, Switches
from sverka.domain.mapping.routing import Condition, Route, SectionRule


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
    profile = Profile(
        name=ProfileName(table.profile),
        store=StoreName(table.store),
        office=OfficeName(table.portal),
        version=version,
        route=_route(table.when),
        mappings=(
            *derived(table),
            *(mapping(key, row, store, office, table.customer) for key, row in table.fields.items()),
        ),
        new=_new_record(table.deal, table.analytics),
        new_order=_new_order(table, store),
        customer=customer_rule(table.customer, table.lead),
        switches=Switches(
            create_records=table.switches.create_deals,
            update_records=table.switches.update_deals,
            update_orders=table.switches.update_orders,
        ),
        files_limit=table.files.max_mb * 2**20,
        enabled=table.enabled,
        brakes=Brakes(
            writes_per_wave=table.brakes.writes_per_wave,
            registrations=table.brakes.registrations,
            same_value_writes=table.brakes.same_value_writes,
            window_minutes=table.brakes.window_minutes,
            on_record_deleted=table.brakes.on_deal_deleted,
        ),
    )
    invoiced = _route(table.invoice.when) if table.invoice else Route()
    return replace(profile, facets=tuple(facets(table, profile, store, office, invoiced)))


def _new_record(deal: DealTable, analytics: AnalyticsTable | None) -> NewRecord:
    people = deal.responsible
    fixed = {PIPELINE: deal.pipeline, "sourceId": deal.source.else_, "typeId": deal.type}
    source = Pick("sourceId", deal.source.by, deal.source.values)
    new = NewRecord(
        title=deal.title,
        constants={key: value for key, value in fixed.items() if value},
        responsible_from_contact=people.from_ == "contact",
        responsible_by_pipeline={key: tuple(some) for key, some in people.by_pipeline.items()},
        by_section=tuple(SectionRule(tuple(row.section), row.pipeline) for row in deal.by_section),
        picks=(source,) if source.values else (),
        texts=_texts(analytics),
        trace=_trace(analytics),
        adopt=tuple((one.originator, one.origin) for one in deal.adopt),
    )
    return new.answered_by(people.else_ or ())


def _new_order(table: ProfileTable, store: StoreSide) -> NewOrder:
    defaults = {"payment.method": table.payment.default} if table.payment else {}
    if table.new_order is None:
        return NewOrder((), defaults)
    return NewOrder(tuple(table.new_order.stages), defaults, tuple(given(table, table.new_order, store)))


def _texts(analytics: AnalyticsTable | None) -> Mapping[str, str]:
    told = analytics.source_description if analytics else ""
    return {"sourceDescription": told} if told else {}


def _trace(analytics: AnalyticsTable | None) -> str | None:
    asked = analytics.trace if analytics else False
    return asked if isinstance(asked, str) else "" if asked else None


def _route(when: WhenTable) -> Route:
    return Route(
        tuple(_condition(key, row) for key, row in when.conditions.items()),
        when.also,
        tuple(tuple(_condition(key, row) for key, row in group.items()) for group in when.any_ or ()),
        when.quiet_minutes,
        tuple(when.confirmed),
    )


def _condition(key: str, row: ConditionTable) -> Condition:
    return Condition(
        field=key,
        any_of=tuple(row.is_ or ()),
        none_of=tuple(row.not_ or ()),
        contains=tuple(row.contains or ()),
        starts=tuple(row.starts or ()),
        matches=tuple(row.matches or ()),
        at_least=None if row.at_least is None else Decimal(row.at_least),
        at_most=None if row.at_most is None else Decimal(row.at_most),
    )
