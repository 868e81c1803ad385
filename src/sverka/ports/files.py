"""Files as they travel: fetched right before they are sent, and kept nowhere in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from sverka.domain.commerce.value import FileRef
from sverka.ports.guard import Guard


@dataclass(frozen=True)
class Fetched:
    """A file's name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Upload:
    """A file to be put beside those that stay; `load` returns its bytes, or raises the problem it met."""

    ref: FileRef
    load: Callable[[], Fetched]


Files: TypeAlias = Mapping[str, Sequence[FileRef | Upload]]
"""What fields are to hold, by key: files of the side's own that stay, and those that come, in their order."""


@runtime_checkable
class KeepsFiles(Protocol):
    """A store or a back office that hands out the files of its records."""

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of a record or an order, of at most `limit` bytes.

        Raises `Rejected`, with what to do, for one that is too large, is gone, or is a page in its stead; `Later`
        where nothing answers.
        """
