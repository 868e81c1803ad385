"""One line of an order's story: what rang, what was decided and by which rule, what was written."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.text import Text


class Event(StrEnum):
    """What kind of line it is."""

    RANG = "rang"
    DECIDED = "decided"
    WROTE = "wrote"
    BOUND = "bound"
    RELEASED = "released"
    HELD = "held"
    CLEARED = "cleared"
    DOUBT = "doubt"
    RECOVERED = "recovered"
    ECHO = "echo"
    PROBLEM = "problem"
    FORGED = "forged"
    HALTED = "halted"
    APPLIED = "applied"


@dataclass(frozen=True)
class JournalLine:
    """One line. `rule` is the rule that decided; `field`, `before`, `after` are given where a value was written.

    `wave` names the wave that committed it, empty where none did; it is told when the line is read.
    """

    at: datetime
    event: Event
    text: Text
    order: OrderRef | None = None
    profile: ProfileName | None = None
    office: OfficeName | None = None
    rule: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    value_key: str = ""
    wave: str = dataclasses.field(default="", compare=False)
