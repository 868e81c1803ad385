"""docs/figures.md, whose sections are written by different commands: each leaves the others' as they stand."""

import re
from pathlib import Path


def write_figures(file: Path, text: str) -> None:
    """Write all that stands before the other sections."""
    _, sections = _parts(file)
    file.write_text(text + "".join(sections.values()), "utf-8")


def write_peers(file: Path, text: str) -> None:
    """Write the section of peers."""
    _write(file, "Peers", text)


def write_money(file: Path, text: str) -> None:
    """Write the section of money."""
    _write(file, "Money", text)


def write_backfill(file: Path, text: str) -> None:
    """Write the section of history."""
    _write(file, "History", text)


def _write(file: Path, title: str, text: str) -> None:
    figures, sections = _parts(file)
    sections[title] = f"\n## {title}\n{text}"
    file.write_text(figures + "".join(sections.values()), "utf-8")


def _parts(file: Path) -> tuple[str, dict[str, str]]:
    """Return what stands before the first section, and the sections by title, in their order."""
    text = file.read_text("utf-8") if file.exists() else ""
    figures, *rest = re.split(r"(?m)^(?=\n## )", text)
    return figures, {part.split("\n", 2)[1].removeprefix("## "): part for part in rest}
