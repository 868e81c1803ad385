"""The kinds of records an order may be bound to: one table of what the portal calls them, and where it differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, DEAL, INVOICE, LEAD
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.ids import Origin, RecordId
from sverka.domain.kind import Kind
from sverka.domain.text import Text


@dataclass(frozen=True)
class RecordKind:
    """One kind: its entity type, the mark before the hub's ids of it, and the letters its product rows go by.

    `stages` is the dictionary of its stages: with funnels each funnel has one of its own. `page` is where a person
    sees it. A kind that `has_origin` has two fields for it; else the whole origin stands in `xmlId`.
    """

    kind: Kind
    entity: int
    mark: str
    owner: str
    stages: str
    page: str
    name: Text
    has_funnels: bool = True
    has_origin: bool = True

    def id_of(self, number: object) -> RecordId:
        """Return the id under which the hub knows a record of this kind."""
        return RecordId(f"{self.mark}{number}")

    def number_of(self, record: str) -> str:
        """Return the portal's own number of a record of this kind."""
        return record.removeprefix(self.mark)

    def marked(self, origin: Origin) -> Mapping[str, Param]:
        """Return the fields that carry a record's origin (K1)."""
        if self.has_origin:
            return {"originatorId": origin.hub, "originId": origin.id}
        return {"xmlId": f"{origin.hub}/{origin.id}"}

    def origin_of(self, item: Mapping[str, Any]) -> str:
        """Return what a record says of the program that made it, `hub/origin` where that is the hub."""
        keys = ("originatorId", "originId") if self.has_origin else ("xmlId",)
        return "/".join(filter(None, (str(item.get(key) or "") for key in keys)))

    def where(self, hub: str, marks: Iterable[str]) -> dict[str, Param]:
        """Return the filter that finds the records of a hub with these origins."""
        if self.has_origin:
            return {"=originatorId": hub, "@originId": tuple(marks)}
        return {"@xmlId": tuple(f"{hub}/{mark}" for mark in marks)}


DEALS: Final = RecordKind(
    Kind.DEAL, DEAL, "", "D", "DEAL_STAGE", "crm/deal/details", Text("deals", "сделок")
)  # fmt: skip
LEADS: Final = RecordKind(
    Kind.LEAD, LEAD, "L_", "L", "STATUS", "crm/lead/details", Text("leads", "лидов"), has_funnels=False
)
INVOICES: Final = RecordKind(
    Kind.INVOICE, INVOICE, "SI_", "SI", "SMART_INVOICE_STAGE", "crm/type/31/details", Text("invoices", "счетов"),
    has_origin=False,
)  # fmt: skip

CONTACTS: Final = RecordKind(
    Kind.DEAL, CONTACT, "", "C", "", "crm/contact/details", Text("contacts", "контактов"), has_funnels=False
)
COMPANIES: Final = RecordKind(
    Kind.DEAL, COMPANY, "CO_", "CO", "", "crm/company/details", Text("companies", "компаний"), has_funnels=False
)
"""Parties of records, which orders are not bound to: their fields are read and walked alike."""

KINDS: Final = {one.kind: one for one in (DEALS, LEADS, INVOICES)}
"""Every kind the connector knows."""


def kind_of(record: str) -> RecordKind:
    """Return the kind of a record by the mark of its id."""
    return next((one for one in (LEADS, INVOICES) if record.startswith(one.mark)), DEALS)


def number_of(record: str) -> str:
    """Return the portal's own number of a record."""
    return kind_of(record).number_of(record)


def page_of(root: str, kind: RecordKind, number: str) -> str:
    """Return where a person sees a record of a portal at that address."""
    return f"{root}/{kind.page}/{number}/"


def by_number(record: str) -> tuple[str, int, str]:
    """Return a key that sorts records by kind, then in the order in which they were made."""
    kind, number = kind_of(record), number_of(record)
    return (kind.mark, int(number), "") if number.isdigit() else (kind.mark, 0, record)
