"""Records in a file: what may stand in it, what comes of it, and what is said when it is wrong."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, RestError
from sverka.sandbox.portal.data import DataError, dump, load
from sverka.sandbox.portal.data.codec import decode, encode
from sverka.sandbox.portal.data.dumping import SECTIONS, restored, written
from sverka.sandbox.portal.records.specs import FieldSpec


@dataclass
class Foreign:
    """A class no portal's data is made of."""


LINKED = {
    "users": [{"ref": "boss", "name": "Vera", "last_name": "Bossova"}],
    "funnels": [{"ref": "wide", "name": "Wide format"}],
    "fields": [{"entityTypeId": 2, "name": "SIZE", "kind": "enumeration", "options": ["S", "L"]}],
    "items": [
        {
            "entityTypeId": 2,
            "id": 40,
            "fields": {
                "title": "Banner",
                "categoryId": "@wide",
                "stageId": "EXECUTING",
                "contactIds": ["@anna"],
                "assignedById": "@boss",
                "UF_CRM_SIZE": "L",
                "createdTime": "2025-05-01T10:00:00+03:00",
            },
            "rows": [{"productName": "Banner 3x6", "price": 1500.5, "quantity": 2}],
        },
        {
            "entityTypeId": 3,
            "ref": "anna",
            "fields": {"name": "Anna"},
            "fm": [{"typeId": "PHONE", "value": "+7 999 000-00-01"}],
        },
    ],
}


def test_names_stand_for_ids_and_the_rules_of_the_portal_hold(portal, result):
    assert load(portal, LINKED).counts == {"users": 1, "funnels": 1, "fields": 1, "items": 2}
    deal = portal.item(2, 40).values
    (anna,) = portal.core.state.items[3]
    assert (deal["categoryId"], deal["stageId"], deal["contactIds"], deal["assignedById"]) == (
        3, "C3:EXECUTING", [anna], 10,
    )  # fmt: skip
    assert deal["opportunity"] == Decimal("3001.00")
    assert deal["createdTime"] == deal["updatedTime"] == datetime(2025, 5, 1, 7, tzinfo=UTC)
    assert dict(portal.core.state.specs(2)["UF_CRM_SIZE"].options)[str(deal["UF_CRM_SIZE"])] == "L"
    found = result("crm.duplicate.findbycomm", type="PHONE", values=["+79990000001"])
    assert found == {"CONTACT": [anna]}
    assert result("crm.item.add", entityTypeId=2, fields={})["item"]["id"] == 41
    (move, _) = result("crm.stagehistory.list", entityTypeId=2)["items"]
    assert (move["OWNER_ID"], move["CREATED_TIME"]) == (40, "2025-05-01T10:00:00+03:00")


def test_nobody_hears_of_it_and_robots_sleep(portal):
    heard = []
    portal.core.publish = heard.append
    portal.add_robot("NEW", "LOSE")
    load(portal, {"items": [{"entityTypeId": 2, "fields": {}}]})
    assert portal.item(2, 1).values["stageId"] == "NEW"
    assert heard == []
    portal.create(2, {})
    assert portal.item(2, 2).values["stageId"] == "LOSE"
    assert heard


def _item(**fields: Any) -> dict[str, Any]:
    return {"items": [{"entityTypeId": 2, "id": 7, "fields": fields}]}


@pytest.mark.parametrize(
    ("document", "en", "ru"),
    [
        ([], "data: an object in {} is due", "здесь нужно: объект в {}"),
        ({"deals": []}, "there is no 'deals' here; known: currencies", "здесь нет 'deals'"),
        ({"items": {}}, "items: a list is due", "список"),
        ({"items": [{"entityTypeId": 99}]}, "items[0], field entityTypeId: there is no '99'", "поле entityTypeId"),
        (_item(titel="x"), "items[0] (entityTypeId 2, id 7): there is no 'titel' here; known: UF", "здесь нет 'titel'"),
        (_item(opportunity="many"), "(entityTypeId 2, id 7), field opportunity: 'many' does not fit", "не подходит"),
        (_item(stageId="NOPE"), "(entityTypeId 2, id 7), field stageId: there is no 'NOPE'", "есть: APOLOGY"),
        (_item(sourceId="WBE"), "field sourceId: 'WBE' does not fit", "не подходит"),
        (_item(contactIds=[5]), "field contactIds: there is no record 5 to link to", "нет записи 5"),
        (_item(assignedById=77), "field assignedById: there is no record 77 to link to", "нет записи 77"),
        ({"items": _item()["items"] * 2}, "items[1] (entityTypeId 2, id 7): id 7 stands here twice", "дважды"),
        ({"users": [{"id": "x"}]}, "users[0], field id: a whole number is due", "целое число"),
        ({"users": [{"name": 5}]}, "users[0], field name: a text is due", "текст"),
        ({"users": [{"age": 5}]}, "users[0]: there is no 'age' here", "здесь нет 'age'"),
        ({"funnels": [{"stages": [{"name": "x"}]}]}, "funnels[0].stages[0]: field status_id is missing", "нет поля"),
        ({"fields": [{"entityTypeId": 2, "name": "!"}]}, "fields[0]: the portal refuses it", "портал отказал"),
        (
            {"items": [{"entityTypeId": 3, "fm": [{"typeId": "PHNE", "value": "1"}]}]},
            "fm[0], field typeId: there is no 'PHNE' here; known: EMAIL",
            "поле typeId",
        ),
        ({"dump": 9}, "dump: only version 1 is known", "версия 1"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_changed(portal, document, en, ru):
    portal.add_field(2, "A")
    before = dump(portal)
    with pytest.raises(DataError) as told:
        load(portal, document)
    assert en in told.value.en
    assert ru in told.value.ru
    assert dump(portal) == before


def test_a_record_takes_the_place_of_one_with_its_id(portal):
    load(portal, LINKED)
    load(portal, _item(title="other") | {"items": [{"entityTypeId": 2, "id": 40, "fields": {"title": "other"}}]})
    assert portal.item(2, 40).values["title"] == "other"
    assert portal.call("crm.item.productrow.list", {"filter": {"=ownerType": "D", "=ownerId": 40}}).total == 0


CLASSIC = {
    "entities": {
        "users": [{"ID": "6", "NAME": "Oleg", "LAST_NAME": "Six", "EMAIL": "six@example.test", "ACTIVE": True}],
        "categories": [{"id": 0, "name": "Main", "sort": 10}, {"id": 4, "name": "Repairs", "sort": 20}],
        "statuses": [
            {"ID": "20", "ENTITY_ID": "DEAL_STAGE_4", "STATUS_ID": "C4:IN", "NAME": "In", "SORT": "10"},
            {"ID": "21", "ENTITY_ID": "DEAL_STAGE_4", "STATUS_ID": "C4:OUT", "NAME": "Out", "SORT": "20",
             "SYSTEM": "Y", "SEMANTICS": "S"},
        ],
        "companies": [{"ID": "3", "TITLE": "Ltd", "INDUSTRY": "FISHING", "REVENUE": "12.50", "HAS_PHONE": "Y",
                       "PHONE": [{"ID": "300", "VALUE": "+70000000001", "VALUE_TYPE": "WORK"}]}],
        "contacts": [{"ID": "5", "NAME": "Ann", "COMPANY_ID": "3", "ADDRESS_CITY": "Kazan"}],
        "leads": [{"ID": "2", "TITLE": "Call", "STATUS_ID": "IN_PROCESS"}],
        "deals": [{"ID": "9", "TITLE": "Mend", "CATEGORY_ID": "4", "STAGE_ID": "C4:OUT", "CLOSED": "Y",
                   "STAGE_SEMANTIC_ID": "S", "CONTACT_ID": "5", "OPPORTUNITY": "100.00", "COMMENTS": "",
                   "ASSIGNED_BY_ID": "6", "CREATED_BY_ID": "1", "BEGINDATE": "2026-04-15T00:00:00+03:00",
                   "DATE_CREATE": "2026-04-15T09:30:00+03:00", "DATE_MODIFY": "2026-04-16T09:30:00+03:00"}],
        "tasks": [{"id": "1"}],
    }
}  # fmt: skip


def test_classic_records_keep_their_ids(portal, result):
    loaded = load(portal, CLASSIC)
    assert loaded.passed_over == ("tasks",)
    deal = result("crm.deal.get", id=9)
    given = CLASSIC["entities"]["deals"][0]
    same = set(given) - {"BEGINDATE", "COMMENTS"}
    assert {name: deal[name] for name in same} == {name: given[name] for name in same}
    assert deal["BEGINDATE"].startswith("2026-04-15")
    company = result("crm.company.get", id=3)
    assert (company["INDUSTRY"], company["PHONE"][0]["ID"]) == ("FISHING", "300")
    stages = {line["ID"]: line["STATUS_ID"] for line in result("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE_4"})}
    assert stages == {"20": "C4:IN", "21": "C4:OUT"}
    lines = result("crm.status.list")
    assert len({line["ID"] for line in lines}) == len(lines)
    user = result("user.get", FILTER={"ID": 6})[0]
    assert (user["NAME"], user["LAST_NAME"]) == ("Oleg", "Six")
    assert portal.core.state.users[1].admin


def test_a_classic_name_there_is_not_is_told(portal):
    with pytest.raises(DataError, match=r"deals\[0\]: there is no 'TITEL'"):
        load(portal, {"entities": {"deals": [{"ID": "1", "TITEL": "x"}]}})


def live(portal: Portal, steps: list[tuple[str, int]]) -> None:
    """Let people and programs do things; what the portal refuses is refused."""
    acts = {
        "deal": lambda n: portal.create(2, {"title": f"deal {n}", "opportunity": n / 8, "isManualOpportunity": "Y"}),
        "contact": lambda n: portal.create(3, {"name": "A", "fm": [{"typeId": "PHONE", "value": f"+7{n}"}]}),
        "lead": lambda n: portal.create(1, {"title": "@boss"}),
        "link": lambda n: portal.edit(2, n, {"contactIds": [1, 2], "closedate": "2026-02-03"}),
        "move": lambda n: portal.move_stage(n, "C2:WON"),
        "rows": lambda n: portal.call(
            "crm.item.productrow.set",
            {"ownerType": "D", "ownerId": n, "productRows": [{"price": n / 3, "quantity": n, "taxRate": 20}]},
        ),
        "field": lambda n: portal.add_field(2, f"F{n}", ["string", "double", "datetime", "money"][n % 4]),
        "list": lambda n: portal.add_field(2, f"L{n}", "enumeration", multiple=True, options=["a", "b"]),
        "fill": lambda n: portal.edit(2, n, {"UF_CRM_F1": "1.23456", "UF_CRM_F2": "2026-01-02", "UF_CRM_L3": [1]}),
        "comment": lambda n: portal.call(
            "crm.timeline.comment.add", {"fields": {"ENTITY_ID": n, "ENTITY_TYPE": "deal", "COMMENT": "<b>!</b>"}}
        ),
        "delete": lambda n: portal.delete(2, n),
        "dismiss": portal.dismiss,
        "robot": lambda n: portal.add_robot("C2:WON", "LOSE"),
        "funnel": lambda n: portal.call("crm.category.add", {"entityTypeId": 2, "fields": {"name": str(n)}}),
        "source": lambda n: portal.call("crm.status.delete", {"id": n * 10, "params": {"FORCED": "Y"}}),
        "later": lambda n: portal.advance(n * 1000),
    }
    for name, number in steps:
        try:
            acts[name](number)
        except (RestError, KeyError):
            continue


STEPS = st.tuples(
    st.sampled_from(
        [
            "deal",
            "contact",
            "lead",
            "link",
            "move",
            "rows",
            "field",
            "list",
            "fill",
            "comment",
            "delete",
            "dismiss",
            "robot",
            "funnel",
            "source",
            "later",
        ]
    ),
    st.integers(1, 6),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_what_is_dumped_can_be_loaded(steps):
    portal, other = Portal(VirtualClock()), Portal(VirtualClock())
    live(portal, [("deal", 1), ("contact", 1), ("contact", 2), ("field", 1), ("field", 2), ("list", 3), *steps])
    live(other, [("lead", 1), ("field", 5)])
    text = json.dumps(dump(portal))
    load(other, json.loads(text))
    assert json.dumps(dump(other)) == text
    assert {name: held for name, held in vars(other.core.state).items() if held} == {
        name: held for name, held in vars(portal.core.state).items() if held
    }
    for entity_type_id, method in ((2, "crm.item.list"), (3, "crm.item.list")):
        asked = {"entityTypeId": entity_type_id, "select": ["*", "uf_*"]}
        assert other.call(method, asked) == portal.call(method, asked)
    assert other.create(2, {}) == portal.create(2, {})
    assert other.core.index.find("PHONE", 3, {"71"}) == portal.core.index.find("PHONE", 3, {"71"})


def test_nothing_of_the_state_stays_out_of_a_dump(portal):
    assert set(dump(portal)["more"]) | SECTIONS == set(vars(portal.core.state))


@pytest.mark.parametrize(
    "value",
    [
        {"$": 1}, {1: (2, "x")}, {"a": Decimal("1.10")}, frozenset({1}), {2, 3}, b"\x00\xff",
        datetime(2026, 1, 1, 3, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC).date(),
    ],
)  # fmt: skip
def test_values_json_has_no_word_for_travel(value):
    back = decode(json.loads(json.dumps(encode(value))), "x")
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize(("kind", "value"), [("double", "1.5"), ("date", "2026-01-02"), ("double", Decimal("1.50"))])
def test_a_text_in_the_place_of_a_number_stays_one(kind, value):
    spec = FieldSpec("x", kind, "X")
    back = restored(spec, json.loads(json.dumps(written(spec, value))), "x")
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize(
    "raw",
    [
        {"$": "os:system", "v": {}},
        {"$": f"{__name__}:Foreign", "v": {}},
        {"$": "sverka.sandbox.portal.portal:Portal", "v": {}},
        {"$": "decimal", "v": "x"},
        {"$": "moment"},
        {"$": "map", "v": [1]},
    ],
)
def test_nothing_else_is_made_of_a_file(raw):
    assert sys.modules[__name__].Foreign is Foreign
    with pytest.raises(DataError, match="this is no"):
        decode(raw, "x")
