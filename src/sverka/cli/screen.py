"""What is printed: answers on standard output, warnings and errors on standard error; nothing is read as markup."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

_LEAD = re.compile(r" *(?:(?:[+!x–]|\d+\.) )?")

GOOD, WARN, BAD, STRONG = "green", "yellow", "red", "bold"


def screen(*, error: bool = False) -> Console:
    """Return the console; where the output is no terminal its width is COLUMNS, or 80."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else shutil.get_terminal_size((80, 25)).columns
    return Console(stderr=error, width=width, markup=False, emoji=False, highlight=False)


def line(text: str = "", style: str = "", *, error: bool = False) -> None:
    """Print a sentence: on a terminal wrapped at words under its own beginning, in a file or a pipe left whole."""
    stream = sys.stderr if error else sys.stdout
    console = screen(error=error)
    console.print(_hung(text, console.width) if stream.isatty() else text, style=style or None, soft_wrap=True)


def _hung(text: str, width: int) -> str:
    found = _LEAD.match(text)
    lead = found[0] if found else ""
    return textwrap.fill(
        text[len(lead) :],
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def whole(text: str, style: str = "") -> None:
    """Print what will be copied, such as an address or a command, without breaking it."""
    screen().print(text, style=style or None, soft_wrap=True)


def warn(text: str) -> None:
    """Print something worth knowing."""
    line(f"{t('Warning', 'Внимание')}: {text}", WARN, error=True)


def fail(text: str) -> None:
    """Print why the command came to nothing."""
    line(f"{t('Error', 'Ошибка')}: {text}", BAD, error=True)


_NOBODY = Text("Nobody is here to be asked; add --yes.", "Спросить некого; добавьте --yes.")


def ask(question: str, *, yes: bool, unasked: Text = _NOBODY) -> None:
    """Go on where the person agrees, or has agreed beforehand; else end the command with exit code 1.

    Raises:
        Misconfigured: nobody is there to be asked, which `unasked` says with the next step.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Misconfigured(unasked)
    if not agrees(question):
        raise typer.Exit(1)


def agrees(question: str, *, usual: bool = False) -> bool:
    """Return whether the person agrees, in his own language or in English; Enter alone is the usual answer."""
    shown = t("[Y/n]", "[Д/н]") if usual else t("[y/N]", "[д/Н]")
    answers = {
        "": usual,
        **dict.fromkeys(("y", "yes", "д", "да"), True),
        **dict.fromkeys(("n", "no", "н", "нет"), False),
    }
    while True:
        told = str(typer.prompt(f"{question} {shown}", default="", show_default=False)).strip().lower()
        if told in answers:
            return answers[told]


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, narrow: Sequence[int] = ()) -> None:
    """Print rows under headings; columns in `narrow`, by place, are never wrapped."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for place, name in enumerate(columns):
        made.add_column(name, no_wrap=place in narrow, overflow="fold")
    for row in rows:
        made.add_row(*row)
    screen().print(made)


def moment(at: datetime) -> str:
    """Return a moment as it stands in a table, in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def age(span: timedelta) -> str:
    """Return a length of time as people say it, to the largest unit and the next."""
    seconds = max(0, int(span.total_seconds()))
    units = ((86400, t("d", "д")), (3600, t("h", "ч")), (60, t("min", "мин")), (1, t("s", "с")))
    parts = []
    for size, name in units:
        if seconds >= size:
            parts.append(f"{seconds // size} {name}")
            seconds %= size
    return " ".join(parts[:2]) or f"0 {units[-1][1]}"
