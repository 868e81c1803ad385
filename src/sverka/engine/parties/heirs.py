"""Contacts and companies that were merged into others: whoever hangs on their records now is the heir."""

from collections.abc import Collection, Mapping, Sequence

from sverka.domain.errors import Gone, Later, Problem
from sverka.domain.ids import OfficeName, RecordId
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.ports.backoffice import Look, Seen
from sverka.ports.guard import Guard

_DEALS = 5
"""How many of a contact's records are looked at for whom it was merged into."""


def heirs_of(
    hub: Hub, office: OfficeName, gone: Collection[RecordId], guard: Guard
) -> Mapping[RecordId, RecordId | Problem]:
    """Return into whom contacts that are gone were merged: whoever hangs on all their records now, if that is one.

    Where nothing tells and a record could not be read, that is not known yet: the heir is a problem.
    """
    bound = hub.storage.bound_to(office, gone, _DEALS) if gone else {}
    records = {contact: [record for _, record in orders] for contact, orders in bound.items()}
    look = Look(records=[record for some in records.values() for record in some])
    shown = hub.offices[office].look(look, guard).records if bound else {}
    heirs: dict[RecordId, RecordId | Problem] = {}
    for contact, some in records.items():
        answers = [shown.get(record, Later()) for record in some]
        hung = [_like(contact, one.contacts) - set(gone) for one in answers if isinstance(one, Snapshot)]
        found = set.intersection(*filter(None, hung)) if any(hung) else set()
        if len(found) == 1:
            heirs[contact] = found.pop()
        elif any(isinstance(one, Problem) and not isinstance(one, Gone) for one in answers):
            heirs[contact] = Later()
    return heirs


def replaced(tasks: Sequence[Task], seen: Seen) -> Mapping[RecordId, RecordId]:
    """Return whose place others have taken on bound records since they were last looked at, each with the other.

    He may have been merged into the other, if he is gone now; else a person has put the other there.
    """
    found: dict[RecordId, set[RecordId]] = {}
    for task in tasks:
        shown = seen.records.get(task.binding.record) if task.binding else None
        if task.binding and isinstance(shown, Snapshot):
            for one in task.binding.parties:
                before, now = _like(RecordId(one), task.binding.parties), _like(RecordId(one), shown.contacts)
                if one not in now and len(now - before) == 1:
                    found.setdefault(RecordId(one), set()).update(now - before)
    return {one: others.pop() for one, others in found.items() if len(others) == 1}


def _like(contact: RecordId, parties: Collection[str]) -> set[RecordId]:
    """Return those of the parties that are what the contact is: companies carry a mark of their own."""
    mark = contact.rpartition("_")[0]
    return {RecordId(one) for one in parties if one.rpartition("_")[0] == mark}
