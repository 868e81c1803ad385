"""The values a field may hold, and their lossless form for storage."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.lines import Line


@dataclass(frozen=True)
class FileRef:
    """A file by its owner's own id, and where it lies there, as far as that is no secret; never its bytes.

    `is_foreign` marks one that is still to be fetched from the other side. `size` is in bytes, 0 where it is not told.
    """

    id: str
    name: str = ""
    size: int = 0
    where: str = ""
    is_foreign: bool = False


Value: TypeAlias = str | bool | Decimal | datetime | date | Line | Comment | FileRef | tuple["Value", ...] | None
"""Text, flag, number (Decimal), moment (UTC-aware), day, line item, comment, file, a tuple of these; None is empty."""


def is_empty(value: Value) -> bool:
    """Tell whether nothing is there; a zero and a "no" are something."""
    return value is None or value in ("", ())


def encode(value: Value) -> Any:
    """Return a JSON-able form that `decode` turns back into an equal value."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return {"n": str(value)}
        case datetime():
            return {"t": value.astimezone(UTC).isoformat()}
        case date():
            return {"d": value.isoformat()}
        case Line():
            return {"l": value.as_dict()}
        case Comment():
            return {"c": value.as_data()}
        case FileRef():
            return {"f": list(astuple(value))}
        case tuple():
            return [encode(item) for item in value]


def decode(data: Any) -> Value:
    """Return the value that `encode` was given."""
    if isinstance(data, list):
        return tuple(decode(item) for item in data)
    if isinstance(data, dict):
        kind, body = next(iter(data.items()))
        match kind:
            case "n":
                return Decimal(body)
            case "t":
                return datetime.fromisoformat(body)
            case "d":
                return date.fromisoformat(body)
            case "c":
                return Comment.from_data(body)
            case "f":
                return FileRef(*body)
            case _:
                return Line.from_dict(body)
    text: str | bool | None = data
    return text


def many(value: Value) -> tuple[Value, ...]:
    """Return a field's values as a tuple, whether it holds none, one or several."""
    if is_empty(value):
        return ()
    return value if isinstance(value, tuple) else (value,)


def show(value: Value) -> str:
    """Return a value as a person reads it in one line of a journal."""
    match value:
        case None | "" | ():
            return "—"
        case bool():
            return "yes" if value else "no"
        case Line():
            return f"{value.name} × {value.quantity:f} = {value.total:f}"
        case Comment():
            return f"{value.text} ({value.mark})"
        case FileRef():
            return value.name or f"№ {value.id}"
        case tuple():
            return "; ".join(show(item) for item in value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def lines_of(value: Value) -> Sequence[Line]:
    """Return the line items a value holds; everything else in it is passed over."""
    return [item for item in many(value) if isinstance(item, Line)]
