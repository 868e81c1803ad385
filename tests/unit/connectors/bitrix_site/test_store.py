import json
import tomllib
from datetime import timedelta
from importlib.resources import files
from urllib.parse import urlencode

import pytest

from sverka.connectors.bitrix_site import BitrixSite, connect
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import AuthLost, Forged, Gone, Later, Misconfigured, Problem, Unanswered
from sverka.domain.mapping.field import FieldType
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.notices import Subject
from sverka.ports.store import OrderWrite
from sverka.sandbox.bitrix_site.errors import BitrixError


def test_fifty_orders_are_one_request(site, placed, server):
    ids = [placed() for _ in range(51)]
    site.read(ids[:1])
    server.log.clear()
    found = site.read([*ids, "9999", "abc"])
    assert server.log.counts() == {"batch": 2}
    assert all(isinstance(found[id_], Snapshot) for id_ in ids)
    assert isinstance(found["9999"], Gone)
    assert isinstance(found["abc"], Gone)


@pytest.mark.covers("C38", "C41")
@pytest.mark.parametrize(("key", "value"), [("dateInsert", "yesterday"), ("price", "NaN"), ("taxValue", "Infinity")])
def test_an_unreadable_order_spoils_no_other(site, placed, shop, key, value):
    good, bad = placed(), placed()
    shop.order(int(bad))[key] = value
    found = site.read([bad, good])
    assert isinstance(found[bad], Problem)
    assert isinstance(found[good], Snapshot)


FAULTS = [
    ("html_503", Later, Unanswered),
    ("login_page", Later, Unanswered),
    ("error_200", Later, Later),
    ("json_503", Later, Later),
    ("429", Later, Later),
    ("401", AuthLost, AuthLost),
    ("302", Misconfigured, Misconfigured),
    ("truncated", Later, Unanswered),
    ("closed_after_commit", Later, Unanswered),
]


@pytest.mark.parametrize(("fault", "on_read", "on_write"), FAULTS)
def test_every_fault_is_sorted_and_tells_no_secret(site, placed, server, shop, fault, on_read, on_write):
    id_ = placed()
    site.read([id_])
    server.faults.arm(fault)
    problem = site.read([id_])[id_]
    assert type(problem) is on_read
    server.faults.arm(fault, skip=1)
    on_the_way = site.write([OrderWrite(id_, {"status": "P"})], free)[id_]
    assert type(on_the_way) is on_write
    for said in (problem, on_the_way):
        assert shop.secret not in f"{said!r} {said.text.en} {said.text.ru} {said.__cause__!r}"
    assert isinstance(site.read([id_])[id_], Snapshot)


def test_a_busy_site_names_the_pause(site, placed, server):
    id_ = placed()
    server.faults.arm("429")
    assert site.read([id_])[id_].after == timedelta(seconds=2)


def test_a_lost_answer_had_been_written(site, placed, server, shop):
    id_ = placed()
    site.read([id_])
    server.faults.arm("closed_after_commit", skip=1)
    assert isinstance(site.write([OrderWrite(id_, {"status": "P"})], free)[id_], Unanswered)
    assert shop.order(id_)["statusId"] == "P"


def test_nobody_there_is_later(kit):
    store = BitrixSite("http://127.0.0.1:9/rest/1/very-secret/", "", kit)
    problem = store.read(["1"])["1"]
    store.close()
    assert type(problem) is Later
    assert "very-secret" not in f"{store!r} {problem.text} {problem.__cause__!r}"


def test_a_webhook_that_is_none_is_refused_without_showing_it(kit):
    with pytest.raises(Misconfigured) as caught:
        connect({}, {"webhook": "https://shop.example/very-secret"}, kit)
    assert "very-secret" not in str(caught.value)


def test_a_wrong_secret_is_auth_lost(server, kit):
    store = BitrixSite(server.webhook_url[:-3] + "zz/", "", kit)
    assert isinstance(store.read(["1"])["1"], AuthLost)
    assert [finding.level for finding in store.check()] == [Level.BAD, Level.BAD]
    store.close()


def test_changed_since_includes_its_own_moment_and_every_page(site, placed, clock):
    old = placed()
    clock.advance(60)
    moment = clock.now()
    same_second = [placed() for _ in range(70)]
    clock.advance(1)
    later = [placed() for _ in range(60)]
    found = list(site.changed_since(moment + timedelta(milliseconds=700)))
    assert [notice.id for notice in found] == same_second + later
    assert found[0].stamp == moment
    assert {notice.subject for notice in found} == {Subject.ORDER}
    assert [notice.id for notice in site.changed_since(None)] == [old, *same_second, *later]


def test_an_order_saved_during_a_sweep_hides_no_other(site, placed, clock, shop):
    ids = []
    for _ in range(120):
        ids.append(placed())
        clock.advance(1)
    seen = []
    for notice in site.changed_since(None):
        if not seen:
            shop.edit(int(ids[10]), {"comments": "touched"})
        seen.append(notice.id)
    assert set(seen) == set(ids)


@pytest.mark.parametrize("skip", [1, 2])
def test_a_page_that_comes_again_is_no_end_and_no_gap(site, placed, clock, server, skip):
    for _ in range(120):
        placed()
        clock.advance(1)
    server.faults.arm("repeated", on="sale.order.list", skip=skip)
    met, seen = None, []
    try:
        seen += [notice.id for notice in site.changed_since(None)]
    except Later as problem:
        met = problem
    assert met is not None or len(seen) == 120
    assert met is None or "cache" in met.text.en
    assert len(list(site.changed_since(None))) == 120


def test_a_site_that_pays_no_heed_to_where_a_page_begins_is_not_asked_for_ever(site, placed, server):
    for _ in range(70):
        placed()
    server.faults.arm("repeated", on="sale.order.list", skip=1, times=1000)
    with pytest.raises(Later):
        list(site.changed_since(None))
    assert server.log.count("sale.order.list") < 5


def test_a_list_that_repeats_itself_is_not_read_for_ever(site, server, shop):
    rows = shop.catalogue.properties
    rows += [{**rows[3], "id": 500 + number, "code": f"P{number}"} for number in range(100)]
    server.faults.arm("repeated", on="sale.property.list", skip=1, times=1000)
    with pytest.raises(Later):
        site.catalogue()


def form(event: str, id_: object, token: str) -> bytes:
    return urlencode({"event": event, "data[FIELDS][ID]": id_, "auth[application_token]": token}).encode()


def test_a_saved_order_rings(site):
    (notice,) = site.notices({}, form("ONSALEORDERSAVED", 17, "token-of-the-site"))
    assert (notice.subject, notice.id, notice.event) == (Subject.ORDER, "17", "ONSALEORDERSAVED")
    for event in ("ONSALEBEFOREORDERDELETE", "ONORDERENTITYSAVED", "ONORDERDELETED"):
        assert site.notices({}, form(event, 17, "token-of-the-site"))[0].id == "17"


def test_a_part_of_an_order_rings_for_nothing(site):
    assert site.notices({}, form("ONPAYMENTENTITYSAVED", 17, "token-of-the-site")) == []
    assert site.notices({}, form("ONSALEORDERSAVED", "x", "token-of-the-site")) == []


@pytest.mark.covers("C77")
@pytest.mark.parametrize(
    "body", [form("ONSALEORDERSAVED", 1, "wrong"), form("ONSALEORDERSAVED", 1, ""), b"", b"{", b"[]"]
)
def test_a_forged_event_is_refused(site, body):
    with pytest.raises(Forged):
        site.notices({}, body)


def test_without_a_token_no_event_is_trusted(server, kit):
    store = BitrixSite(server.webhook_url, "", kit)
    with pytest.raises(Forged):
        store.notices({}, form("ONSALEORDERSAVED", 1, ""))
    store.close()


def test_a_recorded_event_rings(sample, kit):
    event = sample("event_onsaleordersaved.json")
    body = json.dumps(event).encode()
    store = BitrixSite("https://shop.example/rest/1/s/", event["auth"]["application_token"], kit)
    assert [notice.id for notice in store.notices({}, body)] == ["300"]
    store.close()


def test_the_catalogue_names_statuses_properties_and_their_options(site):
    fields = {field.key: field for field in site.catalogue()}
    assert len(fields) == len(site.catalogue())
    assert list(fields["status"].options) == ["N", "P", "S", "D", "F", CANCELLED]
    assert fields["status"].options["N"] == "Принят, ожидается оплата"
    assert fields["property.PAPER"].type is FieldType.CHOICE
    assert fields["property.PAPER"].options == {"glossy": "Глянцевая", "matte": "Матовая"}
    assert fields["property.PHONE"].type is FieldType.PHONE
    assert fields["property.LAYOUT"].writable
    assert fields["delivery.method"].options["2"] == "Курьер"
    assert fields["delivery.status"].options["DN"] == "Ожидает обработки"
    assert fields["channel"].options == {"bx_platform_1": "Интернет-магазин", "bx_platform_2": "Маркет"}
    assert fields["payer"].options == {"1": "Физическое лицо", "2": "Юридическое лицо"}
    assert fields["customer.phone"].writable
    assert not fields["customer.first_name"].writable, "the shop has no property for it"
    assert fields["status"].writable
    assert not fields["total"].writable


def test_every_field_of_an_order_is_in_the_catalogue(site, placed):
    id_ = placed()
    keys = {field.key for field in site.catalogue()}
    assert set(site.read([id_])[id_].fields) <= keys


def test_the_check_names_the_sites_of_the_newest_orders(site, shop, placed):
    assert not any("sites" in finding.text.en for finding in site.check())
    for lid in ("s1", "s2", "s1"):
        shop.order(int(placed()))["lid"] = lid
    (said,) = [finding for finding in site.check() if "sites" in finding.text.en]
    assert said.level is Level.GOOD
    assert "s1, s2" in said.text.en
    assert "s1, s2" in said.text.ru


def test_a_webhook_that_may_not_read_the_trade_platforms_names_none(site, server, monkeypatch):
    call = server._rest.call

    def refusing(method, params):
        if method.lower() == "sale.tradeplatform.list":
            raise BitrixError("200040300010", "Access Denied")
        return call(method, params)

    monkeypatch.setattr(server._rest, "call", refusing)
    fields = {field.key: field for field in site.catalogue()}
    assert fields["channel"].options == {}


def test_properties_of_one_code_are_one_field_with_what_each_payer_type_has(site, shop):
    shop.catalogue.variants.append({**shop.catalogue.variants[-1], "id": 999, "value": "kraft", "name": "Крафт"})
    shop.catalogue.property_by_code(2, "LAYOUT")["multiple"] = "Y"
    fields = [field for field in site.catalogue() if field.key in ("property.PAPER", "property.LAYOUT")]
    assert [(field.key, field.many, set(field.options)) for field in fields] == [
        ("property.PAPER", False, {"glossy", "matte", "kraft"}),
        ("property.LAYOUT", True, set()),
    ]


def test_a_russian_name_of_a_status_stands_before_every_other(site, shop):
    for lid, name in (("en", "Accepted"), ("de", "Angenommen")):
        shop.catalogue.status_names.append({"description": "", "lid": lid, "name": name, "statusId": "N"})
    shop.catalogue.status_names.insert(0, {"description": "", "lid": "en", "name": "Paid", "statusId": "P"})
    options = {field.key: field for field in site.catalogue()}["status"].options
    assert options["N"] == "Принят, ожидается оплата"
    assert options["P"] == "Оплачен, формируется к отправке"


def test_the_check_says_what_is_missing(site, shop):
    assert Level.GOOD in {finding.level for finding in site.check()}
    shop.scopes -= {"delivery"}
    assert any("delivery" in finding.text.en for finding in site.check())
    shop.scopes.clear()
    said = site.check()
    assert [finding.level for finding in said] == [Level.BAD, Level.BAD]
    assert "bitrix:rest.hook" in said[1].text.ru


def test_new_properties_are_learnt_at_once(site, placed, shop, clock):
    site.read([placed()])
    clock.advance(1)
    new = {**shop.catalogue.properties[0], "id": 90, "code": "QTY", "type": "NUMBER", "isPayer": "N"}
    shop.catalogue.properties.append(new)
    id_ = placed(properties={"qty": "12.5"})
    assert str(site.read([id_])[id_].get("property.QTY")) == "12.5"
    assert type(site.read([id_])[id_].get("property.QTY")).__name__ == "Decimal"


def test_the_manifest_says_what_the_store_can(site):
    manifest = tomllib.loads(files("sverka.connectors.bitrix_site").joinpath("manifest.toml").read_text("utf-8"))
    assert set(manifest["can"]["writes"]) == site.can.writes
    assert manifest["side"] == "store"
    for rule in manifest["quality"].values():
        assert rule["level"] == "done" or rule["reason"]
