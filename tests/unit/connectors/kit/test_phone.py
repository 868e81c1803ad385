"""Phones put in one form, alone and in the midst of words."""

import pytest

from sverka.connectors.kit.phone import to_e164


@pytest.mark.parametrize(
    ("raw", "region", "read"),
    [
        ("8 (999) 000-00-01", "RU", "+79990000001"),
        ("тел. 8(900)1234567", "RU", "тел. +79001234567"),
        ("+49 30 1234567", "RU", "+49301234567"),
        ("8 900 123-45-67 звонить после 18", "RU", "+79001234567 звонить после 18"),
        ("89001234567;89001234568", "RU", "+79001234567;+79001234568"),
        ("8 900 123-45-67 доб. 123", "RU", "+79001234567 доб. 123"),
        ("030 1234567 nach 18 Uhr", "DE", "+49301234567 nach 18 Uhr"),
        ("звоните", "RU", "звоните"),
        ("12345", "RU", "12345"),
        ("  ", "RU", ""),
    ],
)
def test_numbers_are_put_in_one_form_and_words_beside_them_are_kept(raw: str, region: str, read: str) -> None:
    assert to_e164(raw, region) == read
