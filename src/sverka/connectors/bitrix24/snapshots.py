"""A record as the hub sees it."""

from collections.abc import Mapping
from typing import Any

from sverka.connectors.bitrix24.client import as_list
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.fields import ROWS, Fields
from sverka.connectors.bitrix24.kinds import DEALS, RecordKind
from sverka.connectors.bitrix24.parties import party
from sverka.connectors.bitrix24.values import moment
from sverka.domain.commerce.lines import Line
from sverka.domain.merge.snapshot import Snapshot


def snapshot(
    item: Mapping[str, Any], fields: Fields, root: str, lines: tuple[Line, ...] | None, kind: RecordKind = DEALS
) -> Snapshot:
    """Return a record's snapshot; without `lines` its rows count as not read. `root` is the portal's own address."""
    values = fields.read(item)
    if lines:
        values[ROWS] = lines
    number = str(item.get("id"))
    return Snapshot(
        id=kind.id_of(number),
        fields=values,
        stamp=str(item.get("updatedTime") or ""),
        changed_at=moment(item.get("updatedTime")),
        known=fields.names(item) | {ROWS},
        unread=frozenset() if lines is not None else frozenset({ROWS}),
        contacts=_parties(item),
        title=str(item.get("title") or ""),
        url=f"{root}/{kind.page}/{number}/",
        origin=kind.origin_of(item),
    )


def _parties(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the record's contacts, and its company where it has one (a zero is none)."""
    contacts = [party(CONTACT, one) for one in as_list(item.get("contactIds"))]
    company = str(item.get("companyId") or "0")
    return (*contacts, *([party(COMPANY, company)] if company != "0" else []))
