"""The client of a record, a contact and the company he buys for: keys of theirs beside the record's own."""

from collections.abc import Collection, Mapping
from typing import Final

from sverka.domain.commerce.value import Value

CONTACT: Final = "contact."
"""What the keys of a record's first contact begin with: `contact.phone`."""

COMPANY: Final = "company."
"""What the keys of a record's company begin with: `company.inn`."""


def is_party(key: str) -> bool:
    """Tell whether a back office's key is one of a record's contact or company, and not of the record itself."""
    return key.startswith((CONTACT, COMPANY))


def party_keys(keys: Collection[str]) -> frozenset[str]:
    """Return those of the keys that belong to contacts and companies."""
    return frozenset(key for key in keys if is_party(key))


def own(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return a record's own fields, those of its client left out."""
    return {key: value for key, value in fields.items() if not is_party(key)}
