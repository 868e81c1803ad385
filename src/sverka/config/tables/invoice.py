"""The invoice that stands beside a deal."""

from pydantic import Field

from sverka.config.tables.base import Filled, People, Table
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.status import StatusTable
from sverka.config.tables.when import WhenTable


class InvoiceTable(Table):
    """Which deals get an invoice, and what it looks like; its rows and its amount are the deal's own."""

    when: WhenTable = Field(default_factory=lambda: WhenTable.model_validate({}))
    pipeline: str = ""
    title: Filled = "{order.number}"
    responsible: People | None = None
    lines: bool = True
    amount: bool = True
    status: StatusTable | None = None
    fields: dict[str, FieldTable] = Field(default_factory=dict)
