"""Moments and pauses, as stores tell them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

BACK = timedelta(hours=1)
"""How far before its own time a side is asked whose clock stands before the moment asked for: it was put back."""


def moment_of(raw: object) -> datetime | None:
    """Return an ISO 8601 moment in UTC, which it is in already where it names no offset; None for nothing."""
    if not raw:
        return None
    moment = datetime.fromisoformat(str(raw))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def asked_pause(headers: Mapping[str, str]) -> timedelta:
    """Return how long a store asks to be left alone; half a minute where it does not say. Names are in lower case."""
    text = headers.get("retry-after", "")
    return timedelta(seconds=int(text)) if text.isdigit() else timedelta(seconds=30)


def told_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the moment by the other side's own clock, as every answer of HTTP tells it; None where this one does not.

    Names are in lower case.
    """
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return told.replace(tzinfo=told.tzinfo or UTC)


def put_back(asked: datetime | None, told: datetime | None) -> datetime | None:
    """Return the moment to ask from instead, where a side's clock stands before the one asked for; else None.

    What it saves meanwhile looks older than what it has shown already.
    """
    return told - BACK if asked and told and told < asked else None
