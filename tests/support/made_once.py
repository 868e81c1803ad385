"""A hub's folder as some commands left it: made once and copied while it is fresh, not made in every test."""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.no_secrets import WATCH

FRESH_SECONDS = 40.0
"""A folder tells when it was made, and the hub looks at that: an older one is made anew."""


@dataclass
class _Made:
    copy: Path
    at: float
    printed: list[str]
    secrets: dict[str, str]
    told: str


class MadeOnce:
    """Folders by name, each with what was printed when it was made and the secrets that the watch then knew."""

    def __init__(self) -> None:
        self._made: dict[str, _Made] = {}

    def into(self, folder: Path, name: str, printed: list[str], make: Callable[[], str]) -> str:
        """Have a folder be as `make` leaves it; return what `make` returned when it last ran."""
        made = self._made.get(name)
        if made is None or time.monotonic() - made.at > FRESH_SECONDS:
            before = len(printed)
            told = make()
            copy = Path(tempfile.mkdtemp(prefix="made-", dir=folder.parent))
            shutil.copytree(folder, copy, dirs_exist_ok=True)
            self.forget(name)
            self._made[name] = _Made(copy, time.monotonic(), printed[before:], dict(WATCH.own), told)
            return told
        shutil.copytree(made.copy, folder, dirs_exist_ok=True)
        printed += made.printed
        WATCH.own.update(made.secrets)
        return made.told

    def forget(self, name: str) -> None:
        """Have a folder be made anew at the next call."""
        made = self._made.pop(name, None)
        if made is not None:
            shutil.rmtree(made.copy)
