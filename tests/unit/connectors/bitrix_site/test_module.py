"""The site's module as one more way in, and REST wherever it does not answer as itself."""

from collections.abc import Iterator

import pytest

from sverka.connectors.bitrix_site import BitrixSite, connect, signing
from sverka.domain.errors import Forged, Gone, Later, Misconfigured, Unanswered
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.notices import Subject
from sverka.ports.store import OrderWrite
from sverka.sandbox.shop.receiver import Receiver
from sverka.sandbox.shop.web import json_reply


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def site(server, kit, receiver) -> Iterator[BitrixSite]:
    secret = server.module.install(receiver.url)
    store = BitrixSite(server.webhook_url, "", kit, module_secret=secret)
    yield store
    store.close()


def written(site, order, **fields):
    return site.write([OrderWrite(order, {key.replace("__", "."): value for key, value in fields.items()})], free)[
        order
    ]


def test_fifty_orders_are_one_call(site, placed, server):
    ids = [placed() for _ in range(51)]
    site.read(ids[:1])
    server.log.clear()
    found = site.read([*ids, "9999"])
    assert server.log.counts() == {"module": 2}
    assert all(isinstance(found[id_], Snapshot) for id_ in ids)
    assert isinstance(found["9999"], Gone)


def test_it_shows_what_rest_shows_and_the_coupons_besides(site, placed, server, shop, kit):
    order = placed()
    shop.coupons[int(order)] = ["FRIEND"]
    rest = BitrixSite(server.webhook_url, "", kit)
    by_rest, by_module = rest.read([order])[order], site.read([order])[order]
    rest.close()
    assert {**by_module.fields, "coupons": ()} == by_rest.fields
    assert by_module.fields["coupons"] == ("FRIEND",)
    assert (by_module.stamp, by_module.url) == (by_rest.stamp, by_rest.url)


def test_a_site_that_lost_its_module_is_read_through_rest_and_asked_again_later(site, placed, server, clock):
    order = placed()
    site.read([order])
    secret, server.module.secret = server.module.secret, ""
    server.log.clear()
    shown = site.read([order])[order]
    assert server.log.counts() == {"module": 1, "batch": 1}
    assert shown.left_out("coupons"), "REST tells too few of them"
    site.read([order])
    assert server.log.counts() == {"module": 1, "batch": 2}
    server.module.secret = secret
    clock.advance(901)
    assert not site.read([order])[order].left_out("coupons")


@pytest.mark.parametrize("fault", ["html_503", "login_page", "302", "truncated", "php_warning", "401", "429", "bom"])
def test_whatever_does_not_answer_as_the_module_is_none(site, placed, server, fault):
    order = placed()
    server.faults.arm(fault, on="module")
    assert isinstance(site.read([order])[order], Snapshot)


def test_a_cached_answer_is_none_of_the_modules(site, placed, server):
    first, order = placed(), placed()
    site.read([first])
    server.faults.arm("repeated", on="module")
    assert isinstance(site.read([order])[order], Snapshot)


def test_an_answer_that_nobody_signed_makes_no_order_gone(site, placed, server):
    order = placed()
    server.module.answer = lambda call: json_reply(200, {"orders": {}})
    assert isinstance(site.read([order])[order], Snapshot)


def test_a_property_is_set_alone_in_one_call_and_read_back(site, placed, server, shop):
    order = placed(properties={"layout": {"fileData": ["a.pdf", "aGVsbG8="]}})
    site.read([order])
    server.log.clear()
    wrote = written(site, order, property__CITY="Москва")
    assert server.log.counts() == {"module": 2}, "one reads and one writes"
    assert wrote.after.fields["property.CITY"] == "Москва"
    assert wrote.after.fields["property.LAYOUT"].name == "a.pdf"
    assert wrote.refused == {}


def test_what_goes_by_rest_goes_beside_it_and_keeps_the_coupons(site, placed, server, shop):
    order = placed()
    shop.coupons[int(order)] = ["FRIEND"]
    server.log.clear()
    wrote = written(site, order, property__CITY="Москва", status="P")
    assert (wrote.after.fields["property.CITY"], wrote.after.fields["status"]) == ("Москва", "P")
    assert wrote.after.fields["coupons"] == ("FRIEND",)
    assert "batch" in server.log.counts()


def test_an_order_that_changed_meanwhile_is_left_and_looked_at_again(site, placed, shop, server):
    order = placed()
    site.read([order])
    answer = server.module._patched
    server.module._patched = lambda asked: (shop.edit(int(order), {"comments": "mine"}), answer(asked))[1]
    assert isinstance(written(site, order, property__CITY="Москва"), Later)
    assert {row["code"]: row["value"] for row in shop.order(int(order))["propertyValues"]}["CITY"] == "Тверь"


def test_a_refused_property_is_told_as_through_rest(site, placed):
    order = placed()
    wrote = written(site, order, property__PAPER="gold", property__CITY="Москва")
    assert set(wrote.refused) == {"property.PAPER"}
    assert wrote.after.fields["property.CITY"] == "Москва"


def test_a_lost_answer_to_a_write_leaves_it_open(site, placed, server):
    order = placed()
    site.read([order])
    server.faults.arm("closed_after_commit", on="module", skip=1)
    assert isinstance(written(site, order, property__CITY="Москва"), Unanswered)


def test_an_order_is_revived_before_its_properties_are_set(site, placed, shop, server):
    order = placed()
    shop.cancel(int(order))
    server.log.clear()
    wrote = written(site, order, property__CITY="Москва", status="P")
    assert (wrote.after.fields["status"], wrote.after.fields["property.CITY"]) == ("P", "Москва")
    assert server.log.counts()["module"] == 1, "the module reads it, and REST writes in its order"


def test_one_hit_rings_for_every_order_of_it(site, placed, server, shop, receiver):
    ids = [placed() for _ in range(3)]
    server.wait_idle()
    before = len(receiver.received())
    shop.mass_update([int(id_) for id_ in ids], {"comments": "import"})
    server.wait_idle()
    (sent,) = receiver.received()[before:]
    notices = site.notices(sent.headers, sent.body)
    assert [(one.subject, one.id, one.event) for one in notices] == [(Subject.ORDER, id_, "saved") for id_ in ids]
    shop.delete(int(ids[0]))
    server.wait_idle()
    last = receiver.received()[-1]
    assert [(one.id, one.event) for one in site.notices(last.headers, last.body)] == [(ids[0], "deleted")]


def test_the_hubs_own_writes_ring_no_bell(site, placed, server, receiver):
    order = placed()
    server.wait_idle()
    before = len(receiver.received())
    written(site, order, property__CITY="Москва", status="P")
    server.wait_idle()
    assert len(receiver.received()) == before


def test_a_spoilt_or_old_notice_is_forged(site, placed, server, receiver, clock):
    placed()
    (sent,) = receiver.wait_for(1)
    for headers, body in (
        ({**sent.headers, "x-sverka-signature": "0" * 64}, sent.body),
        ({**sent.headers, "x-sverka-timestamp": "1"}, sent.body),
        ({**sent.headers, "x-sverka-timestamp": "²"}, sent.body),
        ({**sent.headers, "x-sverka-nonce": "f" * 32}, sent.body),
        (sent.headers, sent.body + b" "),
        ({}, sent.body),
    ):
        with pytest.raises(Forged):
            site.notices(headers, body)
    clock.advance(301)
    with pytest.raises(Forged):
        site.notices(sent.headers, sent.body)


def test_without_a_secret_no_signature_is_right(server, kit, placed, receiver):
    server.module.install(receiver.url)
    placed()
    (sent,) = receiver.wait_for(1)
    bare = BitrixSite(server.webhook_url, "", kit)
    with pytest.raises(Forged):
        bare.notices(sent.headers, sent.body)
    bare.close()


def test_an_empty_secret_signs_nothing(clock):
    headers = signing.signed("bell", "", clock.now(), b"{}")
    assert not signing.is_ours("bell", "", clock.now(), headers, b"{}")


def test_a_signed_message_that_says_nothing_rings_for_nothing(site, server, clock):
    for body in (
        b"",
        b"[]",
        b'{"orders": 5}',
        b'{"orders": [5, {"id": "x"}, {}]}',
        b'{"orders": null}',
    ):
        headers = signing.signed("bell", server.module.secret, clock.now(), body)
        assert site.notices(headers, body) == []


def test_the_check_says_what_the_module_lacks(site, server, clock, shop):
    assert (site.check()[-1].level, "0.1.0" in site.check()[-1].text.en) == (Level.GOOD, True)
    server.module.hub = ""
    assert "no address of the hub" in site.check()[-1].text.en
    server.module.secret = "other"
    assert "module_secret" in site.check()[-1].text.en


def test_no_secret_is_shown(site, server):
    assert server.module.secret not in f"{site!r}{vars(site)}{site._module!r}"


def test_a_secret_shorter_than_the_module_takes_is_refused_at_once(server, kit):
    with pytest.raises(Misconfigured) as caught:
        connect({}, {"webhook": server.webhook_url, "module_secret": "short" * 6}, kit)
    assert "openssl rand -hex 32" in caught.value.text.ru
    assert "shortshort" not in caught.value.text.en
