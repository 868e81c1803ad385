"""Moments as the API and the webhooks write them, and the settings that are lists."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

_TICKS = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_START = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(raw: object) -> datetime | None:
    """Read `/Date(ms)/` or ISO 8601, with or without a zone (UTC then); None for nothing.

    Raises:
        ValueError: it is neither.
    """
    if raw in (None, ""):
        return None
    found = _TICKS.fullmatch(str(raw))
    if found:
        # What stands behind the number is the zone it was written in: the number counts from UTC all the same.
        return _START + timedelta(milliseconds=int(found[1]))
    moment = datetime.fromisoformat(str(raw))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def tolerant(raw: object) -> datetime | None:
    """Read a moment on which nothing hangs; None for one that is none."""
    try:
        return moment_of(raw)
    except (ValueError, OverflowError):
        return None


def pairs_of(setting: str, name: str) -> Mapping[str, str]:
    """Read a setting like `1164=print.example; 1165=photo.example`; raises `Misconfigured` where it is none."""
    found: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in setting.split(";"))):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if not (sign and key and value):
            raise Misconfigured(
                Text(
                    f"{name} is a list like `1164=print.example; 1165=photo.example`, and {part!r} is no part of one; "
                    "run `sverka connect` again.",
                    f"{name} – список вида `1164=print.example; 1165=photo.example`, а {part!r} – нет; выполните "
                    "`sverka connect` ещё раз.",
                )
            )
        found[key] = value
    return found
