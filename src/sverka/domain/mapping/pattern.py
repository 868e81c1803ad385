"""Regular expressions of a profile: kept to those that cannot run away on a long text."""

import re
from collections.abc import Iterator
from functools import cache

LONGEST_PATTERN = 200
"""Characters a pattern may have."""

LOOKED_AT = 200
"""Characters of a value that a pattern is tried on: what selects an order stands at its beginning."""

_REPEATS, _OPTIONS, _CHOICES = 3, 8, 3
"""How many repetitions, optional parts and groups with a choice a pattern may have: each multiplies the steps."""

_ESCAPED = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_BACKREFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
_REPEAT = re.compile(r"[*+]|\{\d*(?:,\d*)?\}")
_OPTIONAL = re.compile(r"(?<![(*+?}])\?")


def is_pattern(pattern: str) -> bool:
    """Tell whether it is a regular expression at all."""
    try:
        re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def runs_away(pattern: str) -> bool:
    """Tell whether matching may take long: a repeated group with a choice or a repetition in it, or too many of them.

    It errs on the side of refusing: `(a|b)+` is refused though it is harmless, and may be written `[ab]+`.
    """
    if len(pattern) > LONGEST_PATTERN or _BACKREFERENCE.search(pattern):
        return True
    bare = _CLASS.sub("x", _ESCAPED.sub("x", pattern))
    if len(_REPEAT.findall(bare)) > _REPEATS or len(_OPTIONAL.findall(bare)) > _OPTIONS:
        return True
    groups = list(_groups(bare))
    repeated = any(
        _REPEAT.match(bare, end + 1) and (_REPEAT.search(inside) or _OPTIONAL.search(inside) or "|" in inside)
        for end, inside in groups
    )
    return repeated or sum("|" in inside for _, inside in groups) > _CHOICES


def _groups(bare: str) -> Iterator[tuple[int, str]]:
    """Yield where each group ends, and what is in it."""
    begun: list[int] = []
    for place, sign in enumerate(bare):
        if sign == "(":
            begun.append(place)
        elif sign == ")" and begun:
            yield place, bare[begun.pop() + 1 : place]


def matches(pattern: str, value: str) -> bool:
    """Tell whether the beginning of a value holds the pattern somewhere; case makes no difference."""
    return _compiled(pattern).search(value[:LOOKED_AT]) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
