"""Phones and e-mails out of what people type."""

import pytest

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.reached import digits, emails_in, phones_in


@pytest.mark.covers("R137", "C9")
@pytest.mark.parametrize(
    ("phone", "bare"),
    [
        ("+7 (999) 000-00-01", "79990000001"),
        ("8 (999) 000-00-01", "79990000001"),
        (" 8 999 000 00 01", "79990000001"),
        ("+8 999 000 00 01", "89990000001"),
        ("8 999 000 00", "899900000"),
        ("89990000001234", "89990000001234"),
        ("12345", "12345"),
        ("1234", ""),
        ("no phone", ""),
        ("", ""),
        ("٧٩٩٩٠٠٠٠٠٠١", ""),
    ],
)
def test_a_phone_is_its_digits(phone: str, bare: str) -> None:
    assert digits(phone) == bare


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("8 900 123-45-67 звонить после 18, спросить Олю", ("8 900 123-45-67",)),
        ("Оля, +7 (900) 123-45-67 с 10 до 18", ("+7 (900) 123-45-67",)),
        ("+7 900 123-45-67, +7 900 123-45-68", ("+7 900 123-45-67", "+7 900 123-45-68")),
        ("89001234567 89001234568", ("89001234567", "89001234568")),
        ("+79001234567 89001234568", ("+79001234567", "89001234568")),
        ("89001234567 / 8 (900) 123-45-67", ("89001234567",)),
        ("8 900 123-45-67 10-18", ("8 900 123-45-67",)),
        ("8 900 123-45-67 доб. 123", ("8 900 123-45-67",)),
        ("от 12.05.2026: 8 900 123 45 67", ("8 900 123 45 67",)),
        ("+49 301 2345678 nach 18 Uhr", ("+49 301 2345678",)),
        ("2-34-56", ("2-34-56",)),
        ("89990000001234", ("89990000001234",)),
        ("звоните после 18", ()),
        ("дом 12, кв 34", ()),
        ("1234", ()),
        ("", ()),
    ],
)
def test_phones_are_taken_out_of_what_stands_round_them(text: str, phones: tuple[str, ...]) -> None:
    assert tuple(phones_in(text)) == phones


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("ivanov@mail.ru, petrov@...", ("ivanov@mail.ru",)),
        ("a@b.ru; c@d.ru", ("a@b.ru", "c@d.ru")),
        ("a@b.ru c@d.ru", ("a@b.ru", "c@d.ru")),
        ("Анна Ким <anna@x.ru>", ("anna@x.ru",)),
        ("пишите на anna@x.ru.", ("anna@x.ru",)),
        ("почта@пример.рф", ("почта@пример.рф",)),
        ("ivan ivanov@mail.ru", ()),
        ("нет", ()),
        ("a@b", ()),
        ("-@-.-", ()),
        ("", ()),
    ],
)
def test_addresses_are_taken_out_of_what_stands_round_them(text: str, emails: tuple[str, ...]) -> None:
    assert tuple(emails_in(text)) == emails


def test_a_buyer_is_known_by_each_of_his_numbers_and_by_nothing_that_is_none() -> None:
    buyer = Customer(phone="8 900 123-45-67, 8 900 123-45-68", email="нет")
    assert buyer.keys() == (MatchKey("phone", "79001234567"), MatchKey("phone", "79001234568"))
    assert buyer.as_party(("MOBILE", "HOME"), is_company=False)["contact.email"] == ()
