"""A deal as the hub sees it."""

from collections.abc import Mapping
from typing import Any

from sverka.connectors.bitrix24.client import as_list
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.fields import ROWS, Fields
from sverka.connectors.bitrix24.parties import party
from sverka.connectors.bitrix24.party_reading import Parties
from sverka.connectors.bitrix24.values import moment
from sverka.domain.commerce.lines import Line
from sverka.domain.merge.snapshot import Snapshot


def snapshot(
    item: Mapping[str, Any],
    fields: Fields,
    root: str,
    lines: tuple[Line, ...] | None,
    parties: Parties | None = None,
) -> Snapshot:
    """Return a deal's snapshot; without `lines` its rows count as not read. `root` is the portal's own address.

    With `parties` it has the fields of its contact and its company, and changes whenever they do.
    """
    values = fields.read(item)
    if lines:
        values[ROWS] = lines
    record = str(item.get("id"))
    contacts = parties_of(item)
    theirs, known, unread = parties.shown(contacts) if parties else ({}, frozenset(), frozenset())
    return Snapshot(
        id=record,
        fields=values | theirs,
        stamp=str(item.get("updatedTime") or "") + (parties.stamp(contacts) if parties else ""),
        changed_at=moment(item.get("updatedTime")),
        known=fields.names(item) | {ROWS} | known,
        unread=unread if lines is not None else unread | {ROWS},
        contacts=contacts,
        title=str(item.get("title") or ""),
        url=f"{root}/crm/deal/details/{record}/",
        origin="/".join(filter(None, (str(item.get(key) or "") for key in ("originatorId", "originId")))),
    )


def parties_of(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the deal's contacts, and its company where it has one (a zero is none)."""
    contacts = [party(CONTACT, one) for one in as_list(item.get("contactIds"))]
    company = str(item.get("companyId") or "0")
    return (*contacts, *([party(COMPANY, company)] if company != "0" else []))
