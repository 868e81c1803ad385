"""Answers in the shapes the documents show, irregular ones among them, through the connector's parsers."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import CONTACT, DEAL
from sverka.connectors.bitrix24.parties.adding import contact
from sverka.connectors.bitrix24.wire import problems
from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import FileRef
from sverka.domain.errors import AuthLost, Gone, Halt, Later, Misconfigured, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.domain.mapping.field import FieldType
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite
from sverka.ports.guard import free

PLAIN = {"isRequired": False, "isReadOnly": False, "isImmutable": False, "isMultiple": False, "isDynamic": False}
FIELDS = {
    "id": {**PLAIN, "type": "integer", "isReadOnly": True, "title": "ID", "upperName": "ID"},
    "title": {**PLAIN, "type": "string", "title": "Name", "upperName": "TITLE"},
    "stageId": {**PLAIN, "type": "crm_status", "statusType": "DEAL_STAGE", "title": "Stage", "upperName": "STAGE_ID"},
    "categoryId": {**PLAIN, "type": "crm_category", "title": "Funnel", "upperName": "CATEGORY_ID"},
    "companyId": {
        **PLAIN,
        "type": "crm_company",
        "title": "Company",
        "settings": {"parentEntityTypeId": 4},
        "upperName": "COMPANY_ID",
    },
    "opportunity": {**PLAIN, "type": "double", "title": "Sum", "upperName": "OPPORTUNITY"},
    "begindate": {**PLAIN, "type": "date", "title": "Start", "upperName": "BEGINDATE"},
    "updatedTime": {**PLAIN, "type": "datetime", "isReadOnly": True, "title": "Updated", "upperName": "DATE_MODIFY"},
    "assignedById": {**PLAIN, "type": "user", "title": "Responsible", "upperName": "ASSIGNED_BY_ID"},
    "observers": {**PLAIN, "type": "user", "isMultiple": True, "title": "Observers", "upperName": "OBSERVER_IDS"},
    "UF_CRM_1721244707107": {**PLAIN, "type": "double", "title": "Weight", "upperName": "UF_CRM_1721244707107"},
    "UF_CRM_SUM": {**PLAIN, "type": "money", "title": "Extra", "upperName": "UF_CRM_SUM"},
    "UF_CRM_RADIO": {
        **PLAIN,
        "type": "enumeration",
        "isMultiple": True,
        "title": "Radio",
        "upperName": "UF_CRM_RADIO",
        "items": [{"ID": "3157", "VALUE": "Shanson"}, {"ID": 3161, "VALUE": "Love"}],
    },
    "UF_CRM_BRANCH": {
        **PLAIN,
        "type": "crm_status",
        "title": "Branch",
        "upperName": "UF_CRM_BRANCH",
        "settings": {"ENTITY_TYPE": "INDUSTRY"},
    },
    "UF_CRM_FILE": {**PLAIN, "type": "file", "title": "Layout", "upperName": "UF_CRM_FILE"},
}
ITEM = {
    "id": 342,
    "createdTime": "2024-07-18T14:00:14+02:00",
    "updatedTime": "2024-07-18T14:00:14+02:00",
    "dateCreateShort": None,
    "assignedById": 6,
    "companyId": 0,
    "title": "New deal",
    "categoryId": 9,
    "stageId": "C9:UC_KN8KFI",
    "opportunity": 999.99,
    "begindate": "2024-06-18T02:00:00+02:00",
    "searchContent": "342 Arj qrny",
    "UF_CRM_1721244707107": 1111.1,
    "UF_CRM_SUM": "300|RUB",
    "UF_CRM_RADIO": [3157, 3161],
    "UF_CRM_BRANCH": "IT",
    "UF_CRM_FILE": {"id": 12, "url": "/x", "urlMachine": "https://p/rest/1/s3cr3tcode/x"},
    "observers": [2, 3],
    "contactIds": [4, 5],
    "entityTypeId": 2,
}
ROW = {
    "id": 17649, "ownerId": 342, "ownerType": "D", "productId": 9621, "productName": "iphone 14", "price": 90000,
    "priceAccount": 90000, "priceExclusive": 81818.18, "priceNetto": 90909.09, "priceBrutto": 100000, "quantity": 3,
    "discountTypeId": 2, "discountRate": 10, "discountSum": 9090.91, "taxRate": 10, "taxIncluded": "Y",
    "customized": "Y", "measureCode": 796, "measureName": "pcs", "sort": 20, "xmlId": "sale_basket_8147", "type": 4,
    "storeId": 19,
}  # fmt: skip


def batch(*results, errors=None, **parts):
    told = {f"c{place}": result for place, result in enumerate(results) if result is not ...}
    return {"result": {"result": told or [], "result_error": errors or [], **parts}, "time": {"operating": 0}}


def test_the_documented_deal(box, canned):
    canned.say(batch({"fields": FIELDS}, {"items": [ITEM]}, {"productRows": [ROW]}, result_total=[], result_next=[]))
    seen = box.look(Look(heavy=[RecordId("342")]), free).records["342"]
    assert dict(seen.fields) == {
        "id": "342",
        "createdTime": "2024-07-18T14:00:14+02:00",
        "updatedTime": datetime(2024, 7, 18, 12, 0, 14, tzinfo=UTC),
        "assignedById": "6",
        "title": "New deal",
        "categoryId": "9",
        "stageId": "C9:UC_KN8KFI",
        "opportunity": Decimal("999.99"),
        "begindate": date(2024, 6, 18),
        "UF_CRM_1721244707107": Decimal("1111.1"),
        "UF_CRM_SUM": Decimal(300),
        "UF_CRM_RADIO": ("3157", "3161"),
        "UF_CRM_BRANCH": "IT",
        "UF_CRM_FILE": FileRef("12"),
        "observers": ("2", "3"),
        "contactIds": ("4", "5"),
        "rows": (
            Line("iphone 14", Decimal(3), Decimal("270000.00"), Decimal(10000), Decimal(10), "9621", measure="796"),
        ),
    }
    assert seen.stamp == "2024-07-18T14:00:14+02:00"
    assert seen.contacts == ("4", "5")
    assert seen.url == canned.url.removesuffix("/rest/1/s3cr3tcode/") + "/crm/deal/details/342/"


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2024-06-18T02:00:00+02:00", date(2024, 6, 18)),
        ("2024-06-18T00:00:00+03:00", date(2024, 6, 18)),
        ("2024-06-17T19:00:00-05:00", date(2024, 6, 18)),
        ("2024-06-18T00:00:00-05:00", date(2024, 6, 18)),
        ("2024-06-18", date(2024, 6, 18)),
        ("soon", "soon"),
    ],
)
def test_a_day_is_a_midnight_of_the_portal_or_of_utc(box, canned, told, day):
    canned.say(batch({"fields": FIELDS}, {"items": [{**ITEM, "begindate": told}]}))
    assert box.look(Look(records=[RecordId("342")]), free).records["342"].get("begindate") == day


def test_money_of_a_user_field_is_told_with_its_currency(box, canned):
    canned.say(batch({"fields": FIELDS}))
    canned.say(batch({"item": ITEM}, {"items": [ITEM]}))
    written = {"UF_CRM_SUM": Decimal("1E+3"), "currencyId": "EUR", "opportunity": Decimal("0.10"), "UF_CRM_RADIO": ()}
    fields = {**written, "begindate": datetime(2026, 5, 14, 9, tzinfo=UTC)}
    wrote = box.write([RecordWrite(1, fields, record=RecordId("342"))], free)[1]
    assert wrote.refused.keys() == {"currencyId"}
    command = canned.asked[1][1]["cmd"]["c0"]
    assert "fields%5BUF_CRM_SUM%5D=1000%7CEUR" in command
    assert "fields%5Bopportunity%5D=0.10&" in command
    assert "fields%5BisManualOpportunity%5D=Y" in command
    assert "fields%5BUF_CRM_RADIO%5D%5B0%5D=" in command
    assert "fields%5Bbegindate%5D=2026-05-14T09%3A00%3A00%2B00%3A00" in command
    assert "useOriginalUfNames=Y" in command


def test_several_values_do_not_fit_a_field_of_one(box, canned):
    canned.say(batch({"fields": FIELDS}))
    answer = box.write([RecordWrite(1, {"title": ("a", "b")}, record=RecordId("342"))], free)[1]
    assert type(answer) is Rejected
    assert len(canned.asked) == 1


def test_an_older_portal_that_knows_camel_names_alone(box, canned):
    fields = {**FIELDS, "ufCrm_1747309879": {**PLAIN, "type": "date", "upperName": "UF_CRM_1747309879", "title": "x"}}
    item = {**ITEM, "ufCrm_1747309879": "2026-07-01"}
    canned.say(batch({"fields": fields}, {"items": [item]}))
    canned.say(batch({"item": item}, {"items": [item]}))
    seen = box.look(Look(records=[RecordId("342")]), free).records["342"]
    assert seen.get("UF_CRM_1747309879") == date(2026, 7, 1)
    patch = RecordWrite(1, {"UF_CRM_1747309879": date(2026, 7, 2)}, record=RecordId("342"))
    assert box.write([patch], free)[1].refused == {}
    assert "fields%5BufCrm_1747309879%5D=2026-07-02" in canned.asked[1][1]["cmd"]["c0"]


def test_rows_are_free_text_with_a_final_price(box, canned):
    canned.say(batch({"fields": FIELDS}))
    canned.say(batch({"item": ITEM}, {"productRows": [ROW]}, {"items": [ITEM]}))
    lines = (
        Line("A&B [1]", Decimal("2.50"), Decimal("25.00"), Decimal("1.10"), Decimal(20), product="77"),
        Line("Б", Decimal("1E+1"), Decimal(50), tax_rate=Decimal(0)),
    )
    box.write([RecordWrite(1, {"title": "x", "rows": lines}, record=RecordId("342"))], free)
    method, _, query = canned.asked[1][1]["cmd"]["c1"].partition("?")
    assert method == "crm.item.productrow.set"
    told = dict(pair.split("=") for pair in query.replace("%5B", "[").replace("%5D", "]").split("&"))
    assert told == {
        "ownerType": "D",
        "ownerId": "342",
        "productRows[0][productName]": "A%26B+[1]",
        "productRows[0][price]": "10.00",
        "productRows[0][quantity]": "2.50",
        "productRows[0][taxIncluded]": "Y",
        "productRows[0][sort]": "10",
        "productRows[0][taxRate]": "20",
        "productRows[0][discountTypeId]": "1",
        "productRows[0][discountSum]": "0.92",
        "productRows[1][productName]": "%D0%91",
        "productRows[1][price]": "5.00",
        "productRows[1][quantity]": "10",
        "productRows[1][taxRate]": "0",
        "productRows[1][taxIncluded]": "Y",
        "productRows[1][sort]": "20",
    }


def test_the_catalogue_is_read_page_by_page(box, canned):
    new = {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "NEW", "NAME": "New", "SEMANTICS": None, "CATEGORY_ID": None}
    won = {"ENTITY_ID": "DEAL_STAGE_9", "STATUS_ID": "C9:WON", "NAME": "Won", "SEMANTICS": "S", "CATEGORY_ID": "9"}
    lost = {**won, "STATUS_ID": "C9:LOSE", "NAME": "Lost"}
    funnels = {"categories": [{"id": 9, "name": "Print", "isDefault": "N"}, {"id": 0, "name": "General"}]}
    denied = {"c2": {"error": "", "error_description": "Access denied."}}
    canned.say(batch({"fields": FIELDS}, funnels, ..., errors=denied))
    canned.say(
        batch([won], [new], [{"ENTITY_ID": "INDUSTRY", "STATUS_ID": "IT", "NAME": "Software"}], result_next={"c0": 50})
    )
    canned.say(batch([lost], result_next={"c0": 50}))
    fields = {spec.key: spec for spec in box.catalogue()}
    command = "crm.status.list?order%5BSORT%5D=ASC&filter%5BENTITY_ID%5D=DEAL_STAGE_9"
    assert canned.asked[1][1]["cmd"]["c0"] == command
    assert canned.asked[2][1]["cmd"] == {"c0": command + "&start=50"}
    assert fields["stageId"].options == {"NEW": "General: New", "C9:WON": "Print: Won", "C9:LOSE": "Print: Lost"}
    assert fields["UF_CRM_BRANCH"].options == {"IT": "Software"}
    assert fields["UF_CRM_RADIO"].options == {"3157": "Shanson", "3161": "Love"}
    assert (fields["UF_CRM_FILE"].type, fields["UF_CRM_FILE"].writable) == (FieldType.FILE, True)


@pytest.mark.parametrize("inner", [[], {"result": [], "result_error": []}, {"result": {"c1": {}}, "result_error": {}}])
def test_a_command_without_an_answer_is_unanswered(box, canned, inner):
    canned.say({"result": inner})
    [answer] = box.look(Look(keys=[MatchKey("email", "a@b.ru")]), free).keys.values()
    assert type(answer) is Unanswered


@pytest.mark.parametrize("body", ["", "null", "[]", '"x"', "{}", '{"result"', "<html>", b"\xff", '{"time":{}}'])
def test_an_answer_that_is_none_is_unanswered(box, canned, body):
    canned.say(body)
    assert type(box.add_customers([NewCustomer(1, Customer(name="x"))], free)[1]) is Unanswered


@pytest.mark.parametrize(
    ("hits", "found"),
    [([], []), ({"CONTACT": [2297, 275]}, ["275", "2297"]), ({"CONTACT": {"1": "7"}}, ["7"]), ({"LEAD": [3]}, [])],
)
def test_hits_of_the_duplicate_search(box, canned, hits, found):
    canned.say(batch(hits))
    [answer] = box.look(Look(keys=[MatchKey("phone", "79991234567")]), free).keys.values()
    assert answer == found
    command = canned.asked[0][1]["cmd"]["c0"]
    values = "&".join(f"values%5B{place}%5D={one}" for place, one in enumerate(["%2B79991234567", "89991234567"]))
    assert values in command
    assert "entity_type=CONTACT" in command


GOLDEN = [
    (400, "NOT_FOUND", "Element not found", Gone),
    (400, "", "Not found", Gone),
    (400, "", "Not found.<br>", Gone),
    (400, "0", "Access denied.", Rejected),
    (400, 0, "Insufficient permissions", Rejected),
    (400, 100, "Expected iterable value for multiple field, but got string instead", Rejected),
    (400, "Invalid parameters.", "Invalid parameters.", Rejected),
    (400, 200040300010, "Access Denied", Rejected),
    (400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", 'Invalid value for field "X"', Rejected),
    (400, "ACCESS_DENIED", "Access denied", Misconfigured),
    (403, "ACCESS_DENIED", "REST API is available only on commercial plans", Misconfigured),
    (403, "WRONG_AUTH_TYPE", "Application context required", Misconfigured),
    (404, "ERROR_METHOD_NOT_FOUND", "Method not found!", Misconfigured),
    (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", Misconfigured),
    (400, "", "The current method required more scopes. (crm)", Misconfigured),
    (401, "expired_token", "The access token provided has expired.", AuthLost),
    (410, "PORTAL_DELETED", "Portal was deleted", AuthLost),
    (503, "query_limit_exceeded", "Too many requests", Later),
    (200, "OVERLOAD_LIMIT", "REST API is blocked due to overload", Halt),
    (500, "ERROR_UNEXPECTED_ANSWER", "Server returned an unexpected response", Unanswered),
    (500, "SOMETHING", "new", Unanswered),
]


@pytest.mark.parametrize(("status", "code", "words", "problem"), GOLDEN)
def test_problems_are_sorted_by_code(status, code, words, problem):
    assert type(problems.sort(code, words, status, "crm.item.add", "p.bitrix24.ru")) is problem


def test_the_portals_words_are_told_short_and_bare():
    said = problems.sort("ERROR_CORE", "Поле &laquo;Сумма&raquo;<br> <b>неверно</b> " + "х" * 500, 400, "x", "h")
    assert "Поле «Сумма» неверно ххх" in said.text.ru
    assert "<" not in said.text.en
    assert len(said.text.ru) < 350


def test_a_block_lasts_until_the_portals_own_reset_whatever_our_clock_says(box, canned, time):
    told = {"operating": 479.5, "operating_reset_at": 1778747792, "finish": 1778747500.5, "duration": 1.5}
    canned.say(batch([], result_time={"c0": told}))
    canned.say(batch(..., errors={"c0": {"error": "OPERATION_TIME_LIMIT", "error_description": "blocked"}}))
    ask = Look(keys=[MatchKey("email", "a@b.ru")])
    box.look(ask, free)
    assert box.client.operating == {"crm.duplicate.findbycomm": 479.5}
    [answer] = box.look(ask, free).keys.values()
    assert answer.after == timedelta(seconds=291.5)
    time.sleep(291)
    [answer] = box.look(ask, free).keys.values()
    assert answer.after == timedelta(seconds=0.5)
    assert len(canned.asked) == 2


def test_a_filter_that_passes_over_the_moment_yields_nothing_old(box, canned):
    items = [
        {"id": 1, "updatedTime": "2026-05-14T11:59:59+03:00"},
        {"id": 2, "updatedTime": "2026-05-14T12:00:00+03:00"},
    ]
    moves = [{"ID": 35, "OWNER_ID": 21, "CREATED_TIME": "2024-04-25T14:59:11+00:00", "STAGE_ID": "NEW"}]
    canned.say(batch({"items": items}, {"items": moves}))
    notices = list(box.changed_since(datetime(2026, 5, 14, 9, tzinfo=UTC)))
    assert [notice.id for notice in notices] == ["2"]


def test_a_walk_whose_references_are_not_understood_goes_on_from_a_known_id(box, canned):
    def page(first):
        return {"items": [{"id": n, "updatedTime": "2026-05-14T12:00:00+03:00"} for n in range(first, first + 50)]}

    canned.say(batch(page(1)))
    canned.say(batch(page(51), *[page(1)] * 23))
    canned.say(batch(page(101), {"items": []}, *[page(1)] * 22))
    assert [int(notice.id) for notice in box.changed_since(None)] == list(range(1, 151))
    assert "%3Eid%5D=%24result%5Bc0%5D%5Bitems%5D%5B49%5D%5Bid%5D" in canned.asked[1][1]["cmd"]["c1"]
    assert "%3Eid%5D=100&" in canned.asked[2][1]["cmd"]["c0"]


def test_a_portal_that_repeats_its_page_does_not_hold_the_look_for_ever(box, canned):
    canned.say(batch({"fields": FIELDS}, {"items": [ITEM]}, {"productRows": [ROW]}, result_next={"c2": 50}))
    canned.say(batch({"productRows": [ROW]}, result_next={"c0": 50}))
    seen = box.look(Look(heavy=[RecordId("342")]), free).records["342"]
    assert len(seen.get("rows")) == 2
    assert len(canned.asked) == 2


METHODS = Path(os.environ.get("SVERKA_SHARED", Path(__file__).parents[5] / "shared")) / "data/bitrix24/methods"
SENT = [
    commands.listed(DEAL, {"@id": ("1",)}),
    commands.listed(CONTACT, {"@id": ("1",)}, ("id", "assignedById")),
    commands.got(DEAL, "1"),
    commands.added(DEAL, {"title": "x"}),
    commands.added(CONTACT, contact(NewCustomer(1, Customer("x", phone="1", email="2"), "9", "o"), "hub")),
    commands.updated(2, "1", {"title": "x"}),
    commands.rows_set("D", "1", [{"productName": "x", "price": Decimal(1)}]),
    commands.rows_listed("D", "1"),
    commands.found("PHONE", ("1",)),
    commands.fields_of(2),
    commands.stage_moves(2, {">ID": "0"}),
    commands.statuses("DEAL_STAGE"),
    commands.funnels(),
    commands.user_fields(),
]


@pytest.mark.skipif(not METHODS.is_dir(), reason="the vendor's method schemas are not here: set SVERKA_SHARED")
@pytest.mark.parametrize("command", SENT, ids=[f"{one.method}-{place}" for place, one in enumerate(SENT)])
def test_every_command_fits_the_vendors_own_schema(command):
    schema = json.loads((METHODS / f"{command.method}.json").read_text(encoding="utf-8"))
    known = {param["name"]: param for param in schema["params"]}
    assert set(command.params) <= set(known) | {"useOriginalUfNames"}
    required = {name for name, param in known.items() if param["required"] is True}
    assert required <= set(command.params)


def test_a_right_that_one_record_lacks_is_that_records_affair():
    assert type(problems.sort("ACCESS_DENIED", "Access denied", 400, "crm.item.update", "p.bitrix24.ru")) is Rejected
