"""Files that are there whole or not at all, a power cut or not."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(place: Path, content: bytes) -> Iterator[Path]:
    """Give a file beside `place`, on the disk already and readable by its owner alone; no draft is left behind."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=place.name)  # mkstemp makes it with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Have a folder's names on the disk: what was put or renamed there stays."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
