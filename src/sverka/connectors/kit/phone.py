"""Phones, read the way people write them."""

import phonenumbers


def to_e164(raw: str, region: str) -> str:
    """Return a phone in E.164, or as typed where it cannot be read as a number of any country.

    `region` is the two-letter country of phones without a country code.
    """
    text = raw.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
