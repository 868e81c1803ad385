"""Bars for the documents: a small SVG, readable on light and on dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, NAMES, ROW = 760, 250, 22
"""The picture's width, the room for names, and a bar's row, in pixels."""

SCALE = "Each group has a linear scale of its own, from 0 to its longest bar."

OWN, OTHER, TEXT = "#2f9e6e", "#8a94a6", "#6b7280"


@dataclass(frozen=True)
class Bar:
    """One bar: its name, how long it is, and what is written behind it; `own` is drawn in our colour."""

    name: str
    value: float
    label: str
    own: bool = False


def bars(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """Return a picture of groups of bars, each group on a linear scale of its own."""
    parts, y = [_text(0, 18, title, 15, "bold"), _text(0, 36, SCALE, 12)], 50
    for name, group in groups:
        parts.append(_text(0, y + 14, name, 13))
        y += 22
        longest = max((bar.value for bar in group), default=0) or 1
        for bar in group:
            length = max(1.5 if bar.value else 0, bar.value / longest * (WIDTH - NAMES - 130))
            colour = OWN if bar.own else OTHER
            parts.append(_text(14, y + 14, bar.name, 12))
            parts.append(
                f'<rect x="{NAMES}" y="{y + 3}" width="{length:.1f}" height="{ROW - 8}" rx="2" fill="{colour}"/>'
            )
            parts.append(_text(round(NAMES + length + 6), y + 14, bar.label, 12))
            y += ROW
        y += 8
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" font-family="sans-serif">'
    return "\n".join([head, f"<title>{escape(title)}</title>", *parts, "</svg>", ""])


def _text(x: int, y: int, what: str, size: int, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{TEXT}">{escape(what)}</text>'
