"""Which of a contact's e-mails is the order's: the one of the kind the profile names, over real HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.field_pairs import raw
from support.http_world import PRINT, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import CONTACT

OLD, NEW = "anna@example.test", "new@example.test"
TWO_WAY = '"property.EMAIL" = { to = "contact.email", way = "<->", policy = "office_wins", write = "append" }\n'


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        yield world


def only_email(world: HttpWorld, order: OrderRef) -> Any:
    """Return the only e-mail of the order's contact."""
    (contact,) = world.deal(order)["contactIds"]
    (line,) = [one for one in world.portal.core.state.items[CONTACT][contact].fm if one.type_id == "EMAIL"]
    return line


@pytest.mark.covers("R134", "R258", "C66")
@pytest.mark.parametrize(
    ("setting", "wanted", "other"),
    [("", "HOME", "WORK"), ('email_kind = "WORK"', "WORK", "HOME"), ('email_kind = "MAILING"', "MAILING", "HOME")],
)
def test_an_address_of_the_wanted_kind_is_taken_and_of_another_is_not_and_that_is_said(
    world: HttpWorld, setting: str, wanted: str, other: str
) -> None:
    world.apply(f"{PRINT}{TWO_WAY}[customer]\n{setting}\n")
    order = world.order(customer={"fio": "Ким Анна", "email": OLD})
    world.settle()
    assert only_email(world, order).value_type == wanted
    for kind, shown in ((other, OLD), (wanted, NEW)):
        entry = {"typeId": "EMAIL", "valueType": kind, "value": NEW}
        fields = {"fm": {str(only_email(world, order).id): entry}}
        world.clock.advance(1)
        about = {"entityTypeId": CONTACT, "id": world.deal(order)["contactIds"][0], "fields": fields}
        world.portal.call("crm.item.update", about)
        world.sweep()
        world.settle()
        assert raw(world, order, "EMAIL") == shown
        told = [line for line in world.story(order) if "only that kind is taken" in line.text.en]
        assert len(told) == 1, "said once, for the one that was passed over"
    assert world.differences(order) == {}
