"""fast-bitrix24 packs everything into batches and counts on its own limiters; here against the sandbox portal."""

from __future__ import annotations

import asyncio
import warnings

import pytest

from support.sdk_office import MANY, Office
from sverka.sandbox.portal.faults import Fault

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture
def connect(serve):
    """Return the client of a portal; it is imported late, for it reads the trusted authorities when imported."""
    from fast_bitrix24 import BitrixAsync  # noqa: PLC0415 - see above

    def client(office: Office, **settings):
        return BitrixAsync(office.webhook, verbose=False, **settings)

    return client


@pytest.fixture
def many(crowd: Office, connect):
    """The client on the portal of ten thousand deals, whose counters start anew."""
    crowd.portal.limits.forget()
    crowd.portal.reset_counters()
    return connect(crowd)


@pytest.fixture
def bitrix(office: Office, connect):
    """The client on an empty portal."""
    return connect(office)


def test_all_deals_once_each(crowd, many):
    rows = asyncio.run(many.get_all("crm.deal.list", {"select": ["ID", "TITLE"]}))
    assert sorted(int(row["ID"]) for row in rows) == list(range(1, MANY + 1))
    assert crowd.portal.counters.requests == 5


def test_all_universal_items_once_each(many):
    """It orders every list by `ID`, these too, whose field is called `id`."""
    params = {"entityTypeId": 2, "select": ["id"], "filter": {">=opportunity": 4_000}}
    rows = asyncio.run(many.get_all("crm.item.list", params))
    assert sorted(row["id"] for row in rows) == list(range(4_001, MANY + 1))


def test_two_thousand_deals_by_their_numbers(crowd, many):
    """It names the commands after the numbers, and expects the answers under them."""
    rows = asyncio.run(many.get_by_ID("crm.deal.get", range(1_000, 3_000)))
    assert {key: row["ID"] for key, row in rows.items()} == {str(n): str(n) for n in range(1_000, 3_000)}
    assert crowd.portal.counters.requests == 40


def test_two_thousand_updates(crowd, many):
    items = [{"ID": n, "fields": {"COMMENTS": f"№ {n} & more"}} for n in range(1, 2_001)]
    assert asyncio.run(many.call("crm.deal.update", items)) == (True,) * 2_000
    assert crowd.portal.item(2, 2_000).values["comments"] == "№ 2000 & more"


def test_two_thousand_universal_updates(crowd, many):
    items = [{"entityTypeId": 2, "id": n, "fields": {"opportunity": n}} for n in range(2_001, 4_001)]
    rows = asyncio.run(many.call("crm.item.update", items))
    assert sorted(row["id"] for row in rows) == list(range(2_001, 4_001))


def test_creates_of_one_batch_answer_in_the_order_asked(office, bitrix):
    items = [{"fields": {"TITLE": f"New {n}"}} for n in range(50)]
    assert asyncio.run(bitrix.call("crm.deal.add", items)) == tuple(range(1, 51))
    assert office.titles == [f"New {n}" for n in range(50)]


def test_creates_of_many_batches_answer_in_any_order(office, bitrix):
    """Its batches run side by side and are joined as they come in: one of the known deviations."""
    items = [{"fields": {"TITLE": f"New {n}"}} for n in range(500)]
    assert sorted(asyncio.run(bitrix.call("crm.deal.add", items))) == list(range(1, 501))
    assert set(office.titles) == {f"New {n}" for n in range(500)}


def test_one_create_answers_with_its_number(bitrix):
    assert asyncio.run(bitrix.call("crm.deal.add", {"fields": {"TITLE": "x"}})) == 1


def test_a_raw_call_clears_a_field(office, bitrix):
    """Raw calls go as JSON, in which null is null."""
    office.fill(1)
    asyncio.run(bitrix.call("crm.deal.update", {"ID": 1, "fields": {"TITLE": "y", "COMMENTS": None}}, raw=True))
    assert office.titles == ["y"]


def test_a_batch_of_ones_own_with_references(office, bitrix):
    commands = {
        "who": "crm.contact.add?fields[NAME]=Ann",
        "deal": "crm.deal.add?fields[TITLE]=Order&fields[CONTACT_ID]=$result[who]",
        "seen": "crm.deal.get?ID=$result[deal]",
    }
    answer = asyncio.run(bitrix.call_batch({"halt": 1, "cmd": commands}))
    assert (answer["who"], answer["seen"]["CONTACT_ID"]) == (1, "1")


def test_an_error_inside_a_batch_is_raised(office, bitrix):
    from fast_bitrix24.server_response import ErrorInServerResponseException  # noqa: PLC0415 - as above

    office.fill(2)
    with pytest.raises(ErrorInServerResponseException, match="Not found"):
        asyncio.run(bitrix.get_by_ID("crm.deal.get", [1, 2, 77]))


@pytest.mark.parametrize(("method", "path", "status"), [("crm.no", "", 404), ("profile", "x", 401)])
def test_refusals_are_raised_by_status(office, connect, method, path, status):
    from aiohttp import ClientResponseError  # noqa: PLC0415 - as above

    client = connect(office)
    client.srh.webhook = client.srh.webhook.rstrip("/") + path + "/"
    with pytest.raises(ClientResponseError) as caught:
        asyncio.run(client.call(method, {}, raw=True))
    assert caught.value.status == status


def test_overload_is_waited_out(office, bitrix):
    office.fill(120)
    office.portal.fault(Fault("error", times=2, status=503, code="QUERY_LIMIT_EXCEEDED"))
    assert len(asyncio.run(bitrix.get_all("crm.deal.list"))) == 120
    assert [line.status for line in office.portal.requests][:2] == [503, 503]


def test_the_real_limiter_is_survived(serve, connect):
    """A standard plan's bucket is full, and drains by two a second: the client slows down and comes again."""
    office = serve(plan="standard")
    office.fill(300)
    office.crowd_in()
    rows = asyncio.run(connect(office, batch_size=1).get_all("crm.deal.list"))
    assert len(rows) == 300
    assert {line.status for line in office.portal.requests} == {200, 503}


def test_it_reads_the_seconds_a_method_has_used(serve, connect):
    """After 480 seconds of one method its own limiter would wait ten minutes; another method is free."""
    office = serve(plan="enterprise", costs={"crm.deal.list": 250.0})
    client = connect(office)
    for _ in range(2):
        asyncio.run(client.call("crm.deal.list", {}, raw=True))
    asyncio.run(client.call("profile", {}, raw=True))
    waits = {name: one._calculate_needed_sleep_time() for name, one in client.srh.method_throttlers.items()}
    assert waits["crm.deal.list"] > 500
    assert waits["profile"] == 0


def test_a_method_out_of_its_seconds(serve, connect):
    """Where the portal's patience ends before the client's, its refusal is raised."""
    from aiohttp import ClientResponseError  # noqa: PLC0415 - as above

    client = connect(serve(plan="enterprise", operating_limit=1.0, default_cost=2.0))
    asyncio.run(client.call("profile", {}, raw=True))
    with pytest.raises(ClientResponseError) as caught:
        asyncio.run(client.call("profile", {}, raw=True))
    assert caught.value.status == 429


def test_without_its_policy_it_trips_over_the_seconds(office, connect):
    """A known deviation: it then keeps no account of the method and still looks for it."""
    with pytest.raises(KeyError, match="profile"):
        asyncio.run(connect(office, respect_velocity_policy=False).call("profile", {}, raw=True))


def test_an_answer_lost_after_the_write_makes_a_second_deal(office, bitrix):
    """It sends again whatever was cut: known of such clients, and why the portal counts."""
    office.portal.fault(Fault("close"))
    asyncio.run(bitrix.call("crm.deal.add", {"fields": {"TITLE": "twice"}}))
    assert office.titles == ["twice", "twice"]


def test_an_applications_token_is_asked_for_again_when_it_ends(office):
    from fast_bitrix24 import BitrixAsync  # noqa: PLC0415 - as above

    pairs = [office.portal.tokens(user_id=6) for _ in range(2)]
    office.portal.expire_token(pairs[0].access)
    given = iter(pairs)

    async def token() -> str:
        return next(given).access

    client = BitrixAsync(f"https://{office.near}/rest/", token_func=token, verbose=False)
    assert asyncio.run(client.call("crm.deal.add", {"fields": {"TITLE": "once"}})) == 1
    assert office.portal.item(2, 1).values["createdBy"] == 6
    assert [line.status for line in office.portal.requests] == [401, 200]


def test_numbers_first_then_records(office, bitrix):
    office.fill(130)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = asyncio.run(bitrix.list_and_get("crm.deal"))
    assert {int(key): row["TITLE"] for key, row in rows.items()} == {n + 1: f"Deal {n}" for n in range(130)}


def test_one_at_a_time(office, bitrix):
    office.fill(400)
    with bitrix.slow(1):
        assert len(asyncio.run(bitrix.get_all("crm.deal.list"))) == 400


def test_short_dictionaries(bitrix):
    stages = asyncio.run(bitrix.get_all("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE"}}))
    assert stages[0]["STATUS_ID"] == "NEW"
    funnels = asyncio.run(bitrix.get_all("crm.category.list", {"entityTypeId": 2}))
    assert [one["id"] for one in funnels] == [0, 2]
