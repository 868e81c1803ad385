"""What the machine does to the hub beyond kills: its clock jumps, its disk is full. Read through a shared page."""

import mmap
import os
import struct
from pathlib import Path

VARIABLE = "CHAOS_PAGE"
_SKEW, _FULL, _SIZE = 0, 8, 16


class Page:
    """Two numbers that the driver writes and every hub process reads at once: seconds of skew, and whether full."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(_SIZE))
        with file.open("r+b") as opened:
            self._page = mmap.mmap(opened.fileno(), _SIZE)

    @property
    def skew(self) -> float:
        """Return by how many seconds the hub's clock is ahead."""
        return struct.unpack_from("d", self._page, _SKEW)[0]

    @skew.setter
    def skew(self, seconds: float) -> None:
        struct.pack_into("d", self._page, _SKEW, seconds)

    @property
    def is_full(self) -> bool:
        """Tell whether the disk under the hub's database has no room."""
        return bool(struct.unpack_from("d", self._page, _FULL)[0])

    @is_full.setter
    def is_full(self, full: bool) -> None:
        struct.pack_into("d", self._page, _FULL, float(full))


def page_here() -> Page | None:
    """Return the page this process was told of, None where the weather is fair."""
    file = os.environ.get(VARIABLE)
    return Page(Path(file)) if file else None
