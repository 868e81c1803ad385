"""docs/figures.md, whose two halves are written by two commands: each leaves the other's half as it stands."""

from pathlib import Path

PEERS = "\n## Peers\n"


def write_figures(file: Path, text: str) -> None:
    """Write all that stands before the section of peers."""
    _, mark, peers = _halves(file)
    file.write_text(text + mark + peers, "utf-8")


def write_peers(file: Path, text: str) -> None:
    """Write the section of peers, which is the last."""
    file.write_text(f"{_halves(file)[0]}{PEERS}{text}", "utf-8")


def _halves(file: Path) -> tuple[str, str, str]:
    return file.read_text("utf-8").partition(PEERS) if file.exists() else ("", "", "")
