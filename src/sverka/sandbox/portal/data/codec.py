"""Python values as JSON and back: what JSON has no word for travels as `{"$": KIND, "v": ...}`."""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.data.problems import DataError

_PACKAGE = "sverka.sandbox.portal."


def encode(value: Any) -> Any:
    """Return a value as JSON; TypeError for one that no portal's data is made of."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [encode(one) for one in value]
    if isinstance(value, dict) and all(isinstance(key, str) and key != "$" for key in value):
        return {key: encode(one) for key, one in value.items()}
    kind, inner = _tagged(value)
    return {"$": kind, "v": inner}


def _tagged(value: Any) -> tuple[str, Any]:
    if isinstance(value, dict):
        return "map", [[encode(key), encode(one)] for key, one in value.items()]
    if isinstance(value, tuple):
        return "tuple", [encode(one) for one in value]
    if isinstance(value, set | frozenset):
        return type(value).__name__, sorted((encode(one) for one in value), key=str)
    if isinstance(value, Decimal):
        return "decimal", str(value)
    if isinstance(value, datetime):
        return "moment", value.isoformat()
    if isinstance(value, date):
        return "day", value.isoformat()
    if isinstance(value, bytes):
        return "bytes", b64encode(value).decode()
    if is_dataclass(value):
        made = type(value)
        return f"{made.__module__}:{made.__name__}", {
            one.name: encode(getattr(value, one.name)) for one in fields(value) if one.init
        }
    raise TypeError(f"{type(value).__name__} cannot be written as data")


def decode(raw: Any, where: str) -> Any:
    """Return the value that `encode` wrote; DataError for a kind there is not."""
    if isinstance(raw, list):
        return [decode(one, where) for one in raw]
    if not isinstance(raw, dict):
        return raw
    if "$" not in raw:
        return {key: decode(one, where) for key, one in raw.items()}
    kind, inner = str(raw["$"]), raw.get("v")
    try:
        return _made(kind, inner, where)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise DataError(where, f"this is no {kind!r}.", f"это не {kind!r}.") from error


def _made(kind: str, inner: Any, where: str) -> Any:
    if kind == "map":
        return {decode(key, where): decode(one, where) for key, one in inner}
    if kind in _SEVERAL:
        return _SEVERAL[kind](decode(one, where) for one in inner)
    if kind in _SINGLE:
        return _SINGLE[kind](inner)
    module, _, name = kind.partition(":")
    made = getattr(sys.modules.get(module), name, None) if module.startswith(_PACKAGE) else None
    if not isinstance(made, type) or not is_dataclass(made):
        raise ValueError(f"no class {kind}")
    return made(**{key: decode(one, where) for key, one in inner.items()})


_SEVERAL: dict[str, Any] = {"tuple": tuple, "set": set, "frozenset": frozenset}
_SINGLE: dict[str, Any] = {
    "text": str,
    "decimal": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": b64decode,
}
