"""Parameters of a batch command: PHP's bracket nesting, percent-encoded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import urlencode


@dataclass(frozen=True)
class Ref:
    """A place in an earlier answer of the same batch, such as `c0` → `item` → `id`."""

    key: str
    path: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"$result[{self.key}]" + "".join(f"[{step}]" for step in self.path)


Param: TypeAlias = str | int | bool | Decimal | Ref | Mapping[str, "Param"] | Sequence["Param"] | None
"""What a parameter may hold. An empty map or list cannot be told in brackets and vanishes."""


def encode(params: Mapping[str, Param]) -> str:
    """Return the parameters as one query string; numbers without an exponent, None as an empty text."""
    return urlencode([pair for key, value in params.items() for pair in _flat(key, value)])


def plain(text: str) -> str:
    """Return a text that no batch takes for a reference: a buyer's own words must not read another's answer."""
    return text.replace("$result[", "$result [")


def _flat(name: str, value: Param) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            for key, child in value.items():
                yield from _flat(f"{name}[{key}]", child)
        case None:
            yield name, ""
        case bool():
            yield name, "Y" if value else "N"
        case Decimal():
            yield name, f"{value:f}"
        case str():
            yield name, plain(value)
        case int() | Ref():
            yield name, str(value)
        case _:
            for place, child in enumerate(value):
                yield from _flat(f"{name}[{place}]", child)
