"""The vendor's Python client reads and writes much: pages, keysets, batches and their chunks."""

from __future__ import annotations

import pytest
from b24pysdk import BitrixWebhook

from support.sdk_office import MANY, Office

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def many(crowd: Office) -> BitrixWebhook:
    """The client on the portal of ten thousand deals, whose counters start anew."""
    crowd.portal.limits.forget()
    crowd.portal.reset_counters()
    return BitrixWebhook(domain=crowd.domain, webhook_token=crowd.code)


@pytest.fixture
def token(office: Office) -> BitrixWebhook:
    """The client on an empty portal."""
    return BitrixWebhook(domain=office.domain, webhook_token=office.code)


def numbers(rows) -> list[int]:
    """Return the ids of rows of either generation."""
    return [int(row.get("ID") or row["id"]) for row in rows]


def test_a_list_is_read_to_its_end_by_total_and_next(crowd, many):
    rows = many.call_list("crm.deal.list", {"select": ["ID", "TITLE"], "order": {"ID": "ASC"}})["result"]
    assert numbers(rows) == list(range(1, MANY + 1))
    assert crowd.portal.counters.requests == 5, "one page, and 199 more in four batches"


def test_a_fast_list_follows_the_last_id_through_the_batch(crowd, many):
    """Each command names the last row of the one before by `$result[1][49][ID]`."""
    rows = list(many.call_list_fast("crm.deal.list", {"select": ["ID"]})["result"])
    assert numbers(rows) == list(range(1, MANY + 1))
    assert crowd.portal.counters.requests <= 6


def test_a_fast_list_backwards_stops_at_its_limit(many):
    rows = list(many.call_list_fast("crm.deal.list", descending=True, limit=260)["result"])
    assert numbers(rows) == list(range(MANY, MANY - 260, -1))


def test_a_fast_list_of_universal_items_knows_their_wrapper_and_small_id(many):
    """`crm.item.list` is filtered by `>id` once the first answer has shown how its ids are spelt."""
    rows = list(many.call_list_fast("crm.item.list", {"entityTypeId": 2, "select": ["id"]}, limit=5_000)["result"])
    assert numbers(rows) == list(range(1, 5_001))


def test_a_list_of_universal_items(many):
    params = {"entityTypeId": 2, "select": ["id"], "order": {"id": "ASC"}, "filter": {">opportunity": 9_000}}
    assert numbers(many.call_list("crm.item.list", params)["result"]) == list(range(9_002, MANY + 1))


def test_two_thousand_by_their_numbers(crowd, many):
    wanted = list(range(3, 4_003, 2))
    rows = many.call_list("crm.deal.list", {"filter": {"@ID": wanted}, "select": ["ID"]})["result"]
    assert numbers(rows) == wanted
    assert crowd.portal.counters.requests == 1


def test_two_thousand_by_their_numbers_the_fast_way(many):
    wanted = list(range(3, 4_003, 2))
    rows = many.call_list_fast("crm.deal.list", {"filter": {"ID": wanted[::-1]}})["result"]
    assert numbers(rows) == wanted


def test_a_list_behind_a_filter_and_a_limit(many):
    client = many.get_client()
    request = client.crm.deal.list(select=["ID"], filter={">=OPPORTUNITY": 100}, order={"ID": "ASC"})
    assert numbers(request.as_list(limit=120).result) == list(range(101, 221))
    assert numbers(request.as_list().result) == list(range(101, MANY + 1))


def test_fifty_in_a_batch(many):
    answer = many.call_batch([("crm.deal.get", {"ID": number}) for number in range(1, 51)])
    assert numbers(answer["result"]["result"]) == list(range(1, 51))
    assert answer["result"]["result_error"] == []


def test_the_client_holds_the_fifty_first_back(many):
    with pytest.raises(ValueError, match="Maximum batch size"):
        many.call_batch([("profile", {})] * 51)


def test_more_than_a_batch_goes_out_in_chunks_under_its_own_keys(crowd, many):
    client = many.get_client()
    requests = {f"deal{number}": client.crm.deal.get(number) for number in range(1, 251)}
    answer = client.call_batches(requests).response
    assert {key: int(row["ID"]) for key, row in answer.result.result.items()} == {
        f"deal{number}": number for number in range(1, 251)
    }
    assert crowd.portal.counters.requests == 5
    assert answer.time.operating is not None


def test_chunks_of_numbered_commands_keep_their_numbers(many):
    """The client numbers commands through, so the second chunk begins with 50: a map, where the first is a list."""
    answer = many.call_batches([("crm.deal.get", {"ID": number}) for number in range(1, 121)])
    assert [int(answer["result"]["result"][str(n)]["ID"]) for n in range(120)] == list(range(1, 121))


def test_two_thousand_updates(crowd, many):
    calls = {f"u{n}": ("crm.deal.update", {"ID": n, "FIELDS": {"COMMENTS": f"seen {n}"}}) for n in range(1, 2_001)}
    answer = many.call_batches(calls)
    assert set(answer["result"]["result"].values()) == {True}
    assert crowd.portal.counters.writes == 2_000
    assert crowd.portal.item(2, 2_000).values["comments"] == "seen 2000"


def test_two_thousand_updates_of_universal_items(crowd, many):
    fields = {"sourceDescription": "by hand & by phone = 100 %"}
    calls = [("crm.item.update", {"entityTypeId": 2, "id": n, "fields": fields}) for n in range(2_001, 4_001)]
    assert many.call_batches(calls)["result"]["result_error"] == {}
    assert crowd.portal.item(2, 4_000).values["sourceDescription"] == fields["sourceDescription"]


def test_five_hundred_creates_keep_their_order(office, token):
    calls = [("crm.deal.add", {"fields": {"TITLE": f"New {n}"}}) for n in range(500)]
    answer = token.call_batches(calls)["result"]["result"]
    assert [answer[str(n)] for n in range(500)] == list(range(1, 501))
    assert office.titles == [f"New {n}" for n in range(500)]


def test_a_deal_its_contact_and_its_rows_in_one_batch(office, token):
    phone = [{"VALUE": "+7 900 000-00-01", "VALUE_TYPE": "MOBILE"}]
    answer = token.call_batch(
        {
            "who": ("crm.contact.add", {"fields": {"NAME": "Анна & Co", "PHONE": phone}}),
            "deal": ("crm.item.add", {"entityTypeId": 2, "fields": {"title": "Order", "contactIds": ["$result[who]"]}}),
            "rows": (
                "crm.item.productrow.set",
                {
                    "ownerType": "D",
                    "ownerId": "$result[deal][item][id]",
                    "productRows": [{"productName": "Mug", "price": 149.5, "quantity": 2}],
                },
            ),
            "seen": ("crm.item.get", {"entityTypeId": 2, "id": "$result[deal][item][id]"}),
        }
    )["result"]
    assert answer["result_error"] == []
    assert answer["result"]["seen"]["item"]["contactIds"] == [answer["result"]["who"]]
    assert answer["result"]["seen"]["item"]["opportunity"] == 299
    assert token.call_method("crm.contact.get", {"ID": 1})["result"]["PHONE"][0]["VALUE"] == "+7 900 000-00-01"


def test_an_error_inside_leaves_the_others_alone(office, token):
    office.fill(3)
    answer = token.call_batch([("crm.deal.get", {"ID": number}) for number in (1, 77, 3)])["result"]
    assert {key: row["TITLE"] for key, row in answer["result"].items()} == {"0": "Deal 0", "2": "Deal 2"}
    assert set(answer["result_error"]["1"]) == {"error", "error_description"}


def test_halt_stops_the_batch_and_the_chunks_after_it(office, token):
    office.fill(3)
    calls = [("crm.deal.update", {"ID": n, "FIELDS": {"TITLE": "x"}}) for n in (1, 77, 3)]
    answer = token.call_batches(calls + [("profile", {})] * 60, halt=True)["result"]
    assert (answer["result"], set(answer["result_error"])) == ({"0": True}, {"1"})
    assert office.titles == ["x", "Deal 1", "Deal 2"]
    assert office.portal.counters.requests == 1
