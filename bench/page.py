"""docs/figures.md, whose parts are written by different commands: each leaves the others' as they stand."""

from pathlib import Path

PEERS, MONEY = "\n## Peers\n", "\n## Money\n"


def write_figures(file: Path, text: str) -> None:
    """Write all that stands before the other sections."""
    _, peers, money = _parts(file)
    file.write_text(text + peers + money, "utf-8")


def write_peers(file: Path, text: str) -> None:
    """Write the section of peers."""
    figures, _, money = _parts(file)
    file.write_text(figures + PEERS + text + money, "utf-8")


def write_money(file: Path, text: str) -> None:
    """Write the section of money, which is the last."""
    figures, peers, _ = _parts(file)
    file.write_text(figures + peers + MONEY + text, "utf-8")


def _parts(file: Path) -> tuple[str, str, str]:
    text = file.read_text("utf-8") if file.exists() else ""
    rest, money_mark, money = text.partition(MONEY)
    figures, peers_mark, peers = rest.partition(PEERS)
    return figures, peers_mark + peers, money_mark + money
