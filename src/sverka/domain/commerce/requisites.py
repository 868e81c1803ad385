"""Numbers of organisations that check themselves: a typing error shows before anything is sent."""

import re
from collections.abc import Callable, Mapping, Sequence

_TEN = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVENTH, _TWELFTH = (7, *_TEN), (3, 7, *_TEN)
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}")


def is_inn(text: str) -> bool:
    """Tell whether a taxpayer's number can be one: 10 or 12 digits of Russia, 12 of Kazakhstan, or 8, 9, 14 elsewhere.

    Those of other countries are taken by their length alone.
    """
    if not (text.isascii() and text.isdigit()):
        return False
    told = [int(char) for char in text]
    match len(told):
        case 10:
            return _rest(told, _TEN) == told[9]
        case 12:
            return (_rest(told, _ELEVENTH), _rest(told, _TWELFTH)) == (told[10], told[11]) or _is_bin(told)
        case length:
            return length in (8, 9, 14)


def is_ogrn(text: str) -> bool:
    """Tell whether a state registration number checks: 13 digits of a company, 15 of an entrepreneur."""
    if not (text.isascii() and text.isdigit() and len(text) in (13, 15)):
        return False
    return int(text[:-1]) % (len(text) - 2) % 10 == int(text[-1])


def is_kpp(text: str) -> bool:
    """Tell whether a text has the form of a KPP."""
    return bool(_KPP.fullmatch(text))


CHECKS: Mapping[str, Callable[[str], bool]] = {"inn": is_inn, "ogrn": is_ogrn, "kpp": is_kpp}
"""The requisites that can be checked, by their short keys."""


def _rest(told: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(told, weights, strict=False)) % 11 % 10


def _is_bin(told: Sequence[int]) -> bool:
    """Check a Kazakh number: where the first row of weights leaves ten, the second decides."""
    first = sum(digit * weight for digit, weight in zip(told, range(1, 12), strict=False)) % 11
    if first == 10:
        first = sum(d * w for d, w in zip(told, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2), strict=False)) % 11
    return first == told[11]
