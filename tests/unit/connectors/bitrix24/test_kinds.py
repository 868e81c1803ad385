"""Leads and smart invoices beside deals: found, made, changed and walked by one table of kinds, in shared requests."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from sverka.connectors.bitrix24.kinds import INVOICES, LEADS, by_number, kind_of, number_of
from sverka.domain.commerce.lines import Line, same_lines
from sverka.domain.errors import Gone
from sverka.domain.ids import RecordId
from sverka.domain.kind import Kind
from sverka.ports.backoffice import Look, RecordWrite
from sverka.ports.kinds import KeepsKinds, whole_catalogue
from sverka.ports.notices import Notice, Subject
from sverka.ports.store import Wrote

DEAL, LEAD, INVOICE = 2, 1, 31
ROWS = (Line("Визитки", Decimal(2), Decimal("500.00")),)


@pytest.fixture
def births(origin):
    def make(key, kind, **more):
        fields = {"title": f"№{key}", "opportunity": Decimal(1000), "rows": ROWS, **more.pop("fields", {})}
        return RecordWrite(key, fields, origin=replace(origin(key), kind=kind), **more)

    return make


def test_ids_tell_the_kinds_apart():
    assert [kind_of(one).kind for one in ("57", "L_5", "SI_7")] == [Kind.DEAL, Kind.LEAD, Kind.INVOICE]
    assert [number_of(one) for one in ("57", "L_5", "SI_7")] == ["57", "5", "7"]
    assert sorted(["L_10", "L_9", "57", "6"], key=by_number) == ["6", "57", "L_9", "L_10"]


def test_records_of_all_kinds_are_made_changed_and_looked_at_in_one_request_each(office, guard, births, portal):
    whole_catalogue(office)
    portal.reset_counters()
    made = office.write([births(n, kind) for n, kind in enumerate((Kind.DEAL, Kind.LEAD, Kind.INVOICE))], guard)
    assert portal.counters.requests == 1
    ids = [made[n].after.id for n in range(3)]
    assert ids == ["1", "L_1", "SI_1"]
    assert all(same_lines(made[n].after.get("rows"), ROWS) for n in range(3))
    portal.reset_counters()
    patches = [RecordWrite(n, {"title": "Новое"}, record=RecordId(one)) for n, one in enumerate(ids)]
    again = office.write(patches, guard)
    assert portal.counters.requests == 1
    assert all(isinstance(one, Wrote) and one.after.get("title") == "Новое" for one in again.values())
    portal.reset_counters()
    seen = office.look(Look(records=ids, heavy=ids), guard)
    assert portal.counters.requests == 1
    assert all(seen.records[one].id == one and same_lines(seen.records[one].get("rows"), ROWS) for one in ids)
    assert [seen.records[one].url.rsplit("/crm/", 1)[1] for one in ids] == [
        "deal/details/1/",
        "lead/details/1/",
        "type/31/details/1/",
    ]


def test_a_request_of_three_kinds_holds_no_more_than_a_batch_takes(office, guard, births, portal):
    whole_catalogue(office)
    kinds = (Kind.DEAL, Kind.LEAD, Kind.INVOICE)
    portal.reset_counters()
    answers = office.write([births(n, kinds[n % 3]) for n in range(50)], guard)
    assert all(isinstance(one, Wrote) for one in answers.values())
    assert portal.counters.requests == 3


def test_a_record_is_found_by_its_origin_among_its_own_kind(office, guard, births, origin):
    office.write([births(1, Kind.LEAD), births(2, Kind.INVOICE)], guard)
    asked = [replace(origin(n), kind=kind) for n in (1, 2) for kind in (Kind.DEAL, Kind.LEAD, Kind.INVOICE)]
    seen = office.look(Look(origins=asked), guard)
    found = {(one.order.id, one.kind): [shown.id for shown in seen.origins[one]] for one in asked}
    assert {key: ids for key, ids in found.items() if ids} == {
        ("1", Kind.LEAD): ["L_1"],
        ("2", Kind.INVOICE): ["SI_1"],
    }
    assert seen.origins[asked[1]][0].origin == f"hub-1/{asked[1].id}"
    assert seen.origins[asked[5]][0].origin == f"hub-1/{asked[5].id}"


def test_an_invoice_hangs_on_its_deal_and_its_client(office, guard, births, portal):
    contact, company = portal.create(3, {"name": "Анна"}), portal.create(4, {"title": "ООО"})
    deal = portal.create(DEAL, {"title": "x"})
    parties = [RecordId(str(contact)), RecordId(f"CO_{company}")]
    office.write([births(1, Kind.INVOICE, parent=RecordId(str(deal)), contacts=parties)], guard)
    made = portal.item(INVOICE, 1).values
    assert (made["parentId2"], made["contactIds"], made["companyId"]) == (deal, [contact], company)


@pytest.mark.parametrize(
    ("fields", "name"), [({"fullName": "Ким Анна"}, "Ким Анна"), ({"fullName": "Ким Анна", "name": "Анна"}, "Анна")]
)
def test_a_lead_is_told_who_it_is_and_how_he_is_reached(office, guard, births, portal, fields, name):
    told = {**fields, "phone": "+79990000001", "email": "a@example.ru"}
    answers = office.write([births(1, Kind.LEAD, fields=told)], guard)
    assert isinstance(answers[1], Wrote)
    assert answers[1].refused == {}
    lead = portal.item(LEAD, 1)
    assert lead.values["name"] == name
    assert {line.type_id: line.value for line in lead.fm} == {"PHONE": "+79990000001", "EMAIL": "a@example.ru"}


def test_the_deals_made_of_a_lead_are_found_and_say_so(office, guard, births, portal):
    office.write([births(n, Kind.LEAD) for n in (1, 2)], guard)
    made = portal.convert_lead(1)
    portal.create(DEAL, {"title": "other"})
    seen = office.look(Look(leads=[RecordId("L_1"), RecordId("L_2")]), guard)
    (found,) = seen.made["L_1"]
    assert (found.id, found.made_of) == (str(made["deal"]), "L_1")
    assert same_lines(found.get("rows"), ROWS)
    assert seen.made["L_2"] == []


def test_a_deal_that_a_person_made_takes_on_an_origin_and_a_funnel(office, guard, origin, portal):
    deal = RecordId(str(portal.create(DEAL, {"title": "x"})))
    write = RecordWrite(1, {"categoryId": "2", "stageId": "C2:NEW"}, record=deal, origin=origin(1))
    answers = office.write([write], guard)
    assert answers[1].after.id == deal
    assert (answers[1].after.get("stageId"), answers[1].after.get("title")) == ("C2:NEW", "x")
    assert [one.id for one in office.look(Look(origins=[origin(1)]), guard).origins[origin(1)]] == [deal]


def test_a_lead_that_is_gone_is_gone_and_a_deal_of_that_number_is_not(office, guard, portal):
    portal.create(DEAL, {"title": "x"})
    seen = office.look(Look(records=[RecordId("1"), RecordId("L_1")]), guard)
    assert seen.records["1"].id == "1"
    assert isinstance(seen.records["L_1"], Gone)


def test_changes_of_the_kinds_asked_for_come_in_one_request(office, portal, time):
    for entity in (DEAL, LEAD, INVOICE):
        portal.create(entity, {"title": "x"})
    moment = time.now() - timedelta(minutes=1)
    portal.reset_counters()
    found = list(office.changed_kinds(moment, [Kind.DEAL, Kind.LEAD, Kind.INVOICE]))
    assert portal.counters.requests == 1
    assert {(one.id, one.kind) for one in found} == {("1", Kind.DEAL), ("L_1", Kind.LEAD), ("SI_1", Kind.INVOICE)}
    assert {one.id for one in office.changed_since(moment)} == {"1"}


@pytest.mark.parametrize(
    ("event", "more", "known", "kind"),
    [
        ("ONCRMLEADUPDATE", {}, "L_7", Kind.LEAD),
        ("ONCRMLEADDELETE", {}, "L_7", Kind.LEAD),
        ("ONCRMDYNAMICITEMADD_31", {"data[FIELDS][ENTITY_TYPE_ID]": "31"}, "SI_7", Kind.INVOICE),
        ("ONCRMDYNAMICITEMUPDATE", {"data[FIELDS][ENTITY_TYPE_ID]": "31"}, "SI_7", Kind.INVOICE),
    ],
)
def test_leads_and_invoices_ring(office, event, more, known, kind):
    told = {"event": event, "data[FIELDS][ID]": "7", "auth[application_token]": "agreed", **more}
    (rung,) = office.notices({}, urlencode(told).encode())
    assert (rung.subject, rung.id, rung.kind) == (Subject.RECORD, known, kind)
    assert rung == Notice(Subject.RECORD, known, event=rung.event, kind=kind)


def test_other_smart_processes_do_not_ring(office):
    told = {"event": "ONCRMDYNAMICITEMADD", "data[FIELDS][ID]": "7", "data[FIELDS][ENTITY_TYPE_ID]": "130"}
    assert office.notices({}, urlencode({**told, "auth[application_token]": "agreed"}).encode()) == []


def test_the_fields_of_other_kinds_carry_their_names(office):
    assert isinstance(office, KeepsKinds)
    keys = {field.key: field for field in office.other_catalogues()}
    assert set(keys["lead:stageId"].options) == {"NEW", "IN_PROCESS", "PROCESSED", "CONVERTED", "JUNK"}
    assert set(keys["invoice:stageId"].options) == {"DT31_1:N", "DT31_1:S", "DT31_1:P", "DT31_1:D"}
    assert "invoice:rows" in keys
    assert not any(":" in field.key for field in office.catalogue())


def test_a_portal_in_its_simple_mode_has_no_leads(office, portal):
    portal.settings.crm_mode = 2
    assert {field.key.partition(":")[0] for field in office.other_catalogues()} == {"invoice"}
    assert any("без лидов" in finding.text.ru for finding in office.check())


def test_leads_and_invoices_have_names_of_their_own_in_refusals(office, guard, births):
    answers = office.write([births(1, Kind.LEAD, fields={"UF_NONE": "x"})], guard)
    assert "У лидов портала нет поля UF_NONE" in answers[1].refused["UF_NONE"].text.ru
    assert (LEADS.owner, INVOICES.owner) == ("L", "SI")
