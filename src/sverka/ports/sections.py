"""Stores whose catalogue has sections."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

from sverka.ports.guard import Guard, free
from sverka.ports.store import Store

Path = tuple[str, ...]
"""A section's id, then its parent's, up to the root."""


@runtime_checkable
class KnowsSections(Store, Protocol):
    """A store that can say in which sections of its catalogue a product stands."""

    def sections(self, products: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Path]]:
        """Return the paths of each product (`lines.product`), none for one that is in no section or is gone.

        What was read is kept for a while, so that orders cost no request each. Raises the problem it met.
        """
