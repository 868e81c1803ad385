"""Numbers of organisations that check themselves."""

import pytest

from sverka.domain.commerce.requisites import is_inn, is_kpp, is_ogrn


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("7707083893", True),
        ("7707083894", False),
        ("7707083983", False),
        ("500100732259", True),
        ("500100732258", False),
        ("500100732269", False),
        ("940140000385", True),
        ("940140000386", False),
        ("123456789", True),
        ("12345678901", False),
        ("77070838", True),
        ("770708389A", False),
        ("", False),
    ],
)
def test_an_inn_is_checked_by_its_last_digits(text: str, *, is_one: bool) -> None:
    assert is_inn(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("1027700132195", True),
        ("1027700132196", False),
        ("304500116000157", True),
        ("304500116000158", False),
        ("102770013219", False),
        ("102770013219X", False),
    ],
)
def test_an_ogrn_is_checked_by_its_last_digit(text: str, *, is_one: bool) -> None:
    assert is_ogrn(text) is is_one


@pytest.mark.parametrize(("text", "is_one"), [("773601001", True), ("7736AB001", True), ("77360100", False)])
def test_a_kpp_has_nine_characters(text: str, *, is_one: bool) -> None:
    assert is_kpp(text) is is_one
