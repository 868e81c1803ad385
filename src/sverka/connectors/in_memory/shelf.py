"""The files of one side in memory, under ids of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from sverka.domain.commerce.value import FileRef
from sverka.domain.errors import Rejected
from sverka.ports.files import Fetched, Upload


@dataclass
class Shelf:
    """Files by id; `mark` is what the ids begin with. A file that is put here again is another file."""

    mark: str
    _files: dict[str, Fetched] = field(default_factory=dict)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def put(self, name: str, content: bytes) -> FileRef:
        """Keep a file, and return how this side names it."""
        id_ = f"{self.mark}{next(self._ids)}"
        self._files[id_] = Fetched(name, content)
        return FileRef(id_, name, len(content))

    def fetch(self, ref: FileRef, limit: int) -> Fetched:
        """Return a file of at most so many bytes; raises `Rejected` for one that is larger, or that is not here."""
        found = self._files.get(ref.id)
        if found is None or len(found.content) > limit:
            raise Rejected
        return found

    def lay(self, held: Sequence[FileRef | Upload]) -> tuple[FileRef, ...]:
        """Return what a field is to hold: files that stay as they are, uploads put here first.

        Raises whatever the other side raises for a file it does not hand out.
        """
        loaded = [one.load() if isinstance(one, Upload) else one for one in held]
        return tuple(self.put(one.name, one.content) if isinstance(one, Fetched) else one for one in loaded)
