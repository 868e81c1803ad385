"""Buyers, and the keys by which one is known to be another."""

from sverka.domain.commerce.customer import Customer, MatchKey

PHONE, EMAIL = MatchKey("phone", "79990000001"), MatchKey("email", "anna@example.test")


def test_keys_come_in_the_order_they_are_to_be_tried() -> None:
    buyer = Customer(phone="8 999 000-00-01", email=" Anna@Example.test ")
    assert buyer.keys() == (PHONE, EMAIL)
    assert buyer.keys(("email", "phone")) == (EMAIL, PHONE)
    assert buyer.keys(("email",)) == (EMAIL,)


def test_what_cannot_be_found_again_is_no_key() -> None:
    assert Customer(name="Anna", phone="12", email="  ").keys() == ()


def test_a_key_is_named_by_its_kind() -> None:
    assert str(PHONE) == "phone:79990000001"


def test_the_buyer_is_taken_out_of_an_orders_fields() -> None:
    fields = {
        "customer.name": "Anna Kim",
        "customer.first_name": "Anna",
        "customer.last_name": "Kim",
        "customer.middle_name": "M",
        "customer.phone": "+79990000001",
        "customer.email": "anna@example.test",
        "customer.external_id": "17",
        "company.name": "Kim and sons",
        "total": None,
    }
    assert Customer.of(fields) == Customer(
        "Anna Kim", "Anna", "Kim", "M", "+79990000001", "anna@example.test", "17", "Kim and sons"
    )
    assert Customer.of({"customer.phone": None}) == Customer()
