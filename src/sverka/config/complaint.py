"""What is said about a profile, and the turns of phrase its sentences share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Language, Text

_SHOWN = 15


@dataclass(frozen=True)
class Complaint:
    """One sentence about a profile. `where` is a dotted key, empty for the whole document.

    A `bad` one keeps the profile from being applied; the others are worth knowing. `line` counts from 1.
    """

    line: int | None
    where: str
    text: Text
    bad: bool = True

    def say(self, language: Language) -> str:
        """Return the sentence with its line and key in front."""
        line = "" if self.line is None else ("строка " if language == "ru" else "line ") + str(self.line)
        head = ", ".join(part for part in (line, f"`{self.where}`" if self.where else "") if part)
        return f"{head}: {self.text.say(language)}" if head else self.text.say(language)


class BadProfile(Misconfigured):
    """The document cannot be a profile; `complaints` say why, line by line."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        """Take the complaints, of which at least one is bad."""
        self.complaints = tuple(complaint for complaint in complaints if complaint.bad)
        super().__init__(
            Text(
                "The profile cannot be read. " + " ".join(c.say("en") for c in self.complaints),
                "Профиль не читается. " + " ".join(c.say("ru") for c in self.complaints),
            )
        )


def listed(values: Iterable[str]) -> str:
    """Return values in code quotes, cut short where there are too many to read."""
    shown = [f"`{value}`" for value in values]
    return ", ".join(shown[:_SHOWN]) + (f", … ({len(shown)})" if len(shown) > _SHOWN else "")


def choices(wrong: str, allowed: Iterable[str]) -> Text:
    """Return the tail of a sentence: the nearest allowed value, and all of them unless a long list has one near."""
    known = list(allowed)
    if not known:
        return Text(" There are none.", " Таких нет.")
    folded = {value.casefold(): value for value in reversed(known)}
    near = get_close_matches(wrong.casefold(), list(folded), 1, 0.6)
    guess = Text(f" Did you mean `{folded[near[0]]}`?", f" Возможно, `{folded[near[0]]}`?") if near else Text("", "")
    if near and len(known) > _SHOWN:
        return guess
    return Text(f"{guess.en} Allowed: {listed(known)}.", f"{guess.ru} Допустимо: {listed(known)}.")


def near_fields(wrong: str, keys: Iterable[str]) -> Text:
    """Return the tail of a sentence about a field that is not there: at most three near names of the same owner.

    `contact.` and the like name an owner, and user fields are told apart by what follows their common beginning.
    """
    mine = {_bare(key): key for key in keys if _owner(key) == _owner(wrong)}
    near = get_close_matches(_bare(wrong), list(mine), 3, 0.6)
    if not near:
        return Text("", "")
    shown = ", ".join(f"`{mine[one]}`" for one in near)
    return Text(f" Did you mean {shown}?", f" Возможно, {shown}?")


_USER_FIELD = "UF_CRM_"


def _owner(key: str) -> str:
    owner, _, name = key.rpartition(".")
    return f"{owner}.{_USER_FIELD}" if name.upper().startswith(_USER_FIELD) else f"{owner}."


def _bare(key: str) -> str:
    return key.rpartition(".")[2].casefold().removeprefix(_USER_FIELD.casefold())


def options(wrong: str, known: dict[str, str]) -> Text:
    """Return the tail of a sentence about a list's options: the nearest by id or by name, and all with their names."""
    names = {name.casefold(): key for key, name in known.items()}
    if wrong.casefold() in names:
        key = names[wrong.casefold()]
        guess = Text(f" Write its id: `{key}`.", f" Укажите код: `{key}`.")
    else:
        near = get_close_matches(wrong, list(known), 1, 0.6)
        guess = Text(f" Did you mean `{near[0]}`?", f" Возможно, `{near[0]}`?") if near else Text("", "")
    shown = named(known)
    return Text(f"{guess.en} Allowed: {shown}.", f"{guess.ru} Допустимо: {shown}.")


def named(known: dict[str, str]) -> str:
    """Return options as "`id` name", cut short where there are too many to read."""
    shown = [f"`{key}`" if name in ("", key) else f"`{key}` {name}" for key, name in known.items()]
    return ", ".join(shown[:_SHOWN]) + (f", … ({len(shown)})" if len(shown) > _SHOWN else "")


def joined(first: Text, *others: Text) -> Text:
    """Put pieces of a sentence one after another, in both languages."""
    return Text(first.en + "".join(o.en for o in others), first.ru + "".join(o.ru for o in others))
