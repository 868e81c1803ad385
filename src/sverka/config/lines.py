"""Where each key of a TOML document stands: `tomllib` gives values without line numbers, sentences need them."""

import json
from bisect import bisect_left

Path = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and indexes of array elements."""

_SPACE = " \t\r"
_BLANK = _SPACE + "\n,"


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, on which each table, key and array element begins.

    Meant for documents `tomllib` has read; of any other text it returns what it could follow, and never raises.
    """
    return _Scanner(text).scan()


def nearest_line(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path or, where the document lacks it, of the closest thing around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def dotted(path: Path) -> str:
    """Write a path as people read it: `status.map[0].stage`; names with dots keep their quotes."""
    parts = ""
    for part in path:
        if isinstance(part, int):
            parts += f"[{part}]"
        else:
            plain = part.isascii() and part.replace("_", "").replace("-", "").isalnum()
            name = part if plain else '"' + part.replace("\n", "\\n") + '"'
            parts += f".{name}" if parts else name
    return parts


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ends = [index for index, char in enumerate(text) if char == "\n"]
        self.lines: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip(_BLANK):
            if self.text.startswith("[[", self.at):
                self.at += 2
                table = self._array_table()
            elif self._peek() == "[":
                start, self.at = self.at, self.at + 1
                table = self._mark((), self._key("]"), start)
            else:
                self._pair(table)
            self.at = max(self.at, self._line_end() if self._peek() == "]" else self.at)
        return self.lines

    def _array_table(self) -> Path:
        start = self.at
        path = self._mark((), self._key("]"), start)
        self.arrays[path] = self.arrays.get(path, -1) + 1
        row = (*path, self.arrays[path])
        self.lines.setdefault(row, self._line(start))
        return row

    def _mark(self, table: Path, key: list[str], start: int) -> Path:
        path = table
        for index, name in enumerate(key):
            path = (*path, name)
            self.lines.setdefault(path, self._line(start))
            if index < len(key) - 1 and path in self.arrays:
                path = (*path, self.arrays[path])
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        path = self._mark(table, self._key("="), start)
        if self._peek() == "=":
            self.at += 1
            self._skip(_SPACE, comments=False)
            self._value(path)
        if self.at == start:
            self.at += 1

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._line(self.at))
        match self._peek():
            case '"' | "'":
                self._string()
            case "[":
                self.at += 1
                index = 0
                while self._skip(_BLANK) and self._peek() != "]":
                    self._element((*path, index))
                    index += 1
                self.at += 1
            case "{":
                self.at += 1
                while self._skip(_BLANK) and self._peek() != "}":
                    self._pair(path)
                self.at += 1
            case _:
                while self._peek() and self._peek() not in ",]}#\n":
                    self.at += 1

    def _element(self, path: Path) -> None:
        start = self.at
        self._value(path)
        if self.at == start:
            self.at += 1

    def _key(self, stop: str) -> list[str]:
        """Read a dotted key up to the stop sign, which is left unread but for a table's closing bracket."""
        names: list[str] = []
        while self._skip(_SPACE + ".", comments=False) and self._peek() not in stop + "\n#":
            start = self.at
            if self._peek() in "\"'":
                names.append(self._string())
                continue
            while self._peek() and self._peek() not in " \t\r\n.#=]":
                self.at += 1
            names.append(self.text[start : self.at])
            if self.at == start:
                break
        return names

    def _string(self) -> str:
        """Pass over a string of any of the four kinds; return its meaning where it is on one line."""
        quote = self._peek()
        fence = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        start = self.at = self.at + len(fence)
        while self.at < len(self.text) and not self.text.startswith(fence, self.at):
            if len(fence) == 1 and self._peek() == "\n":
                break
            self.at += 2 if quote == '"' and self._peek() == "\\" else 1
        body = self.text[start : self.at]
        self.at = min(self.at + len(fence), len(self.text))
        while len(fence) == 3 and self._peek() == quote:
            self.at += 1
        return _unescape(body) if quote == '"' else body

    def _skip(self, blanks: str, *, comments: bool = True) -> bool:
        """Pass over blanks and comments; tell whether anything is left."""
        while self.at < len(self.text):
            if comments and self._peek() == "#":
                self.at = self._line_end()
            elif self._peek() in blanks:
                self.at += 1
            else:
                return True
        return False

    def _line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _line(self, at: int) -> int:
        return bisect_left(self.ends, at) + 1


def _unescape(body: str) -> str:
    try:
        return str(json.loads(f'"{body}"'))
    except ValueError:
        return body
