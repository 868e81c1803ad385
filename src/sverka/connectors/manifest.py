"""What a connector says of itself in the `manifest.toml` beside its code."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sverka.connectors.quality import RULES
from sverka.connectors.wanted import Wanted
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.ports.hints import Hints
from sverka.ports.store import StoreCan

__all__ = ["Kept", "Level", "Manifest", "Suited", "Wanted", "read_manifest"]

Level = Literal["done", "todo", "exempt"]
"""How a connector keeps a rule: it does and a test shows it; it does not yet; it cannot, for the reason given."""


@dataclass(frozen=True)
class Kept:
    """How a connector keeps one rule, and the reason where it cannot."""

    level: Level
    reason: Text | None = None


@dataclass(frozen=True)
class Suited:
    """A shop that a connector suits: the engine it runs on, and what its administrator gives.

    `values` are settings that follow from it, `asks` what is asked for although it is not required, `where` says where
    this engine shows what is asked for, by name.
    """

    engine: Text
    given: Text
    values: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    where: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What a connector says of itself.

    `after` tells a person what is left to do on the other side once it is connected, `then` the command for after
    that, with {name}, {public} and the {address} of the connection's notices. `can` is what a connection
    can that is told all it may be told. `suits` are the shops it is for, in the words of whoever has one.
    """

    kind: str
    side: Side
    title: Text
    wanted: tuple[Wanted, ...]
    can: StoreCan = field(default_factory=StoreCan)
    quality: Mapping[str, Kept] = field(default_factory=dict)
    after: Text | None = None
    then: str = ""
    hints: Hints = field(default_factory=Hints)
    suits: tuple[Suited, ...] = ()


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Words(_Table):
    en: str = Field(min_length=1)
    ru: str = Field(min_length=1)

    @property
    def text(self) -> Text:
        return Text(self.en, self.ru)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from None
    return pattern


class _Asked(_Table):
    type: Literal["text", "url", "choice"]
    required: bool
    label: _Words
    help: _Words
    where: _Words | None = None
    example: str = ""
    pattern: Annotated[str, AfterValidator(_compiles)] = ""
    default: str = ""
    options: list[str] = []
    made: bool = False


class _Suited(_Table):
    engine: _Words
    given: _Words
    set: dict[str, str] = {}
    ask: list[str] = []
    where: dict[str, _Words] = {}

    @property
    def suited(self) -> Suited:
        where = {name: one.text for name, one in self.where.items()}
        return Suited(self.engine.text, self.given.text, self.set, tuple(self.ask), where)


class _Can(_Table):
    writes: list[str] = []
    signs_notices: bool = True
    sees_deletions: bool = True
    keeps_mark: bool = False


class _Draft(_Table):
    notes: dict[str, _Words] = {}
    lines: dict[str, list[str]] = {}
    fields: dict[str, str] = {}


class _Rule(_Table):
    level: Level
    reason: _Words | str = ""

    @model_validator(mode="after")
    def _has_its_reason(self) -> "_Rule":
        if self.level == "exempt" and not self.reason:
            raise ValueError("`exempt` needs a reason")
        return self


def _known(name: str) -> str:
    if name not in RULES:
        raise ValueError(f"there is no such rule; there are: {', '.join(sorted(RULES))}")
    return name


class _Document(_Table):
    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    side: Literal["store", "office"]
    title: _Words
    after: _Words | None = None
    then: str = ""
    suits: list[_Suited] = []
    settings: dict[str, _Asked] = {}
    secrets: dict[str, _Asked] = {}
    can: _Can = _Can()
    quality: dict[Annotated[str, AfterValidator(_known)], _Rule] = {}
    draft: _Draft = _Draft()

    @model_validator(mode="after")
    def _suits_know_what_is_asked(self) -> "_Document":
        asked = self.settings.keys() | self.secrets.keys()
        for one in self.suits:
            strange = {*one.set, *one.ask, *one.where} - asked
            if strange:
                raise ValueError(f"`suits` names what is not asked for: {', '.join(sorted(strange))}")
        return self


def read_manifest(folder: Traversable, kind: str) -> Manifest:
    """Return the manifest in a connector's folder.

    Raises:
        Misconfigured: it is absent or no TOML, a key of it is wrong, or it is of another kind; the sentence names all.
    """
    try:
        found = _Document.model_validate(tomllib.loads((folder / "manifest.toml").read_text("utf-8")))
    except OSError:
        raise Misconfigured(
            Text("it has no manifest.toml beside its code", "рядом с кодом нет manifest.toml")
        ) from None
    except ValidationError as error:
        raise _wrong("; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors())) from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise _wrong(str(error)) from None
    if found.kind != kind:
        raise _wrong(f"kind: it says {found.kind!r}, and the package names it {kind!r}")
    return _of(found)


def _wrong(what: str) -> Misconfigured:
    return Misconfigured(Text(f"its manifest.toml is wrong: {what}", f"ошибка в его manifest.toml: {what}"))


def _place(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path)


def _of(found: _Document) -> Manifest:
    wanted = [_wanted(name, one, is_secret=False) for name, one in found.settings.items()]
    wanted += [_wanted(name, one, is_secret=True) for name, one in found.secrets.items()]
    can = found.can
    return Manifest(
        found.kind,
        Side(found.side),
        found.title.text,
        tuple(wanted),
        StoreCan(frozenset(can.writes), can.signs_notices, can.sees_deletions, can.keeps_mark),
        {name: Kept(one.level, _reason(one.reason)) for name, one in found.quality.items()},
        found.after.text if found.after else None,
        found.then,
        Hints({key: one.text for key, one in found.draft.notes.items()}, found.draft.lines, found.draft.fields),
        tuple(one.suited for one in found.suits),
    )


def _reason(told: _Words | str) -> Text | None:
    """Return a reason; one told in one language alone is said in both."""
    if isinstance(told, str):
        return Text(told, told) if told else None
    return told.text


def _wanted(name: str, one: _Asked, *, is_secret: bool) -> Wanted:
    return Wanted(
        name=name,
        label=one.label.text,
        help=one.help.text,
        is_secret=is_secret,
        is_required=one.required,
        default=one.default,
        options=tuple(one.options),
        is_made=one.made,
        is_address=one.type == "url",
        where=one.where.text if one.where else None,
        example=one.example,
        pattern=one.pattern,
    )
