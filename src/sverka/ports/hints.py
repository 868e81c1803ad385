"""What a connector adds to the draft of a profile for its stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sverka.domain.text import Text


@dataclass(frozen=True)
class Hints:
    """The words and lines by which people know this kind of store.

    `notes` say of a key, `deal.pipeline`, what it is called over there. `lines` are further lines of a table; one with
    a key that the draft has takes its place. `fields` name for an order field the portal's own field by its label.
    """

    notes: Mapping[str, Text] = field(default_factory=dict)
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
