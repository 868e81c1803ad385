"""The example profiles of routing: they load, and send orders where their comments say."""

from decimal import Decimal
from pathlib import Path

import pytest

from sverka.config.check import check
from sverka.config.load import load
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.profile import Profile, route

ROOT = Path(__file__).parents[3] / "profiles"


def example(name: str) -> Profile:
    text = (ROOT / f"{name}.toml").read_text("utf-8")
    assert [one.say("en") for one in check(text) if one.bad] == []
    return load(text)


PROFILES = ("client-firms", "region-moscow", "sections")


@pytest.mark.covers("R4", "R37", "R38", "R40", "R41", "R42", "R43", "R44", "C24")
@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"client": "organisation", "payment.method": "invoice", "total": Decimal(5000)}, "firms"),
        ({"client": "organisation", "payment.method": "card", "total": Decimal(5000)}, "sections"),
        ({"client": "person", "delivery.region": "Московская обл."}, "moscow"),
        ({"client": "person", "delivery.region": "", "delivery.city": "г. Москва"}, "moscow"),
        ({"client": "person", "delivery.city": "Новомосковск"}, "sections"),
    ],
)
def test_each_order_goes_to_the_first_that_wants_it(fields: dict[str, Value], taken: str) -> None:
    assert [one.name for one in route([example(name) for name in PROFILES], fields)] == [taken]


@pytest.mark.covers("R91", "R92", "R95", "R108")
@pytest.mark.parametrize(
    ("sections", "pipeline", "answers"),
    [((("3", "2", "1"),), "5", ("8", "9")), ((("7", "1"),), "2", ("7",)), ((("4",),), "0", ("1",))],
)
def test_sections_lead_to_funnels_and_their_employees(sections: Value, pipeline: str, answers: tuple[str, ...]) -> None:
    new = example("sections").aimed({"lines.section": sections}).new
    assert new.constants["categoryId"] == pipeline
    assert new.people()[0][1] == answers
    assert new.people("77")[0][1] == ("77",)


@pytest.mark.covers("R103", "R261", "R263", "R272", "R300")
def test_what_a_deal_of_moscow_is_born_with() -> None:
    new = example("region-moscow").aimed({"channel": "phone"}).new
    assert dict(new.constants) == {"categoryId": "1", "sourceId": "CALL", "typeId": "GOODS"}
    assert example("region-moscow").aimed({"channel": "site"}).new.constants["sourceId"] == "WEB"
    assert example("client-firms").new.responsible == "9"


DOCUMENT = (ROOT / "sections.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("[deal]", '[when]\nsite = { matches = "(a+)+" }\n[deal]', "when.site.matches", "could take for ever"),
        ("[deal]", '[when]\nsite = { matches = "(" }\n[deal]', "when.site.matches", "no regular expression"),
        ("[deal]", '[when]\nany = [{ sight = "s1" }]\n[deal]', "when.any", "orders have no field `sight`"),
        ('section  = "1"', 'section = ["1", "2"]', "deal.by_section", "already stands in row 1"),
        ('{ "2" = 7,', '{ "2" = "Ivan Petrov",', "deal.responsible", "sverka portal people"),
        ('"5" = [8, 9]', '"9" = 8', "deal.responsible", "no new deal of this profile goes to pipeline `9`"),
        ("[deal]", "[switches]\nupdate_deal = false\n[deal]", "switches.update_deal", "Did you mean `update_deals`"),
        ("[status]", '[brakes]\non_deal_deleted = "cancel_order"\n[switches]\nupdate_orders = false\n[status]',
         "brakes.on_deal_deleted", "`update_orders` is off"),
        ("[status]", '[fields]\n"lines.section" = { to = "UF_A" }\n[status]', "fields", "only to route an order"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, where: str, said: str) -> None:
    assert old in DOCUMENT
    found = [one for one in check(DOCUMENT.replace(old, new, 1)) if one.where.startswith(where)]
    assert any(said in one.text.en for one in found), [one.say("en") for one in found]
