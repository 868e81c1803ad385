"""What an act of `/control/NAME` is, and what it takes: the page and the reference are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Literal, get_args, get_type_hints

from sverka.sandbox.portal.events import EventSwitches
from sverka.sandbox.portal.faults import KINDS, Fault
from sverka.sandbox.portal.portal import Portal

#: a sentence in English and in Russian
Words = tuple[str, str]
Kind = Literal["integer", "number", "text", "flag", "list", "object"]
_SEVERAL = {"list": list, "object": dict}


@dataclass(frozen=True)
class Take:
    """One thing an act takes; null, and what is not given, counts as `default` (None: it stays away)."""

    name: str
    kind: Kind = "text"
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()

    def read(self, raw: Any) -> Any:
        """Return the value, ValueError when it is of another kind."""
        if self.choices and raw not in self.choices:
            raise ValueError(f"{self.name}: choose from {', '.join(self.choices)}")
        if self.kind == "text":
            fits = isinstance(raw, str)
        elif self.kind == "flag":
            fits = isinstance(raw, bool)
        elif self.kind in _SEVERAL:
            fits = isinstance(raw, _SEVERAL[self.kind])
        else:
            return _number(self.name, self.kind, raw)
        if not fits:
            raise ValueError(f"{self.name}: {self.kind} is due")
        return raw


def _number(name: str, kind: str, raw: Any) -> int | float:
    try:
        return int(str(raw)) if kind == "integer" else float(str(raw))
    except ValueError as error:
        raise ValueError(f"{name}: {kind} is due") from error


@dataclass(frozen=True)
class Act:
    """One thing that can be done or looked at; `group` is the part of the page it stands in, "" for none.

    A `reads` act changes nothing and answers GET too.
    """

    name: str
    about: Words
    run: Callable[[Portal, dict[str, Any]], Any]
    takes: tuple[Take, ...] = ()
    group: str = ""
    reads: bool = False
    example: dict[str, Any] = field(default_factory=dict)

    def given(self, raw: Any) -> dict[str, Any]:
        """Return what was given, complete and of the right kinds; ValueError says what is due."""
        names = [take.name for take in self.takes]
        if not isinstance(raw, dict) or not set(raw) <= set(names):
            raise ValueError(f"{self.name} takes a JSON object of {', '.join(names) or 'nothing'}")
        missing = [take.name for take in self.takes if take.required and raw.get(take.name) is None]
        if missing:
            raise ValueError(f"{self.name} also needs {', '.join(missing)}")
        return {
            take.name: take.default if raw.get(take.name) is None else take.read(raw[take.name])
            for take in self.takes
            if take.name in raw or take.default is not None
        }

    def as_json(self) -> dict[str, Any]:
        """Return the act as `/control/acts` documents it."""
        return {
            "name": self.name,
            "methods": ["GET", "POST"] if self.reads else ["POST"],
            "about": {"en": self.about[0], "ru": self.about[1]},
            "takes": [asdict(take) for take in self.takes],
            "group": self.group,
            "example": self.example,
        }


_KINDS: dict[Any, Kind] = {int: "integer", float: "number", str: "text", bool: "flag", dict: "object"}


def takes_of(made: type[Any], choices: dict[str, tuple[str, ...]] | None = None) -> tuple[Take, ...]:
    """Return a take for every field of a dataclass; fields with a default need not be given."""
    hints = get_type_hints(made)
    return tuple(
        Take(one.name, _kind(hints[one.name]), one.default is MISSING, None, (choices or {}).get(one.name, ()))
        for one in fields(made)
    )


def _kind(hint: Any) -> Kind:
    for one in (hint, *get_args(hint), getattr(hint, "__origin__", None)):
        if one in _KINDS:
            return "list" if getattr(hint, "__origin__", None) is tuple else _KINDS[one]
    return "text"


def fault_of(given: dict[str, Any]) -> Fault:
    """Return the fault these values order; ValueError when they order none."""
    known = {name: value for name, value in given.items() if value is not None}
    return Fault(**known | {"keys": tuple(known.get("keys", ()))})


def put(target: Any, given: dict[str, Any]) -> None:
    """Set the attributes that are given."""
    for name, value in given.items():
        setattr(target, name, value)


FAULT_TAKES = takes_of(Fault, {"kind": KINDS})
SWITCH_TAKES = takes_of(EventSwitches)
