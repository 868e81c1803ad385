"""Where a hub's database is, and which processes work with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chaos.server import Server

Command = tuple[str, ...]
_SWEEPS = ("--sweep-minutes", "0.05")


class Base(Protocol):
    """A file, or a database of a server that may be killed."""

    server: Server | None

    def crew(self, listen: str) -> Sequence[Command]:
        """Return the commands of the processes that are a hub, the one that listens first."""

    def environment(self, folder: Path) -> dict[str, str]:
        """Return what tells a hub in that folder where its database is."""

    def make(self, folder: Path) -> None:
        """Make an empty database for a folder."""

    def copy(self, source: Path, target: Path) -> None:
        """Copy the database of one folder for another."""

    def drop(self, folder: Path) -> None:
        """Take the database of a folder away."""


class OnFile:
    """SQLite beside the key, copied with the folder; one process is the hub."""

    server = None

    def crew(self, listen: str) -> Sequence[Command]:
        """Return the one command."""
        return [("up", "--listen", listen, *_SWEEPS)]

    def environment(self, folder: Path) -> dict[str, str]:
        """Return nothing: the default is what is meant."""
        del folder
        return {}

    def make(self, folder: Path) -> None:
        """Do nothing: the hub makes its file."""

    def copy(self, source: Path, target: Path) -> None:
        """Do nothing: the folder was copied."""

    def drop(self, folder: Path) -> None:
        """Do nothing: the folder is removed."""


@dataclass
class OnServer:
    """A database of a PostgreSQL server for each folder; a door and two workers are the hub."""

    server: Server

    def crew(self, listen: str) -> Sequence[Command]:
        """Return the door's command and those of two workers."""
        return [("web", "--listen", listen), ("worker", *_SWEEPS), ("worker", *_SWEEPS)]

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the address of the folder's database."""
        return {"SVERKA_DATABASE": self.server.url(_name(folder))}

    def make(self, folder: Path) -> None:
        """Make an empty one."""
        self.server.run("CREATE DATABASE {}", _name(folder))

    def copy(self, source: Path, target: Path) -> None:
        """Make the target's database of the source's."""
        self.server.run("CREATE DATABASE {} TEMPLATE {}", _name(target), _name(source))

    def drop(self, folder: Path) -> None:
        """Take it away, whoever is still connected."""
        if not self.server.is_up:
            self.server.start()
        self.server.run("DROP DATABASE {} WITH (FORCE)", _name(folder))


def _name(folder: Path) -> str:
    return folder.name.replace("-", "_")
