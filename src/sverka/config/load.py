"""From a profile's text to the domain's `Profile`: the mappings its tables spell out, and those they imply."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import BadProfile
from sverka.config.derive import derived, mapping
from sverka.config.read import read
from sverka.config.schema import ProfileTable
from sverka.config.tables.analytics import AnalyticsTable
from sverka.config.tables.when import ConditionTable, WhenTable
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.profile import Brakes, CustomerRule, NewOrder, NewRecord, Profile
from sverka.domain.mapping.routing import Condition, Route


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
        route=_route(table.when),
        mappings=(*derived(table), *(mapping(key, row, store, office) for key, row in table.fields.items())),
        new=NewRecord(
            title=deal.title,
            constants={"categoryId": deal.pipeline, **source},
            texts=_texts(table.analytics),
            trace=_trace(table.analytics),
            responsible=deal.responsible.else_,
            responsible_from_contact=deal.responsible.from_ == "contact",
        ),
        new_order=NewOrder(tuple(table.new_order.stages) if table.new_order else ()),
        customer=CustomerRule(match=tuple(table.customer.match), create=table.customer.create),
        files_limit=table.files.max_mb * 2**20,
        brakes=Brakes(
            writes_per_wave=table.brakes.writes_per_wave,
            same_value_writes=table.brakes.same_value_writes,
            window_minutes=table.brakes.window_minutes,
            on_record_deleted=table.brakes.on_deal_deleted,
        ),
    )


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
