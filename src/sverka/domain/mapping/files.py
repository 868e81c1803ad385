"""Files: each side knows its own by ids of its own, and which is which is known by their places in the pair (K17)."""

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.mapping.convert import Plain, Unmapped, too_many
from sverka.domain.mapping.field import FieldType

_ADDRESS = Plain(office=FieldType.URL)


@dataclass(frozen=True)
class Files:
    """A conversion between fields of files. What holds addresses of files is read as files that lie there."""

    store_many: bool = False
    office_many: bool = False

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the store's files as files to be fetched."""
        return self._foreign(value, several=self.office_many)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the office's files as files to be fetched."""
        return self._foreign(value, several=self.store_many)

    def agree(self, store: Value, office: Value) -> bool:
        """Say no: that two files are one is known by the pair alone."""
        del store, office
        return False

    def fingerprint(self) -> str:
        """Name the conversion."""
        return "files"

    @staticmethod
    def _foreign(value: Value, *, several: bool) -> Value | Unmapped:
        found: list[Value] = []
        for item in many(value):
            ref = _ref_of(item)
            if isinstance(ref, Unmapped):
                return ref
            found.append(replace(ref, is_foreign=True))
        if len(found) > 1 and not several:
            return too_many(value)
        return tuple(found) if several else (found[0] if found else None)


def _ref_of(item: Value) -> FileRef | Unmapped:
    if isinstance(item, FileRef):
        return item
    address = _ADDRESS.to_office(item)
    if not isinstance(address, str):
        return address if isinstance(address, Unmapped) else Unmapped(item)
    return FileRef(address, PurePosixPath(unquote(urlsplit(address).path)).name, where=address)


def has_arrived(sent: Value, shown: Value) -> bool:
    """Tell whether a side that was to hold `sent` holds it: its own files stayed, and as many came as were sent."""
    stayed = [item for item in many(sent) if isinstance(item, FileRef) and not item.is_foreign]
    return len(many(sent)) == len(many(shown)) and all(item in many(shown) for item in stayed)


def may_have_come(sent: Value, shown: Value) -> bool:
    """Tell whether what a side holds may be what it was sent without an answer, and not as many files of its own.

    As far as both sides tell names and sizes, each file that was to come has to be there under them.
    """
    came = [item for item in many(sent) if isinstance(item, FileRef) and item.is_foreign]
    there = [item for item in many(shown) if isinstance(item, FileRef) and item not in many(sent)]
    return has_arrived(sent, shown) and all(any(_may_be(one, item) for item in there) for one in came)


def _may_be(one: FileRef, other: FileRef) -> bool:
    told = ((one.name, other.name), (one.size, other.size))
    return all(here == there or not here or not there for here, there in told)
