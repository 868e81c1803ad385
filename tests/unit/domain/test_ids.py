"""Names that must not be mixed up."""

import pytest

from sverka.domain.ids import OrderId, OrderRef, Origin, ProfileName, StoreName

ORDER = OrderRef(StoreName("shop"), OrderId("2026/17"))


def test_an_order_is_read_as_it_is_written() -> None:
    assert str(ORDER) == "shop/2026/17"
    assert OrderRef.parse(str(ORDER)) == ORDER


@pytest.mark.parametrize("text", ["", "shop", "shop/", "/17", "/"])
def test_half_a_name_is_no_order(text: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        OrderRef.parse(text)
    assert caught.value.args == (text,)


def test_the_mark_of_a_record_names_order_and_profile() -> None:
    assert Origin("hub", ORDER, ProfileName("main")).id == "shop/2026/17/main"
