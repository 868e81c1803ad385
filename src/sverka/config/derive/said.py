"""The mappings that `[comments]` and `[analytics]` imply."""

from collections.abc import Sequence

from sverka.config.tables.analytics import AnalyticsTable
from sverka.config.tables.comments import CommentsTable
from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way, WriteMode
from sverka.domain.mapping.said import Said
from sverka.domain.mapping.tags import TAGS, Tag
from sverka.ports.comments import COMMENTS, TIMELINE


def comments_of(table: CommentsTable | None) -> Sequence[FieldMapping]:
    """Return the mapping of comments, where the document has the table."""
    if table is None:
        return []
    said = Said("customer" in table.from_store, "manager" in table.from_store, table.for_customer.strip())
    return [
        FieldMapping(
            key="comments",
            store_field=COMMENTS,
            office_field=TIMELINE,
            way=table.way,
            write=WriteMode.APPEND,
            converter=said,
            office_type=FieldType.COMMENTS,
            store_type=FieldType.COMMENTS,
            heavy=True,
        )
    ]


def marks_of(table: AnalyticsTable | None) -> Sequence[FieldMapping]:
    """Return the mappings of UTM marks and sources: they fill a new record and are left alone ever after."""
    if table is None:
        return []
    told = {tag: f"attribution.utm_{tag}" for tag in TAGS} if table.utm is True else table.utm or {}
    found = [_at_birth(f"utm.{tag}", key, f"utm{tag.capitalize()}", Tag()) for tag, key in told.items()]
    if table.sources:
        origin = told.get("source", "attribution.utm_source")
        found.append(_at_birth("source", origin, "sourceId", ValueMap(dict(table.sources))))
    return found


def _at_birth(key: str, store: str, office: str, converter: Tag | ValueMap) -> FieldMapping:
    return FieldMapping(
        key=key,
        store_field=store,
        office_field=office,
        way=Way.TO_OFFICE,
        policy=Policy.STORE_WINS,
        write=WriteMode.IF_NEW,
        converter=converter,
        ignore_unmapped=True,
    )
