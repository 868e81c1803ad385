"""Which profile takes an order."""

from decimal import Decimal

import pytest

from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.profile import Profile, route
from sverka.domain.mapping.routing import Condition, Route

FIELDS: dict[str, Value] = {
    "site": "print",
    "total": Decimal("100.00"),
    "coupons": ("SPRING", "WELCOME"),
    "payment.paid": True,
    "delivery.shipped": False,
    "comment.customer": "Please call ПОСЛЕ six",
    "channel": "",
}
HUNDRED = Decimal(100)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("site"), True),
        (Condition("site", any_of=("web", "print")), True),
        (Condition("site", any_of=("web",)), False),
        (Condition("site", any_of=("PRINT",)), False),
        (Condition("site", none_of=("web",)), True),
        (Condition("site", none_of=("web", "print")), False),
        (Condition("site", any_of=("print",), none_of=("print",)), False),
        (Condition("coupons", any_of=("WELCOME",)), True),
        (Condition("coupons", none_of=("WELCOME",)), False),
        (Condition("coupons", contains=("come",)), True),
        (Condition("comment.customer", contains=("после",)), True),
        (Condition("comment.customer", contains=("before", "CALL")), True),
        (Condition("comment.customer", contains=("before",)), False),
        (Condition("payment.paid", any_of=("Y",)), True),
        (Condition("delivery.shipped", any_of=("N",)), True),
        (Condition("total", at_least=HUNDRED), True),
        (Condition("total", at_least=Decimal("100.01")), False),
        (Condition("total", at_most=HUNDRED), True),
        (Condition("total", at_most=Decimal("99.99")), False),
        (Condition("total", at_least=Decimal(1), at_most=HUNDRED), True),
        (Condition("site", at_least=Decimal(0)), False),
        (Condition("site", at_most=Decimal(0)), False),
        (Condition("total", any_of=("100.00",)), True),
        (Condition("channel", any_of=("phone",)), False),
        (Condition("channel", none_of=("phone",)), True),
        (Condition("channel", contains=("phone",)), False),
        (Condition("nothing", any_of=("x",)), False),
        (Condition("nothing", none_of=("x",)), True),
        (Condition("nothing", at_most=HUNDRED), False),
    ],
)
def test_a_condition_holds_when_every_part_of_it_does(condition: Condition, *, holds: bool) -> None:
    assert condition.holds(FIELDS) is holds


def test_what_stands_in_no_single_value_is_not_contained() -> None:
    fields: dict[str, Value] = {"coupons": ("SPRING", "WELCOME")}
    across = [Condition("coupons", contains=(part,)).holds(fields) for part in ("spring welcome", "welcome spring")]
    assert across == [False, False]


def test_a_route_takes_an_order_when_all_its_conditions_hold() -> None:
    print_, dear = Condition("site", any_of=("print",)), Condition("total", at_least=Decimal(500))
    assert Route().takes(FIELDS)
    assert Route((print_,)).takes(FIELDS)
    assert not Route((print_, dear)).takes(FIELDS)
    assert not Route((dear, print_)).takes(FIELDS)


def profile(name: str, *sites: str, also: bool = False) -> Profile:
    conditions = (Condition("site", any_of=sites),) if sites else ()
    return Profile(ProfileName(name), StoreName("shop"), OfficeName("crm"), route=Route(conditions, also))


@pytest.mark.parametrize(
    ("profiles", "taken"),
    [
        ([profile("a"), profile("b")], ["a"]),
        ([profile("a", "web"), profile("b")], ["b"]),
        ([profile("a", "web"), profile("b", "web")], []),
        ([profile("a", also=True), profile("b")], ["a", "b"]),
        ([profile("a"), profile("b", also=True), profile("c"), profile("d", also=True)], ["a", "b", "d"]),
        ([profile("a", "web", also=True), profile("b")], ["b"]),
        ([profile("a", also=True)], ["a"]),
        ([], []),
    ],
)
def test_the_first_that_matches_takes_the_order_and_every_also_besides(
    profiles: list[Profile], taken: list[str]
) -> None:
    assert [one.name for one in route(profiles, FIELDS)] == taken
