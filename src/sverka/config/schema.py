"""The profile document, schema 1: every table and key it may have. Unknown keys are errors, types are exact."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.analytics import AnalyticsTable
from sverka.config.tables.base import Name, Table
from sverka.config.tables.brakes import BrakesTable
from sverka.config.tables.comments import CommentsTable
from sverka.config.tables.customer import CustomerTable
from sverka.config.tables.deal import (
    AdoptTable,
    DealTable,
    NewOrderTable,
    ResponsibleTable,
    SectionTable,
    SourceTable,
)
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.invoice import InvoiceTable
from sverka.config.tables.lead import LeadTable
from sverka.config.tables.status import HandoverTable, MilestoneTable, StatusRowTable, StatusTable
from sverka.config.tables.switches import SwitchesTable
from sverka.config.tables.when import ConditionTable, WhenTable


class ProfileTable(Table):
    """The whole document."""

    schema_: Literal[1] = Field(alias="schema")
    profile: Name
    store: Name
    portal: Name
    enabled: bool = True
    when: WhenTable = Field(default_factory=lambda: WhenTable.model_validate({}))
    deal: DealTable = DealTable()
    new_order: NewOrderTable | None = None
    customer: CustomerTable = CustomerTable()
    lead: LeadTable | None = None
    invoice: InvoiceTable | None = None
    status: StatusTable | None = None
    milestone: list[MilestoneTable] = Field(default_factory=list)
    handover: list[HandoverTable] = Field(default_factory=list)
    comments: CommentsTable | None = None
    analytics: AnalyticsTable | None = None
    fields: dict[str, FieldTable] = Field(default_factory=dict)
    switches: SwitchesTable = SwitchesTable()
    brakes: BrakesTable = BrakesTable()


_TABLES: dict[str, type[Table]] = {
    "deal": DealTable,
    "new_order": NewOrderTable,
    "customer": CustomerTable,
    "lead": LeadTable,
    "invoice": InvoiceTable,
    "status": StatusTable,
    "comments": CommentsTable,
    "analytics": AnalyticsTable,
    "switches": SwitchesTable,
    "brakes": BrakesTable,
}


_INSIDE: dict[tuple[str, ...], type[Table]] = {
    (): ProfileTable,
    ("when", "*"): ConditionTable,
    ("when", "any", "*", "*"): ConditionTable,
    ("deal", "adopt", "*"): AdoptTable,
    ("deal", "responsible"): ResponsibleTable,
    ("deal", "by_section", "*"): SectionTable,
    ("deal", "source"): SourceTable,
    ("status", "map", "*"): StatusRowTable,
    ("milestone", "*"): MilestoneTable,
    ("handover", "*"): HandoverTable,
    ("fields", "*"): FieldTable,
    ("lead", "fields", "*"): FieldTable,
    **{(name,): table for name, table in _TABLES.items()},
}
"""The tables by their place in the document; a star stands for any name, or a place in a list."""


def allowed_keys(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys the table at that path may have, in the order of this page; empty where names are free."""
    if path == ("customer", "fields"):
        return ["name", "phone", "email", "company"]
    match path:
        case ("invoice", ("when" | "status" | "fields") as part, *rest):
            return allowed_keys((part, *rest))
    table = next((table for place, table in _INSIDE.items() if _fits(path, place)), None)
    return [field.alias or name for name, field in table.model_fields.items()] if table else []


def _fits(path: tuple[str | int, ...], place: tuple[str, ...]) -> bool:
    return len(path) == len(place) and all(theirs in ("*", ours) for ours, theirs in zip(path, place, strict=True))
