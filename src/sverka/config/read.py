"""From text to a checked document, or to sentences that say on which line it is none."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from sverka.config.complaint import Complaint, choices, joined
from sverka.config.lines import Path, dotted, line_numbers, nearest_line
from sverka.config.schema import ProfileTable, allowed_keys
from sverka.domain.text import Text

_PLACE = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL)

_SYNTAX = {
    "Invalid value": "значение не читается; тексты пишутся в кавычках",
    "Expected '=' after a key": "после ключа нужен знак `=`",
    "Expected newline or end of document": "после значения строка должна кончиться",
    "Cannot overwrite a value": "этот ключ уже задан выше",
    "Cannot declare": "эта таблица уже объявлена выше",
    "Cannot mutate immutable namespace": "эта таблица уже закрыта и не дополняется",
    "Unclosed array": "список не закрыт: нужна `]`",
    "Unclosed inline table": "таблица не закрыта: нужна `}`",
    "Unterminated string": "строка не закрыта кавычкой",
    "Duplicate inline table key": "ключ повторён",
    "Illegal character": "недопустимый символ; возможно, строка не закрыта кавычкой",
    "Invalid statement": "это не ключ и не таблица",
    "Expected ']": "имя таблицы не закрыто скобкой `]`",
    "Unescaped '\\'": 'обратная косая черта в кавычках "…" удваивается',
    "Invalid initial character for a key": "здесь нужен ключ; ключ с точкой или кириллицей пишется в кавычках",
}

_KINDS = {
    "string_type": Text('must be text in quotes, such as "2".', 'должно быть текстом в кавычках, например "2".'),
    "int_type": Text("must be a whole number, without quotes.", "должно быть целым числом, без кавычек."),
    "bool_type": Text("must be `true` or `false`, without quotes.", "должно быть `true` или `false`, без кавычек."),
    "list_type": Text('must be a list, such as ["NEW"].', 'должно быть списком, например ["NEW"].'),
    "model_type": Text("must be a table, such as { … }.", "должно быть таблицей, например { … }."),
    "dict_type": Text("must be a table, such as { … }.", "должно быть таблицей, например { … }."),
    "too_short": Text("must not be empty.", "не должно быть пустым."),
    "string_too_short": Text("must not be empty.", "не должно быть пустым."),
    "string_too_long": Text("must have at most 64 characters.", "должно быть не длиннее 64 знаков."),
    "greater_than_equal": Text("must be 1 or more.", "должно быть не меньше 1."),
    "finite_number": Text("must be a finite number.", "должно быть конечным числом."),
    "string_pattern_mismatch": Text(
        "may only have Latin letters, digits, `.`, `_` and `-`, and begins with a letter or a digit.",
        "может содержать только латинские буквы, цифры, `.`, `_` и `-` и начинается с буквы или цифры.",
    ),
}


_TOO_MUCH = Text(
    "A number is too long here, or tables stand too deep in each other.",
    "Здесь слишком длинное число или слишком глубоко вложенные таблицы.",
)


@dataclass(frozen=True)
class Document:
    """A profile's text once read: the tables, and the line of every key."""

    table: ProfileTable
    lines: dict[Path, int]

    def complain(self, path: Path, text: Text, *, bad: bool = True) -> Complaint:
        """Return a complaint about that place of the document."""
        return Complaint(nearest_line(self.lines, path), dotted(path), text, bad)


def read(text: str) -> Document | list[Complaint]:
    """Return the document, or complaints about its TOML, its keys and the types of its values."""
    text = text.removeprefix("\ufeff")
    try:
        data = tomllib.loads(text, parse_float=Decimal)
        lines = line_numbers(text)
    except tomllib.TOMLDecodeError as error:
        return [_syntax(str(error), text)]
    except (ValueError, ArithmeticError, RecursionError):
        return [Complaint(None, "", _TOO_MUCH)]
    try:
        return Document(ProfileTable.model_validate(data), lines)
    except ValidationError as error:
        return [_structural(dict(item), data, lines) for item in error.errors(include_url=False)]


def _syntax(message: str, text: str) -> Complaint:
    found = _PLACE.match(message)
    what = found["what"] if found else message
    line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
    russian = next((ru for en, ru in _SYNTAX.items() if what.startswith(en)), what)
    return Complaint(line, "", Text(f"This is not TOML: {what}.", f"Это не TOML: {russian}."))


def _structural(error: Mapping[str, Any], data: dict[str, Any], lines: dict[Path, int]) -> Complaint:
    kind, path = str(error["type"]), tuple(error["loc"])
    if path[-1] == "[key]":
        kind, path = "extra_forbidden", path[:-1]
    if kind not in ("extra_forbidden", "missing"):
        path = _present(path, data)
    text = _sentence(kind, path, error)
    return Complaint(nearest_line(lines, path), dotted(path), text)


def _present(path: Path, data: Any) -> Path:
    """Return the part of a path the text itself has: short forms are filled out before they are judged."""
    for depth, part in enumerate(path):
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not inside:
            rest = path[depth + 1 :]
            return (*path[:depth], *(rest if isinstance(data, list) else ()))
        data = data[part]
    return path


def _sentence(kind: str, path: Path, error: Mapping[str, Any]) -> Text:
    context, value = error.get("ctx", {}), error.get("input")
    match kind:
        case "sentence":
            return Text(context["en"], context["ru"])
        case "missing":
            return Text(f"`{path[-1]}` is required here.", f"здесь нужен ключ `{path[-1]}`.")
        case "extra_forbidden":
            return _unknown(path, value)
        case "literal_error" | "enum":
            allowed = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
            shown = _shown(value)
            tail = choices(shown, allowed)
            return joined(Text(f"`{shown}` is not allowed here.", f"`{shown}` здесь не допускается."), tail)
        case _:
            return _KINDS.get(kind, Text(f"{error['msg']}.", f"значение не подходит ({error['msg']})."))


def _unknown(path: Path, value: Any) -> Text:
    key = str(path[-1])
    head = Text(f"unknown key `{key}`.", f"неизвестный ключ `{key}`.")
    inner = path[1:] if path[0] in ("invoice", "lead") else path
    if len(inner) == 3 and inner[0] in ("when", "fields") and isinstance(value, dict | str | list):
        whole = f"{inner[1]}.{key}"
        quote = Text(
            f' If the field `{whole}` is meant, write it in quotes: "{whole}".',
            f' Если имеется в виду поле `{whole}`, пишите его в кавычках: "{whole}".',
        )
        head = joined(head, quote)
    return joined(head, choices(key, allowed_keys(path[:-1])))


def _shown(value: Any) -> str:
    """Return a value as the text has it, cut short; tables, lists and monstrous numbers as dots."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 64:
        return "…"
    return str(value)[:60] if isinstance(value, str | int | Decimal) else "…"
