"""Times and dates as the portal writes and reads them: ISO 8601, its own offset, whole seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timezone
from typing import Any


def write_moment(moment: datetime, zone: timezone) -> str:
    """Return `2026-05-14T10:26:32+03:00` for an aware moment."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def write_day(day: date, zone: timezone) -> str:
    """Return a date as the portal answers it: UTC midnight, told in the portal's offset (`…T03:00:00+03:00`)."""
    return datetime.combine(day, time(), UTC).astimezone(zone).isoformat(timespec="seconds")


def read_moment(raw: Any, zone: timezone) -> datetime:
    """Return the aware moment (UTC, whole seconds) of a text; one without an offset is in the portal's. ValueError."""
    moment = datetime.fromisoformat(str(raw).strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(microsecond=0)


def read_day(raw: Any, zone: timezone) -> date:
    """Return the calendar day of a text, as seen in the portal's offset. ValueError when it is no date."""
    text = str(raw).strip()
    if len(text) == 10:
        return date.fromisoformat(text)
    return read_moment(text, zone).astimezone(zone).date()
