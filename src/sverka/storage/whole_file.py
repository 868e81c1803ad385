"""Files that are there whole or not at all, a power cut or not."""

import os
import tempfile
from pathlib import Path


def draft(place: Path, content: bytes) -> Path:
    """Write a file beside `place`, on the disk when this returns and readable by its owner alone; return its path."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=place.name)  # mkstemp makes it with mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def settle(folder: Path) -> None:
    """Have a folder's names on the disk: what was put or renamed there stays."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
