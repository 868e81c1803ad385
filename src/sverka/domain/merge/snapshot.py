"""One side, now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.new_record import compose


@dataclass(frozen=True)
class Snapshot:
    """What one record showed when it was looked at.

    `stamp` is whatever the side changes on every save (a version, a moment): it is only ever compared with itself
    (K4). `unread` names fields that were left out to save requests, `contact.` and the like all that begin so; a field
    in neither is empty, unless `known` names all that such records have: what is not among them does not exist there,
    which is not the same. `contacts` are the contacts a record hangs on, in a back office, and its company the last.
    `title` is for people. `origin` is whatever a record says of the program that made it, empty where a person did;
    `mark` is what an order says of the record it was made of (K23); `made_of` is the record a person made this one of,
    a deal's lead.
    """

    id: str
    fields: Mapping[str, Value]
    stamp: str = ""
    changed_at: datetime | None = None
    unread: frozenset[str] = field(default_factory=frozenset)
    contacts: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    known: frozenset[str] | None = None
    origin: str = ""
    mark: str = ""
    made_of: str = ""

    def left_out(self, key: str) -> bool:
        """Tell whether a field was not read, so that nothing can be said of it."""
        return key in self.unread or f"{key.partition('.')[0]}." in self.unread

    def lacks(self, key: str) -> bool:
        """Tell whether the record has no such field, so that nothing can be said of its value."""
        return self.known is not None and key not in self.known

    def get(self, key: str) -> Value:
        """Return a field's value, None where the record has none; of a text with `{places}`, the text filled in."""
        return compose(key, self.fields) or None if "{" in key else self.fields.get(key)
