"""Where a buyer came from, over HTTP: marks, source and trace of the new deal; and how the deal is found back."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.http_world import SOUVENIRS, WOO, HttpWorld

TOLD = {
    "_wc_order_attribution_source_type": "utm",
    "_wc_order_attribution_utm_source": "yandex",
    "_wc_order_attribution_utm_medium": "cpc",
    "_wc_order_attribution_utm_campaign": "Визитки $result[c0]",
    "_wc_order_attribution_utm_content": "(not set)",
    "_wc_order_attribution_referrer": "https://ya.ru/",
    "_wc_order_attribution_session_entry": "https://shop.example/?utm_source=yandex",
    "_wc_order_attribution_device_type": "Mobile",
}
DOCUMENT = (
    SOUVENIRS
    + """
[analytics]
utm = true
trace = true
sources = { yandex = "ADVERTISING" }
source_description = "{site} {attribution.utm_source} / {attribution.utm_medium}"
"""
)


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.apply(DOCUMENT)
        yield world


def traces(world: HttpWorld) -> list[dict[str, object]]:
    return [item.values for item in world.portal.core.state.tables["trace"].values()]


@pytest.mark.covers("R20")
def test_an_orders_advertising_reaches_the_deal_and_the_portals_analytics(world: HttpWorld) -> None:
    order = world.order(WOO, meta=TOLD)
    world.settle()
    deal = world.deal(order)
    assert (deal["utmSource"], deal["utmMedium"], deal["utmCampaign"]) == ("yandex", "cpc", "Визитки $result [c0]")
    assert not deal["utmContent"], "a placeholder is no mark"
    assert (deal["sourceId"], deal["sourceDescription"]) == ("ADVERTISING", "yandex / cpc")
    (trace,) = traces(world)
    contact = int(deal["contactIds"][0])
    assert trace["entities"] == [(2, deal["id"]), (3, contact)]
    assert world.portal.core.state.items[3][contact].values["utmSource"] == "yandex"
    assert trace["trace"]["tags"]["list"]["utm_source"] == "yandex"  # type: ignore[index]
    assert trace["trace"]["device"] == {"isMobile": True}  # type: ignore[index]
    world.ring(order)
    world.settle()
    assert len(traces(world)) == 1
    world.assert_in_step(order)


def test_an_order_that_tells_nothing_leaves_no_trace(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    assert traces(world) == []
    assert not world.deal(order)["utmSource"]


def test_a_trace_that_is_refused_harms_nothing(world: HttpWorld) -> None:
    world.fault("refuse", "crm.tracking.trace.add", status=400, code="ERROR_CORE")
    order = world.order(WOO, meta=TOLD)
    world.settle()
    assert traces(world) == []
    world.assert_in_step(order)


@pytest.mark.parametrize("kind", ["close", "truncate"])
def test_a_birth_whose_answer_was_lost_leaves_one_trace(world: HttpWorld, kind: str) -> None:
    world.fault(kind, "crm.tracking.trace.add")
    order = world.order(WOO, meta=TOLD | {"_wc_order_attribution_utm_campaign": "Визитки"})
    world.settle()
    assert len(traces(world)) == 1
    world.assert_in_step(order)


def test_the_pages_own_trace_is_passed_on_as_it_is(world: HttpWorld) -> None:
    world.apply(SOUVENIRS + '[analytics]\ntrace = "property.b24_trace"\n')
    own = {"url": "https://shop.example/", "tags": {"list": {"utm_source": "vk"}}, "pages": {"list": []}}
    whole = world.order(WOO, meta={"b24_trace": json.dumps(own)})
    broken = world.order(WOO, meta={"b24_trace": "{half"})
    world.settle()
    assert [one["trace"] for one in traces(world)] == [own]
    world.assert_in_step(whole, broken)


def test_a_manager_who_mends_a_mark_keeps_it(world: HttpWorld) -> None:
    order = world.order(WOO, meta=TOLD)
    world.settle()
    world.clock.advance(1)
    world.portal.edit(2, int(world.deal(order)["id"]), {"utmSource": "vk", "sourceId": "WEB"})
    world.settle()
    assert (world.deal(order)["utmSource"], world.deal(order)["sourceId"]) == ("vk", "WEB")
    assert world.differences(order) == {"utm.source": "kept", "source": "kept"}, "shown, and nobody is asked"


@pytest.mark.covers("R276")
def test_the_comment_of_a_deal_leads_back_to_its_order(world: HttpWorld) -> None:
    world.apply(SOUVENIRS + '"order.url" = { to = "comments", way = "->" }\n')
    order = world.order(WOO)
    world.settle()
    page = f"{world.woo.url}/wp-admin/admin.php?page=wc-orders&action=edit&id={order.id}"
    assert page in world.deal(order)["comments"]
    assert Decimal(str(world.deal(order)["opportunity"])) == world.total(order)


@pytest.mark.covers("R277")
def test_the_archives_link_stands_in_the_deal_once_the_archive_is_there(world: HttpWorld) -> None:
    world.apply(SOUVENIRS + '"property.download_link" = { to = "comments", way = "->" }\n')
    order = world.order(WOO)
    world.settle()
    assert not world.deal(order)["comments"], "no dead link before"
    world.clock.advance(1)
    link = "https://shop.example/archive/1.zip"
    world.woo.store.edit(int(order.id), {"meta_data": [{"key": "download_link", "value": link}]})
    world.settle()
    assert world.deal(order)["comments"] == link
    world.assert_in_step(order)
