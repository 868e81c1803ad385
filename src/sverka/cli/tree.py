"""Commands are loaded when they are called: none waits for what another needs, and all have much to load."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer

from sverka.cli.commands import ROWS, Row
from sverka.cli.usage import Command, Group


class Branch(Mapping[str, Any]):
    """The commands and groups right below a path, by name; each is loaded when it is asked for."""

    def __init__(self, path: str) -> None:
        """Take the path of a group; the program's own is empty."""
        self.rows: Mapping[str, Row] = {
            row.path.rpartition(" ")[2]: row for row in ROWS if row.path.rpartition(" ")[0] == path
        }

    def __getitem__(self, name: str) -> Any:
        row = self.rows[name]
        return _command(name, row) if row.where else Tree(row.path, name=name, help=row.about, no_args_is_help=True)

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class Tree(Group):
    """A group that knows its commands by their rows alone."""

    def __init__(self, path: str = "", **attributes: Any) -> None:
        """Take the group's path."""
        super().__init__(**{**attributes, "rich_markup_mode": None})
        self.branch = Branch(path)
        self.commands: Any = self.branch

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Write the list of commands, loading none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.about) for name, row in self.branch.rows.items()])


def _command(name: str, row: Row) -> Any:
    module, function = row.where.split(":")
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(name, cls=Command, help=row.about)(getattr(import_module(f"sverka.cli.{module}"), function))
    return typer.main.get_command(alone)
