"""Moments and pauses, as stores tell them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta


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
