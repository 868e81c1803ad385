"""Against the sandbox portal, over HTTP."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sverka.connectors.registry import make
from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Gone, Rejected
from sverka.domain.ids import RecordId
from sverka.domain.mapping.field import FieldType
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite
from sverka.ports.store import Wrote

MUG = Line(name="Кружка", quantity=Decimal(2), total=Decimal("500.00"), tax_rate=Decimal(20))
POST = Line(name="Доставка", quantity=Decimal(1), total=Decimal("300.00"))


def born(office, guard, origin, number=1, **fields):
    write = RecordWrite(1, {"title": "Заказ 1", "rows": (MUG, POST), **fields}, origin=origin(number))
    wrote = office.write([write], guard)[1]
    assert isinstance(wrote, Wrote), wrote
    return wrote


def test_a_lone_order_of_a_new_customer_takes_three_requests(office, guard, origin, portal):
    office.catalogue()
    portal.reset_counters()
    phone, mail = MatchKey("phone", "79991234567"), MatchKey("email", "anna@example.ru")
    seen = office.look(Look(origins=[origin(1)], keys=[phone, mail]), guard)
    assert seen.origins == {origin(1): []}
    assert seen.keys == {phone: [], mail: []}
    buyer = Customer(first_name="Анна", last_name="Иванова", phone="+79991234567", email="anna@example.ru")
    contact = office.add_customers([NewCustomer(7, buyer, responsible="9", origin="shop/1")], guard)[7]
    wrote = office.write(
        [RecordWrite(3, {"title": "Заказ 1", "rows": (MUG, POST)}, origin=origin(1), contacts=[contact])], guard
    )[3]
    assert portal.counters.requests == 3
    assert wrote.refused == {}
    assert wrote.after.contacts == (contact,)
    assert wrote.after.get("rows") == (
        Line("Кружка", Decimal(2), Decimal("500.00"), tax_rate=Decimal(20), measure="796"),
        Line("Доставка", Decimal(1), Decimal("300.00"), measure="796"),
    )
    assert wrote.after.get("opportunity") == Decimal(800)
    assert portal.item(3, int(contact)).values["assignedById"] == 9
    stored = [(m.type_id, m.value_type, m.value) for m in portal.item(3, int(contact)).fm]
    assert stored == [("PHONE", "MOBILE", "+79991234567"), ("EMAIL", "HOME", "anna@example.ru")]


def test_the_first_look_reads_the_fields_in_the_same_request(office, guard, origin, portal):
    office.look(Look(origins=[origin(1)], keys=[MatchKey("phone", "79991234567")]), guard)
    assert portal.counters.requests == 1


def test_what_a_write_returns_is_what_a_look_returns(office, guard, origin, portal):
    portal.add_field(2, "PAPER", "enumeration", multiple=True, options=["Мат", "Глянец"])
    for name, kind in (
        ("SUM", "money"),
        ("COUNT", "double"),
        ("READY", "date"),
        ("CALL", "datetime"),
        ("VIP", "boolean"),
    ):
        portal.add_field(2, name, kind)
    options = {spec.key: spec for spec in office.catalogue()}["UF_CRM_PAPER"].options
    fields = {
        "stageId": "C2:EXECUTING",
        "categoryId": "2",
        "opportunity": Decimal("1234.50"),
        "assignedById": "9",
        "begindate": date(2026, 5, 14),
        "comments": "50% & more + «кавычки»\n=1",
        "UF_CRM_PAPER": tuple(options),
        "UF_CRM_SUM": Decimal("300.10"),
        "UF_CRM_COUNT": Decimal("1E+3"),
        "UF_CRM_READY": date(2026, 6, 1),
        "UF_CRM_CALL": datetime(2026, 6, 1, 20, 30, tzinfo=UTC),
        "UF_CRM_VIP": True,
    }
    wrote = born(office, guard, origin, **fields)
    assert wrote.refused == {}
    assert {key: wrote.after.get(key) for key in fields} == fields
    assert wrote.after.unread == {"timeline"}
    record = RecordId(wrote.after.id)
    assert office.look(Look(records=[record], heavy=[record]), guard).records[record] == wrote.after
    light = office.look(Look(records=[record]), guard).records[record]
    assert light.unread == {"rows", "timeline"}
    assert light.get("rows") is None
    assert light.url == f"{office.client.root}/crm/deal/details/{record}/"
    assert light.changed_at == datetime(2026, 5, 14, 9, 0, tzinfo=UTC)


def test_values_are_emptied(office, guard, origin, portal):
    portal.add_field(2, "TAGS", "string", multiple=True)
    portal.add_field(2, "NOTE", "string")
    wrote = born(office, guard, origin, UF_CRM_TAGS=("a", "b"), UF_CRM_NOTE="x")
    assert wrote.after.get("UF_CRM_TAGS") == ("a", "b")
    patch = RecordWrite(2, {"UF_CRM_TAGS": (), "UF_CRM_NOTE": None, "rows": ()}, record=RecordId(wrote.after.id))
    emptied = office.write([patch], guard)[2]
    assert emptied.refused == {}
    assert [emptied.after.get(key) for key in ("UF_CRM_TAGS", "UF_CRM_NOTE", "rows")] == [None, None, None]
    assert emptied.after.unread == {"timeline"}
    assert emptied.after.title == "Заказ 1"


def test_a_second_look_finds_the_first_create_with_its_rows(office, guard, origin):
    wrote = born(office, guard, origin)
    twin = born(office, guard, origin)
    found = office.look(Look(origins=[origin(1), origin(2)]), guard).origins
    assert found == {origin(1): [wrote.after, twin.after], origin(2): []}


def test_a_mark_is_meant_to_the_letter(office, guard, origin, portal):
    portal.create(2, {"title": "x", "originatorId": "hub-1", "originId": origin("AB").id.lower()})
    assert office.look(Look(origins=[origin("AB")]), guard).origins == {origin("AB"): []}


@pytest.mark.covers("C51")
def test_more_than_a_page_of_twins_is_read_whole(office, guard, origin, portal):
    made = [portal.create(2, {"title": "x", "originatorId": "hub-1", "originId": origin(1).id}) for _ in range(53)]
    found = office.look(Look(origins=[origin(1)]), guard).origins[origin(1)]
    assert [int(one.id) for one in found] == made


@pytest.mark.covers("C51")
def test_rows_beyond_one_page_are_read_whole(office, guard, origin):
    lines = tuple(Line(f"Товар {n}", Decimal(1), Decimal(n)) for n in range(1, 121))
    wrote = born(office, guard, origin, rows=lines)
    assert len(wrote.after.get("rows")) == 120
    record = RecordId(wrote.after.id)
    assert office.look(Look(heavy=[record]), guard).records[record].get("rows") == wrote.after.get("rows")


@pytest.mark.covers("C9", "R137")
def test_phones_are_found_however_they_were_typed(office, guard, portal):
    typed = ["+7 (999) 123-45-67", "8 999 123 45 67", "79991234567"]
    made = [portal.create(3, {"name": "x", "fm": [{"typeId": "PHONE", "value": one}]}) for one in typed]
    key = MatchKey("phone", "79991234567")
    assert office.look(Look(keys=[key]), guard).keys == {key: [str(one) for one in made]}


def test_a_record_missing_from_the_list_is_asked_itself(office, guard, origin, portal):
    wrote = born(office, guard, origin)
    kept, lost = RecordId(wrote.after.id), RecordId("999")
    portal.reset_counters()
    seen = office.look(Look(records=[kept, lost]), guard)
    assert seen.records[kept].title == "Заказ 1"
    assert isinstance(seen.records[lost], Gone)
    assert portal.counters.requests == 2


def test_contacts_are_confirmed(office, guard, portal):
    alive = RecordId(str(portal.create(3, {"name": "x", "assignedById": 9})))
    seen = office.look(Look(contacts=[alive, RecordId("77")]), guard)
    assert seen.contacts[alive] == "9"
    assert isinstance(seen.contacts["77"], Gone)


@pytest.mark.covers("C21", "C23")
def test_a_patch_sets_only_what_it_names(office, guard, origin):
    record = RecordId(born(office, guard, origin).after.id)
    wrote = office.write([RecordWrite(5, {"stageId": "WON"}, record=record)], guard)[5]
    assert (wrote.after.get("stageId"), wrote.after.title) == ("WON", "Заказ 1")
    assert wrote.after.unread == {"rows", "timeline"}


def test_a_robot_that_moves_the_deal_shows_in_the_read_back(office, guard, origin, portal):
    portal.add_robot("NEW", "PREPARATION")
    assert born(office, guard, origin, stageId="NEW").after.get("stageId") == "PREPARATION"


def test_a_refused_field_leaves_the_rows_landed(office, guard, origin):
    record = RecordId(born(office, guard, origin).after.id)
    patch = RecordWrite(5, {"stageId": "NO_SUCH", "title": "x", "rows": (MUG,)}, record=record)
    wrote = office.write([patch], guard)[5]
    assert wrote.refused.keys() == {"stageId", "title"}
    assert all(isinstance(problem, Rejected) for problem in wrote.refused.values())
    assert [line.name for line in wrote.after.get("rows")] == ["Кружка"]


def test_one_refused_create_spoils_no_other(office, guard, origin):
    writes = [
        RecordWrite(n, {"title": f"№{n}", "stageId": "NO_SUCH" if n == 2 else "NEW", "rows": (MUG,)}, origin=origin(n))
        for n in (1, 2, 3)
    ]
    answers = office.write(writes, guard)
    assert isinstance(answers[2], Rejected)
    assert [answers[n].after.title for n in (1, 3)] == ["№1", "№3"]


@pytest.mark.parametrize("stands_in", ["", None, "0"])
def test_riders_of_a_refused_create_do_no_harm(office, guard, origin, portal, stands_in):
    portal.settings.unresolved_reference = stands_in
    record = RecordId(born(office, guard, origin, number=9).after.id)
    writes = [RecordWrite(1, {"stageId": "NO_SUCH", "rows": (POST,)}, origin=origin(1))]
    writes += [RecordWrite(2, {"title": "good", "rows": (MUG, POST)}, origin=origin(2))]
    answers = office.write(writes, guard)
    assert isinstance(answers[1], Rejected)
    assert answers[2].after.title == "good"
    assert len(answers[2].after.get("rows")) == 2
    assert len(office.look(Look(heavy=[record]), guard).records[record].get("rows")) == 2


def test_a_patch_of_a_deleted_deal_is_gone(office, guard, origin, portal):
    record = RecordId(born(office, guard, origin).after.id)
    portal.delete(2, int(record))
    assert isinstance(office.write([RecordWrite(5, {"title": "x"}, record=record)], guard)[5], Gone)


def test_a_field_the_portal_lacks_is_named_and_the_rest_lands(office, guard, origin):
    wrote = born(office, guard, origin, UF_CRM_NONE="x")
    assert wrote.refused.keys() == {"UF_CRM_NONE"}
    assert isinstance(wrote.refused["UF_CRM_NONE"], Rejected)
    assert wrote.after.title == "Заказ 1"


def test_a_field_added_after_the_first_look_is_typed(office, guard, origin, portal):
    record = RecordId(born(office, guard, origin).after.id)
    portal.add_field(2, "LATE", "date")
    portal.edit(2, int(record), {"UF_CRM_LATE": "2026-07-01"})
    assert office.look(Look(records=[record]), guard).records[record].get("UF_CRM_LATE") == date(2026, 7, 1)


def test_no_text_of_a_buyer_reads_another_answer(office, guard, origin):
    wrote = born(office, guard, origin, title="$result[c0][item][id]")
    assert wrote.after.title == "$result [c0][item][id]"


def test_the_catalogue(office, portal):
    portal.add_field(2, "PAPER", "enumeration", multiple=True, options=["Мат", "Глянец"])
    fields = {spec.key: spec for spec in office.catalogue()}
    stages = fields["stageId"]
    assert stages.type is FieldType.CHOICE
    assert stages.options["NEW"] == "General: New"
    assert stages.options["C2:UC_QUALITY"] == "Печать: Контроль качества"
    assert not {"CALL", "CONVERTED"} & stages.options.keys()
    assert fields["categoryId"].options == {"0": "General", "2": "Печать"}
    assert fields["sourceId"].options["WEB"] == "Web"
    assert fields["rows"].type is FieldType.LINES
    assert fields["opportunity"].type is FieldType.MONEY
    assert (fields["createdTime"].type, fields["createdTime"].writable) == (FieldType.DATETIME, False)
    paper = fields["UF_CRM_PAPER"]
    assert (paper.type, paper.many, list(paper.options.values())) == (FieldType.CHOICE, True, ["Мат", "Глянец"])


def test_a_deal_opened_by_hand_shows_no_origin(office, guard, origin, portal):
    made = born(office, guard, origin).after
    by_hand = str(portal.call("crm.item.add", {"entityTypeId": 2, "fields": {"title": "By hand"}}).result["item"]["id"])
    seen = office.look(Look(records=[RecordId(made.id), RecordId(by_hand)]), guard).records
    assert seen[RecordId(by_hand)].origin == ""
    assert seen[RecordId(made.id)].origin == f"{origin(1).hub}/{origin(1).id}"


@pytest.mark.covers("R2")
@pytest.mark.parametrize(
    ("webhook", "root"),
    [
        ("https://restoran.bitrix24.ru/rest/1/restcode/", "https://restoran.bitrix24.ru"),
        ("https://crm.restore.example:8443/rest/rest/1/c0de", "https://crm.restore.example:8443/rest"),
    ],
)
def test_a_portals_pages_are_where_its_rest_is(kit, webhook, root):
    office = make("bitrix24", {}, {"webhook": webhook}, kit)
    assert office.client.root == root
    office.close()
