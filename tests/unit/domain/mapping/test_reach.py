"""Phones, e-mails and names of a contact beside those of an order."""

import pytest

from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.reach import FullName, Reachable
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.merge.reconcile import Sight, merge_field

PHONE = Reachable("phone", "MOBILE")
EMAIL = Reachable("email", "HOME")
A, B, C = "+79990000001", "+79990000002", "+79990000003"


def mapping(way: Way = Way.BOTH, converter: Reachable = PHONE) -> FieldMapping:
    return FieldMapping(
        "phone", "customer.phone", "contact.phone", way, Policy.OFFICE_WINS, WriteMode.APPEND, converter,
        ignore_unmapped=True, one_in_store=True,
    )  # fmt: skip


def merged(store: str, office: tuple[str, ...], base: Pair | None, way: Way = Way.BOTH) -> object:
    line = mapping(way)
    return merge_field(Sight(line, Entry(base, line.fingerprint()) if base else None, store, office))


def test_what_stands_under_any_kind_agrees() -> None:
    assert PHONE.agree("8 (999) 000-00-01", (f"WORK {A}",))
    assert not PHONE.agree(B, (f"WORK {A}",))
    assert EMAIL.agree("Anna@Example.test", ("WORK anna@example.test",))
    assert not PHONE.agree("", (f"WORK {A}",))


@pytest.mark.covers("R257", "R258", "C66")
def test_only_the_wanted_kind_goes_to_the_order_unless_others_may() -> None:
    office = (f"WORK {A}", f"MOBILE {B}")
    assert PHONE.to_store(office) == B
    assert EMAIL.to_store(("WORK a@b.test", "HOME c@d.test")) == "c@d.test"
    refused = PHONE.to_store((f"WORK {A}",))
    assert isinstance(refused, Unmapped)
    assert refused.text is not None
    assert "MOBILE" in refused.text.en
    assert Reachable("phone", "MOBILE", takes_others=True).to_store((f"WORK {A}",)) == A


@pytest.mark.parametrize(
    ("converter", "text"), [(PHONE, "после шести"), (EMAIL, "нет"), (EMAIL, "a@b"), (EMAIL, "a b@c.test")]
)
def test_what_is_no_number_and_no_address_is_not_written(converter: Reachable, text: str) -> None:
    assert isinstance(converter.to_office(text), Unmapped)


def test_an_order_that_moved_adds_its_number() -> None:
    outcome = merged(B, (f"MOBILE {A}",), Pair(A, (f"MOBILE {A}",)))
    assert isinstance(outcome, Change)
    assert (outcome.side, outcome.value) == (Side.OFFICE, (f"MOBILE {A}", f"MOBILE {B}"))


def test_a_number_replaced_in_the_contact_takes_the_place_of_the_orders() -> None:
    outcome = merged(A, (f"MOBILE {C}",), Pair(A, (f"MOBILE {A}",)))
    assert isinstance(outcome, Change)
    assert (outcome.side, outcome.value) == (Side.STORE, C)


def test_a_number_deleted_in_the_contact_is_not_revived() -> None:
    assert merged(A, (f"WORK {B}",), Pair(A, (f"MOBILE {A}", f"WORK {B}")), Way.TO_OFFICE) == Pair(A, (f"WORK {B}",))


def test_another_kind_is_told_of_and_leaves_the_memory_alone() -> None:
    outcome = merged(A, (f"WORK {C}",), Pair(A, (f"MOBILE {A}",)))
    assert isinstance(outcome, Difference)
    assert outcome.why is Why.KEPT


@pytest.mark.covers("C65")
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ким Анна", "Анна Ким", True),
        ("КИМ  анна", "Анна Ким", True),
        ("Семёнов", "Семенов", True),
        ("Александр", "Александр Александр", False),
        ("Анна", "Анна Ким", False),
    ],
)
def test_the_same_words_are_the_same_name(one: str, other: str, *, same: bool) -> None:
    assert FullName().agree(one, other) is same
