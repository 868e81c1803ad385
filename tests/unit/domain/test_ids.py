"""Names that must not be mixed up."""

import pytest

from sverka.domain.ids import OfficeName, OrderId, OrderRef, Origin, ProfileName, RecordId, StoreName

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


def test_a_record_without_an_order_has_a_name_no_store_can_have_and_a_mark() -> None:
    record = OrderRef.of_record(OfficeName("portal"), RecordId("57"))
    assert str(record) == "@portal/57"
    assert OrderRef.parse("@portal/57") == record
    assert record.is_record
    assert not ORDER.is_record
    assert record.mark == "portal/57"
    assert OrderRef.of_mark(record.mark) == record


@pytest.mark.parametrize("mark", ["", "portal", "portal/", "/57"])
def test_half_a_mark_names_no_record(mark: str) -> None:
    assert OrderRef.of_mark(mark) is None
