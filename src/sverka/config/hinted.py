"""A drafted profile with what the store's connector adds to it: its own names for things, and its own lines."""

import json
import re
from collections.abc import Mapping, Sequence

from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Language
from sverka.ports.hints import Hints

_TABLE = re.compile(r"(?:# )?\[([a-z_]+)\]$")
_KEY = re.compile(r"(?:# )?([a-z_]+|'[^']*'|\"(?:[^\"\\]|\\.)*\") ?= ?")
_LAST = "brakes"
"""The table that stays at the end."""


def hinted(text: str, hints: Hints, office_fields: Sequence[Field], language: Language) -> str:
    """Return a draft as `new_profile` makes it, with a connector's hints worked in; it passes the checker as before."""
    parts = _parted(text)
    further = {**hints.lines, "fields": [*hints.lines.get("fields", ()), *_fields(hints.fields, office_fields)]}
    for table, lines in further.items():
        if lines:
            held = parts.pop(_LAST) if table not in parts and _LAST in parts else None
            parts[table] = _with(parts.get(table) or [f"[{table}]"], lines)
            if held:
                parts[_LAST] = held
    for key, note in hints.notes.items():
        table, _, name = key.partition(".")
        parts[table] = [_noted(line, name, note.say(language)) for line in parts.get(table, ())]
    return "\n\n".join("\n".join(lines) for lines in parts.values() if lines) + "\n"


def _parted(text: str) -> dict[str, list[str]]:
    """Return the draft's lines by table, the head under no name."""
    parts: dict[str, list[str]] = {}
    for part in text.strip("\n").split("\n\n"):
        lines = part.split("\n")
        name = next((found[1] for line in lines if (found := _TABLE.match(line))), "")
        parts.setdefault(name, []).extend(lines)
    return parts


def _with(lines: Sequence[str], further: Sequence[str]) -> list[str]:
    keys = {_key(line) for line in further}
    start = next((place for place, line in enumerate(lines) if _TABLE.match(line)), 0)
    kept = [line for place, line in enumerate(lines) if place <= start or _key(line) not in keys or not _key(line)]
    if kept[start].startswith("# ["):
        kept[start] = (
            kept[start].removeprefix("# ") if not all(line.startswith("#") for line in further) else kept[start]
        )
    return [*kept, *further]


def _fields(wanted: Mapping[str, str], office_fields: Sequence[Field]) -> list[str]:
    """Return a row for each order field, one in force where the portal has a text field of that name."""
    own = {
        label.casefold().strip(): one.key
        for one in reversed(office_fields)
        if one.key.startswith("UF_") and one.writable and one.type is FieldType.TEXT and not one.many
        for label in (one.label.en, one.label.ru)
    }
    rows = []
    for ours, label in wanted.items():
        theirs = own.get(label.casefold())
        row = f"{json.dumps(ours)} = {{ to = {json.dumps(theirs or '…', ensure_ascii=False)} }}  # «{label}»"
        rows.append(row if theirs else f"# {row}")
    return rows


def _noted(line: str, name: str, note: str) -> str:
    return f"{line}  # {note}" if _key(line) == name else line


def _key(line: str) -> str:
    found = _KEY.match(line)
    return found[1] if found else ""
