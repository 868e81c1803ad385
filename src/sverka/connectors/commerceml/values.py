"""Sums, moments and flags as shops write them into CommerceML."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from sverka.domain.commerce.money import amount_of
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")
_RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_CURRENCIES = {
    **dict.fromkeys(("руб", "руб.", "рубль", "р.", "р", "rur", "643", "810"), "RUB"),
    **dict.fromkeys(("грн", "грн."), "UAH"),
    **dict.fromkeys(("тг", "тг.", "тенге"), "KZT"),
    **dict.fromkeys(("бел. руб.", "бел.руб.", "byr"), "BYN"),
}
_TRUE = {"true", "1", "да", "y", "yes", "истина"}


def zone_of(offset: str) -> timezone:
    """Return the zone of an offset such as `+03:00`; raises `Misconfigured` where it is none."""
    found = _OFFSET.fullmatch(offset.strip())
    if not found or int(found[2]) > 14:
        raise Misconfigured(
            Text(
                f"{offset!r} is no offset from UTC; give one like +03:00 with `--set utc_offset=+03:00`.",
                f"{offset!r} – не сдвиг от UTC; задайте, например, `--set utc_offset=+03:00`.",
            )
        )
    shift = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-shift if found[1] == "-" else shift)


def amount(raw: str) -> Decimal:
    """Read a sum with a point or a comma, its thousands apart or not; nothing is zero. ValueError for no number."""
    text = re.sub(r"[\s\u00a0\u202f']", "", raw)
    if "," in text:
        # The sign that stands last parts the kopecks; the other one parts thousands.
        text = text.replace(",", "") if text.rfind(".") > text.rfind(",") else text.replace(".", "").replace(",", ".")
    return amount_of(text or "0")


def currency_of(raw: str) -> str:
    """Return a currency's ISO code, or its upper-case name where it is not known."""
    return _CURRENCIES.get(raw.strip().casefold(), raw.strip().upper())


def is_true(raw: str) -> bool:
    """Tell whether a flag is set."""
    return raw.strip().casefold() in _TRUE


def moment_of(raw: str, zone: timezone) -> datetime | None:
    """Read a moment of the site, ISO 8601 or `dd.mm.yyyy hh:mm:ss`; None for nothing, and for what is no moment."""
    text = raw.strip()
    russian = _RUSSIAN.fullmatch(text)
    try:
        if russian:
            day, month, year, hour, minute, second = (int(part or 0) for part in russian.groups())
            found = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        else:
            found = datetime.fromisoformat(text.replace("UTC", "T"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
