"""The profile document, schema 1: every table and key it may have. Unknown keys are errors, types are exact."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Field

from sverka.config.tables.analytics import AnalyticsTable
from sverka.config.tables.base import Name, Table
from sverka.config.tables.brakes import BrakesTable
from sverka.config.tables.comments import CommentsTable
from sverka.config.tables.customer import CustomerTable
from sverka.config.tables.deal import DealTable, NewOrderTable
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.files import FilesTable
from sverka.config.tables.invoice import InvoiceTable
from sverka.config.tables.lead import LeadTable
from sverka.config.tables.payment import PaymentTable
from sverka.config.tables.status import HandoverTable, MilestoneTable, StatusTable
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
    payment: PaymentTable | None = None
    customer: CustomerTable = CustomerTable()
    lead: LeadTable | None = None
    invoice: InvoiceTable | None = None
    status: StatusTable | None = None
    milestone: list[MilestoneTable] = Field(default_factory=list)
    handover: list[HandoverTable] = Field(default_factory=list)
    comments: CommentsTable | None = None
    analytics: AnalyticsTable | None = None
    fields: dict[str, FieldTable] = Field(default_factory=dict)
    files: FilesTable = FilesTable()
    switches: SwitchesTable = SwitchesTable()
    brakes: BrakesTable = BrakesTable()


def allowed_keys(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys the table at that path may have, in the order of this page; empty where names are free."""
    kind: Any = ProfileTable
    for part in path:
        kind = _inside(kind, part)
    if get_origin(kind) is dict:
        return [name for name in get_args(get_args(kind)[0]) if isinstance(name, str)]
    if not _is_table(kind):
        return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _inside(kind: Any, part: str | int) -> Any:
    """Return the type of what stands under a key of a table, or at a place of a list; None where nothing may."""
    if not _is_table(kind):
        args = get_args(kind)
        return _bare(args[-1]) if args else None
    named = {field.alias or name: field for name, field in kind.model_fields.items()}
    if part in named:
        return _bare(named[str(part)].annotation)
    return ConditionTable if kind is WhenTable else None


def _bare(annotation: Any) -> Any:
    """Return a type without what surrounds it: annotations, and that it may be left out."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next((_bare(one) for one in get_args(annotation) if one is not NoneType), None)
    return annotation


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Table)
