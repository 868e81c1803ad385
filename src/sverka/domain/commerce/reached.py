"""Phones and e-mails the way people type them: one, several, or a sentence round them."""

import re
from collections.abc import Sequence

_BARE = re.compile(r"[\d\s()+./-]*")
_LONGEST = 11
"""Digits beyond which a phone without a plus may be two, or have hours behind it."""

_PHONE = re.compile(
    r"(?<![\d+])(?:\+?7|8)?[\s(.-]{0,3}\d{3}[\s).-]{0,3}\d{3}[\s.-]{0,2}\d{2}[\s.-]{0,2}\d{2}(?!\d)"
    r"|(?<![\d+])\+(?:[\s().-]{0,2}\d){7,15}(?!\d)"
)
"""A number of Russia, with or without its code, or one of any country that begins with a plus."""

_EMAIL = re.compile(r"\w[^@\s]*@\w[^@\s]*\.\w+")
_WORD = re.compile(r"[^\s,;/|<>()\"]+")


def digits(phone: str) -> str:
    """Return a phone as its digits alone, with the Russian trunk prefix 8 read as +7; empty if under 5 digits."""
    bare = "".join(char for char in phone if char.isascii() and char.isdigit())
    if len(bare) == 11 and bare.startswith("8") and not phone.strip().startswith("+"):
        bare = "7" + bare[1:]
    return bare if len(bare) >= 5 else ""


def phones_in(text: str) -> Sequence[str]:
    """Return the phones in a text, each as typed there; what stands round them is none.

    A text of nothing but a phone's own characters is one where it holds no more, be it as short as a city's numbers.
    """
    text = text.strip()
    bare = digits(text)
    alone = (text,) if bare and _BARE.fullmatch(text) else ()
    if alone and len(bare) <= _LONGEST:
        return alone
    found = {digits(one): one.strip() for one in reversed(_PHONE.findall(text))}
    return tuple(reversed(found.values())) or alone


def emails_in(text: str) -> Sequence[str]:
    """Return the e-mail addresses in a text.

    What follows a Latin word and a space may be the end of a mistyped address, and is passed over.
    """
    found: dict[str, None] = {}
    before = ""
    for word in _WORD.finditer(text):
        address, gap = word[0].strip(".:!?'"), text[: word.start()][-1:]
        if _EMAIL.fullmatch(address):
            if not (gap.isspace() and re.fullmatch(r"[\w.+-]+", before, re.ASCII)):
                found[address] = None
            before = ""
        else:
            before = word[0]
    return tuple(found)
