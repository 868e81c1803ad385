"""docs/figures.md, whose parts are written by different commands: each leaves the others' as they stand."""

from pathlib import Path

_MARK = "\n## "


def write_figures(file: Path, text: str) -> None:
    """Write all that stands before the sections."""
    _, sections = _parts(file)
    _write(file, text, sections)


def write_section(file: Path, title: str, text: str) -> None:
    """Write the section of a title in its place, or as the last where there is none yet."""
    head, sections = _parts(file)
    _write(file, head, {**sections, title: f"\n{text.strip()}"})


def _parts(file: Path) -> tuple[str, dict[str, str]]:
    head, *sections = (file.read_text("utf-8") if file.exists() else "").split(_MARK)
    return head, {title: text for title, _, text in (one.partition("\n") for one in sections)}


def _write(file: Path, head: str, sections: dict[str, str]) -> None:
    written = [f"{_MARK}{title}\n{text.rstrip()}\n" for title, text in sections.items()]
    file.write_text("".join([head.rstrip() + "\n", *written]), "utf-8")
