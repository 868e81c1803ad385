"""Which profile takes an order."""

from decimal import Decimal

import pytest

from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.profile import Profile, route
from sverka.domain.mapping.routing import Condition, Route, SectionRule, pipeline_by

FIELDS: dict[str, Value] = {
    "site": "print",
    "total": Decimal("100.00"),
    "coupons": ("SPRING", "WELCOME"),
    "payment.paid": True,
    "delivery.shipped": False,
    "comment.customer": "Please call ПОСЛЕ six",
    "channel": "",
    "lines.section": (("12", "5", "1"), ("7",)),
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
        (Condition("comment.customer", starts=("please",)), True),
        (Condition("comment.customer", starts=("call", "PLEASE CALL")), True),
        (Condition("comment.customer", starts=("call",)), False),
        (Condition("comment.customer", matches=(r"^please\s.*six$",)), True),
        (Condition("comment.customer", matches=("five", "после s")), True),
        (Condition("comment.customer", matches=("^call",)), False),
        (Condition("coupons", matches=("^WEL",), none_of=("WELCOME",)), False),
        (Condition("lines.section", any_of=("1",)), True),
        (Condition("lines.section", any_of=("2",)), False),
        (Condition("lines.section", none_of=("12",)), False),
        (Condition("nothing", matches=(".",)), False),
        (Condition("nothing", starts=("x",)), False),
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


@pytest.mark.parametrize(
    ("groups", "takes"),
    [
        ((), True),
        (((Condition("site", any_of=("web",)),), (Condition("total", at_least=HUNDRED),)), True),
        (((Condition("site", any_of=("web",)),), (Condition("total", at_least=Decimal(200)),)), False),
        (((Condition("site", any_of=("print",)), Condition("total", at_least=Decimal(200))),), False),
    ],
)
def test_of_the_groups_one_must_hold_as_a_whole(groups: tuple[tuple[Condition, ...], ...], *, takes: bool) -> None:
    assert Route((Condition("site", any_of=("print",)),), groups=groups).takes(FIELDS) is takes
    assert not Route((Condition("site", any_of=("web",)),), groups=groups).takes(FIELDS)


def rules(*pairs: tuple[str, str]) -> tuple[SectionRule, ...]:
    return tuple(SectionRule((section,), pipeline) for section, pipeline in pairs)


@pytest.mark.covers("R93", "R94", "R95")
@pytest.mark.parametrize(
    ("by", "pipeline"),
    [
        (rules(("1", "5")), "5"),
        (rules(("1", "5"), ("12", "6")), "6"),
        (rules(("12", "6"), ("1", "5")), "6"),
        (rules(("5", "6"), ("1", "5")), "6"),
        (rules(("7", "8"), ("12", "6")), "8"),
        (rules(("12", "6"), ("7", "8")), "6"),
        (rules(("99", "6")), ""),
        ((), ""),
        ((SectionRule(("99", "1"), "5"),), "5"),
    ],
)
def test_the_nearest_rule_leads_a_product_and_the_first_one_an_order(
    by: tuple[SectionRule, ...], pipeline: str
) -> None:
    assert pipeline_by(by, FIELDS) == pipeline
    assert pipeline_by(by, {}) == ""
