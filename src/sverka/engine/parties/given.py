"""What a birth brings to the contact and the company it hangs on: an order placed now is news to them.

From then on their fields are merged like any other of the record's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sverka.domain.commerce.party import COMPANY, CONTACT, is_party
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.ids import RecordId
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.field_mapping import FieldMapping, Side, WriteMode
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change, Difference
from sverka.domain.merge.reconcile import Sight, merge_field
from sverka.engine.task import Task


def client_fields(profiles: Sequence[Profile]) -> frozenset[str]:
    """Return the contact's and company's keys that any of these profiles has use for."""
    keys = (mapping.office_field for profile in profiles for mapping in profile.mappings)
    return frozenset(key for key in keys if is_party(key))


def bring(task: Task, prefix: str, shown: Mapping[str, Value], *, is_new: bool) -> None:
    """Plan what a birth writes to a party, whose fields are `shown`; a new one gets what only newborns get."""
    for mapping in task.profile.mappings:
        if not mapping.office_field.startswith(prefix) or not mapping.allows(Side.OFFICE):
            continue
        ours, theirs = task.store.get(mapping.store_field), shown.get(mapping.office_field)
        if is_empty(ours):
            continue
        # What it stands at is what is remembered until the write has landed: the order is what moved.
        base = Entry(Pair(None, theirs), mapping.fingerprint())
        mode = replace(mapping, write=WriteMode.OVERWRITE) if is_new else mapping
        outcome = merge_field(Sight(mode, base, ours, theirs, task.refused.get(mapping.key, Unmapped(None))))
        match outcome:
            case Change() as change:
                task.plan.changes.append(replace(change, mapping=mapping, rule="birth"))
                task.remember(mapping.key, base)
            case Difference() as difference:
                task.plan.differences.append(task.shown_before(difference))
                task.remember(mapping.key, base)
            case Pair() as pair:
                task.remember(mapping.key, Entry(pair, mapping.fingerprint()))
            case _:
                pass


def bring_all(task: Task, parties: Mapping[RecordId, Mapping[str, Value]], new: set[RecordId]) -> None:
    """Plan what a birth writes to its contact and its company; whatever could not be read is left for its next visit.

    `parties` has their fields; `new` are those made just now, of which each is new to the first order alone.
    """
    if not task.is_birth:
        return
    for party, prefix in ((task.contact, CONTACT), (task.company, COMPANY)):
        if party is not None and party in parties:
            bring(task, prefix, parties[party], is_new=party in new)
            new.discard(party)


def forget_other_party(task: Task, known: Sequence[str]) -> None:
    """Forget what was agreed on with another contact or company than the record hangs on now.

    What the two agree on is so still; the rest is asked about: one client's data must not go to another (K5).
    """
    now = task.parties
    if not known or not now:
        return
    for prefix, old, new in ((CONTACT, known[0], now[0]), (COMPANY, known[-1], now[-1])):
        if old == new:
            continue
        for mapping in _of(task.profile, prefix):
            if mapping.key in task.baseline:
                task.remember(mapping.key, Entry(None, mapping.fingerprint()))


def _of(profile: Profile, prefix: str) -> list[FieldMapping]:
    return [mapping for mapping in profile.mappings if mapping.office_field.startswith(prefix)]
