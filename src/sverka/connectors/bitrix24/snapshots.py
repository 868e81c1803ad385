"""A record as the hub sees it."""

from collections.abc import Mapping
from typing import Any

from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.fields import ROWS, Fields
from sverka.connectors.bitrix24.kinds import DEALS, LEADS, RecordKind, page_of
from sverka.connectors.bitrix24.parties.ids import party
from sverka.connectors.bitrix24.parties.reading import Parties
from sverka.connectors.bitrix24.values import moment
from sverka.connectors.bitrix24.wire.client import as_list
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.lines import Line
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.comments import TIMELINE


def snapshot(
    item: Mapping[str, Any],
    fields: Fields,
    root: str,
    lines: tuple[Line, ...] | None,
    kind: RecordKind = DEALS,
    said: tuple[Comment, ...] | None = None,
    parties: Parties | None = None,
) -> Snapshot:
    """Return a record's snapshot; `root` is the portal's own address.

    Without `lines` its rows count as not read, and its timeline without what was `said`. With `parties` it has the
    fields of its contact and its company, and changes whenever they do.
    """
    values = fields.read(item)
    if lines:
        values[ROWS] = lines
    if said:
        values[TIMELINE] = said
    parts = {ROWS: lines, TIMELINE: said}
    number, contacts = str(item.get("id")), parties_of(item)
    theirs, known, unread = parties.shown(contacts) if parties else ({}, frozenset(), frozenset())
    return Snapshot(
        id=kind.id_of(number),
        fields=values | theirs,
        stamp=str(item.get("updatedTime") or "") + (parties.stamp(contacts) if parties else ""),
        changed_at=moment(item.get("updatedTime")),
        known=fields.names(item) | set(parts) | known,
        unread=unread | {key for key, part in parts.items() if part is None},
        contacts=contacts,
        title=str(item.get("title") or ""),
        url=page_of(root, kind, number),
        origin=kind.origin_of(item),
        made_of=LEADS.id_of(item["leadId"]) if kind is DEALS and item.get("leadId") not in (None, 0, "0", "") else "",
    )


def parties_of(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the record's contacts, and its company where it has one (a zero is none)."""
    contacts = [party(CONTACT, one) for one in as_list(item.get("contactIds"))]
    company = str(item.get("companyId") or "0")
    return (*contacts, *([party(COMPANY, company)] if company != "0" else []))
