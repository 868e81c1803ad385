"""A draft with what the store's connector adds to it."""

import tomllib

from sverka.config.check import check
from sverka.config.hinted import hinted
from sverka.config.template import new_profile
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text
from sverka.ports.hints import Hints


def test_without_hints_a_draft_is_what_it_was(store_fields, office_fields):
    text = new_profile("mine", "shop", "b24", store_fields, office_fields, "2", "ru")
    assert hinted(text, Hints(), office_fields, "ru") == text


def test_lines_take_the_place_of_the_drafts_own_and_new_tables_stand_before_the_brakes(store_fields, office_fields):
    text = new_profile("mine", "shop", "b24", store_fields, office_fields, "2", "ru")
    hints = Hints(
        {"deal.pipeline": Text("the way", "направление"), "deal.responsible": Text("who", "кто")},
        {"deal": ['title = "Заказ № {order.number}"'], "switches": ["create_deals = false"]},
    )
    said = hinted(text, hints, office_fields, "ru")
    document = tomllib.loads(said)
    assert (document["deal"]["title"], document["switches"]) == ("Заказ № {order.number}", {"create_deals": False})
    assert said.count("title =") == 1
    assert 'pipeline = "2"  # направление' in said
    assert "# responsible = 1  # кто" in said
    assert said.index("[switches]") < said.index("[brakes]")
    assert [one for one in check(said, store_fields, office_fields) if one.bad] == []


def test_a_field_of_the_portals_own_is_found_by_its_label_and_type(store_fields, office_fields):
    text = new_profile("mine", "shop", "b24", store_fields, office_fields, "2")
    own = [
        Field("UF_CRM_WAY", Text("Доставка ", "Доставка ")),
        Field("UF_CRM_WHEN", Text("Срок", "Срок"), FieldType.DATETIME),
    ]
    hints = Hints(fields={"delivery.method_name": "Доставка", "delivery.method": "Срок"})
    said = hinted(text, hints, own, "en")
    assert '"delivery.method_name" = { to = "UF_CRM_WAY" }  # «Доставка»' in said.split("\n")
    assert '# "delivery.method" = { to = "…" }  # «Срок»' in said.split("\n")
