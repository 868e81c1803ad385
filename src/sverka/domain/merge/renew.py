"""What becomes of a memory whose mapping was changed so that its pair means no agreement any more (K13)."""

from collections.abc import Mapping
from typing import Literal

from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.reconcile import pair_under

Choice = Literal["ask", "keep", "recompute"]
"""What a person wants of such fields: to be asked about each, to leave both sides as they are, or to carry the values
over anew by the new map."""


def is_stale(entry: Entry, mapping: FieldMapping) -> bool:
    """Tell whether a person would be asked about the field, as things stand."""
    return entry.pair is not None and pair_under(entry, mapping) is None


def renewed(entries: Mapping[str, tuple[Entry, FieldMapping]], choice: Choice) -> dict[str, Entry | None]:
    """Return the memory of one binding's stale fields as a choice wants it, None for one to be dropped.

    Kept: what both sides showed counts as agreed, whatever the new map says of it. Recomputed: the side that leads
    counts as moved, so that the next visit carries its value over. A row that joins other fields now has no memory of
    them. Recomputed, both sides count as moved, and the row's own rule says who wins; where it has none, and whenever
    they are kept, they are seen for the first time: an empty side is filled, two different values are asked about.
    """
    return (
        {key: _renewed(entry, mapping, choice) for key, (entry, mapping) in entries.items()} if choice != "ask" else {}
    )


def _renewed(entry: Entry, mapping: FieldMapping, choice: Choice) -> Entry | None:
    fingerprint = mapping.fingerprint()
    if entry.pair is None:
        return None
    if joins_others(entry, mapping):
        return Entry(Pair(None, None), fingerprint) if choice == "recompute" and has_winner(mapping) else None
    if choice == "keep":
        return Entry(entry.pair, fingerprint)
    if leader(mapping) is Side.STORE:
        return Entry(Pair(None, entry.pair.office), fingerprint)
    return Entry(Pair(entry.pair.store, None), fingerprint)


def joins_others(entry: Entry, mapping: FieldMapping) -> bool:
    """Tell whether the memory is of other two fields than the row joins now."""
    return entry.fingerprint.partition(":")[0] != mapping.fingerprint().partition(":")[0]


def has_winner(mapping: FieldMapping) -> bool:
    """Tell whether a row says whose value stays where both sides hold one; comments are never repeated (K24)."""
    return not mapping.is_marked and (mapping.way is not Way.BOTH or mapping.policy is not Policy.ASK)


def leader(mapping: FieldMapping) -> Side:
    """Return the side whose value is carried over anew: the one way's source, or who wins, or else the store."""
    if mapping.way is not Way.BOTH:
        return Side.STORE if mapping.way is Way.TO_OFFICE else Side.OFFICE
    return Side.OFFICE if mapping.policy is Policy.OFFICE_WINS else Side.STORE
