"""What a connection's check found, in sentences."""

from dataclasses import dataclass
from enum import StrEnum

from sverka.domain.text import Text


class Level(StrEnum):
    """How bad a finding is: in order, worth knowing, standing in the way."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One sentence of a check."""

    level: Level
    text: Text
