"""The profile document, schema 1: every table and key it may have. Unknown keys are errors, types are exact."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.analytics import AnalyticsTable
from sverka.config.tables.base import Name, Table
from sverka.config.tables.brakes import BrakesTable
from sverka.config.tables.comments import CommentsTable
from sverka.config.tables.customer import CustomerTable
from sverka.config.tables.deal import DealTable, NewOrderTable, ResponsibleTable
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.files import FilesTable
from sverka.config.tables.status import HandoverTable, MilestoneTable, StatusRowTable, StatusTable
from sverka.config.tables.when import ConditionTable, WhenTable


class ProfileTable(Table):
    """The whole document."""

    schema_: Literal[1] = Field(alias="schema")
    profile: Name
    store: Name
    portal: Name
    when: WhenTable = Field(default_factory=lambda: WhenTable.model_validate({}))
    deal: DealTable = DealTable()
    new_order: NewOrderTable | None = None
    customer: CustomerTable = CustomerTable()
    status: StatusTable | None = None
    milestone: list[MilestoneTable] = Field(default_factory=list)
    handover: list[HandoverTable] = Field(default_factory=list)
    comments: CommentsTable | None = None
    analytics: AnalyticsTable | None = None
    fields: dict[str, FieldTable] = Field(default_factory=dict)
    files: FilesTable = FilesTable()
    brakes: BrakesTable = BrakesTable()


_TABLES: dict[str, type[Table]] = {
    "deal": DealTable,
    "new_order": NewOrderTable,
    "customer": CustomerTable,
    "status": StatusTable,
    "comments": CommentsTable,
    "analytics": AnalyticsTable,
    "files": FilesTable,
    "brakes": BrakesTable,
}


def allowed_keys(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys the table at that path may have, in the order of this page; empty where names are free."""
    table: type[Table] | None = None
    match path:
        case ():
            table = ProfileTable
        case ("when", _) | ("when", "any", _, _):
            table = ConditionTable
        case ("deal", "responsible"):
            table = ResponsibleTable
        case ("status", "map", _):
            table = StatusRowTable
        case ("milestone", _):
            table = MilestoneTable
        case ("handover", _):
            table = HandoverTable
        case ("fields", _):
            table = FieldTable
        case ("customer", "fields"):
            return ["name", "phone", "email", "company"]
        case (str(name),):
            table = _TABLES.get(name)
    if table is None:
        return []
    return [field.alias or name for name, field in table.model_fields.items()]
