"""Phones, read the way people write them."""

import re

import phonenumbers

_BESIDE = re.compile(r"[^\d\s()+.-].*")
"""What follows a number: the words of an extension."""


def to_e164(raw: str, region: str) -> str:
    """Return a phone in E.164, or as typed where it cannot be read as a number of any country.

    Of several numbers, or a sentence with one, each is put so, and what stands round them is kept. `region` is the
    two-letter country of phones without a country code.
    """
    text, place = raw.strip(), 0
    told: list[str] = []
    for found in phonenumbers.PhoneNumberMatcher(text, region):
        beside = _BESIDE.search(found.raw_string)
        told += [text[place : found.start], _plain(found.number), f" {beside[0]}" if beside else ""]
        place = found.end
    return "".join((*told, text[place:])) if told else _whole(text, region)


def _whole(text: str, region: str) -> str:
    """Return a number that no country has given out yet, or the text as it is."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    return _plain(number) if phonenumbers.is_possible_number(number) else text


def _plain(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
