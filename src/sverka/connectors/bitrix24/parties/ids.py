"""Contacts and companies in one space of ids: a company's number carries the portal's own mark, `CO_`."""

from collections.abc import Sequence
from typing import Final

from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.domain.ids import RecordId

_MARK: Final = "CO_"


def party(entity: int, number: object) -> RecordId:
    """Return the id under which the hub knows a contact or a company."""
    return RecordId(f"{_MARK}{number}" if entity == COMPANY else str(number))


def entity_of(known: RecordId) -> int:
    """Return the portal's entity type of such an id."""
    return COMPANY if known.startswith(_MARK) else CONTACT


def number_of(known: RecordId) -> str:
    """Return the portal's own number of such an id."""
    return known.removeprefix(_MARK)


def first_of(entity: int, known: Sequence[str]) -> RecordId | None:
    """Return the first contact, or the company, among the parties of a record; None where it has none."""
    return next((RecordId(one) for one in known if entity_of(RecordId(one)) == entity), None)
