"""What is told of where a buyer came from."""

from typing import Literal

from pydantic import Field

from sverka.config.tables.base import Filled, Table

Tag = Literal["source", "medium", "campaign", "content", "term"]


class AnalyticsTable(Table):
    """Traces of advertising in a new deal. `true` takes the store's own attribution, a key another order field."""

    utm: bool | dict[Tag, Filled] = False
    trace: bool | Filled = False
    sources: dict[Filled, Filled] = Field(default_factory=dict)
    source_description: str = ""
