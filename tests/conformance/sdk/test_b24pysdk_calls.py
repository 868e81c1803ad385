"""The vendor's Python client calls single methods: both generations, its typed answers, and every way to fail."""

from __future__ import annotations

import pytest
from b24pysdk import BitrixWebhook, errors

from support.sdk_office import Office
from sverka.sandbox.portal.faults import Fault

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def token(office: Office) -> BitrixWebhook:
    """The client on an empty portal."""
    return BitrixWebhook(domain=office.domain, webhook_token=office.code)


@pytest.fixture
def client(token: BitrixWebhook):
    """The client's typed face."""
    return token.get_client()


def test_a_deals_life_in_the_classic_manner(client):
    number = client.crm.deal.add(fields={"TITLE": "Заказ № 1", "OPPORTUNITY": "10.50"}).result
    assert client.crm.deal.update(number, fields={"STAGE_ID": "PREPARATION"}).result is True
    deal = client.crm.deal.get(number).result
    assert (deal["TITLE"], deal["OPPORTUNITY"], deal["STAGE_ID"]) == ("Заказ № 1", "10.50", "PREPARATION")
    assert client.crm.deal.delete(number).result is True
    with pytest.raises(errors.BitrixAPIBadRequest):
        _ = client.crm.deal.get(number).result


def test_a_deals_life_in_the_universal_manner(client):
    item = client.crm.item.add(entity_type_id=2, fields={"title": "Order", "opportunity": 10.5}).result["item"]
    changed = client.crm.item.update(entity_type_id=2, bitrix_id=item["id"], fields={"stageId": "WON"}).result["item"]
    assert (changed["title"], changed["opportunity"], changed["closed"]) == ("Order", 10.5, "Y")
    assert client.crm.item.get(entity_type_id=2, bitrix_id=item["id"]).result["item"] == changed
    assert client.crm.item.delete(entity_type_id=2, bitrix_id=item["id"]).result == []


def test_fields_of_both_generations_fit_the_clients_schema(client):
    classic = client.crm.deal.fields().value
    assert (classic["OPPORTUNITY"].type, classic["ID"].is_read_only) == ("double", True)
    assert client.crm.item.fields(entity_type_id=2).result["fields"]["opportunity"]["type"] == "double"


def test_rows_of_a_deal(client):
    deal = client.crm.deal.add(fields={"TITLE": "x"}).result
    assert client.crm.deal.productrows.set(deal, rows=[{"PRODUCT_NAME": "Mug", "PRICE": 5, "QUANTITY": 3}]).result
    assert client.crm.deal.productrows.get(deal).result[0]["PRODUCT_NAME"] == "Mug"


def test_contacts_of_a_deal(client):
    deal = client.crm.deal.add(fields={"TITLE": "x"}).result
    who = client.crm.contact.add(fields={"NAME": "Ann", "EMAIL": [{"VALUE": "a@example.test"}]}).result
    assert client.crm.deal.contact.add(deal, fields={"CONTACT_ID": who, "IS_PRIMARY": "Y"}).result is True
    assert [int(line["CONTACT_ID"]) for line in client.crm.deal.contact.items.get(deal).result] == [who]
    assert client.crm.duplicate.findbycomm(type="EMAIL", values=["a@example.test"]).result == {"CONTACT": [who]}


def test_who_am_i(client):
    profile = client.profile().result
    assert (profile["ID"], profile["ADMIN"]) == ("1", True)
    assert client.user.current().result["ID"] == "1"
    assert "crm" in client.scope().result


def test_the_time_of_an_answer_fits_the_clients_schema(client):
    time = client.crm.deal.list().response.time
    assert time.duration >= 0
    assert time.finish >= time.start
    assert time.operating > 0
    assert time.operating_reset_at is not None


def test_statuses_and_funnels(client):
    stages = client.crm.status.list(filter={"ENTITY_ID": "DEAL_STAGE"}, order={"SORT": "ASC"}).result
    assert stages[0]["STATUS_ID"] == "NEW"
    assert [one["id"] for one in client.crm.category.list(entity_type_id=2).result["categories"]] == [0, 2]


def test_an_unknown_method(token):
    with pytest.raises(errors.BitrixAPINotFound) as caught:
        token.call_method("crm.nothing.such")
    assert caught.value.error == "ERROR_METHOD_NOT_FOUND"


def test_a_wrong_secret(office):
    with pytest.raises(errors.BitrixAPIInvalidCredentials):
        BitrixWebhook(domain=office.domain, webhook_token="1/wrong").call_method("profile")


def test_a_method_for_applications_only(token):
    with pytest.raises(errors.BitrixAPIWrongAuthType):
        token.call_method("event.bind", {"event": "ONCRMDEALADD", "handler": "https://example.test/"})


def test_a_scope_that_was_not_granted(serve):
    office = serve(plan="enterprise", scopes=("user_brief",))
    with pytest.raises(errors.BitrixAPIInsufficientScope):
        BitrixWebhook(domain=office.domain, webhook_token=office.code).call_method("crm.deal.list")


def test_a_record_that_is_not_there(token):
    with pytest.raises(errors.BitrixAPINotFound) as caught:
        token.call_method("crm.item.get", {"entityTypeId": 2, "id": 99})
    assert caught.value.error == "NOT_FOUND"


def test_a_field_that_may_not_be_asked_for(token):
    with pytest.raises(errors.BitrixAPIInvalidArgValue):
        token.call_method("crm.item.list", {"entityTypeId": 2, "filter": {"nothingSuch": 1}})


@pytest.mark.parametrize(
    ("status", "raised"),
    [(403, "BitrixResponse403JSONDecodeError"), (500, "BitrixResponse500JSONDecodeError")],
)
def test_a_page_instead_of_an_answer(office, token, status, raised):
    office.portal.fault(Fault("html", status=status))
    with pytest.raises(getattr(errors, raised)):
        token.call_method("profile")


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (500, "INTERNAL_SERVER_ERROR", "BitrixAPIInternalServerError"),
        (500, "ERROR_UNEXPECTED_ANSWER", "BitrixAPIErrorUnexpectedAnswer"),
        (403, "ACCESS_DENIED", "BitrixAPIAccessDenied"),
        (403, "user_access_error", "BitrixAPIUserAccessError"),
        (410, "PORTAL_DELETED", "BitrixAPIPortalDeleted"),
        (400, "", "BitrixAPIBadRequest"),
    ],
)
def test_an_error_by_its_code(office, token, status, code, raised):
    office.portal.fault(Fault("error", status=status, code=code))
    with pytest.raises(getattr(errors, raised)):
        token.call_method("profile")


def test_a_moment_of_overload_is_waited_out(office, token):
    office.portal.fault(Fault("error", status=503, code="QUERY_LIMIT_EXCEEDED"))
    assert token.call_method("profile")["result"]["ID"] == "1"
    assert [line.status for line in office.portal.requests] == [503, 200]


def test_overload_without_end(office, token):
    office.portal.fault(Fault("error", times=3, status=503, code="QUERY_LIMIT_EXCEEDED"))
    with pytest.raises(errors.BitrixAPIQueryLimitExceeded):
        token.call_method("profile", initial_retry_delay=0.05, retry_delay_increment=0)


def test_the_real_limiter_is_survived(serve):
    """A standard plan's bucket is full, and drains by two a second: the client's own patience does the rest."""
    office = serve(plan="standard")
    token = BitrixWebhook(domain=office.domain, webhook_token=office.code)
    office.crowd_in()
    for _ in range(8):
        token.call_method("profile")
    assert {line.status for line in office.portal.requests} == {200, 503}


def test_a_method_out_of_its_seconds(serve):
    """The call that crosses the line is answered, the next is not, and other methods know nothing of it."""
    office = serve(plan="enterprise", costs={"crm.deal.list": 300.0})
    token = BitrixWebhook(domain=office.domain, webhook_token=office.code)
    assert [token.call_method("crm.deal.list")["time"]["operating"] for _ in range(2)] == [300, 600]
    with pytest.raises(errors.BitrixAPIOperationTimeLimit):
        token.call_method("crm.deal.list")
    inner = token.call_batch({"list": ("crm.deal.list", {}), "who": ("profile", {})})["result"]
    assert inner["result_error"]["list"]["error"] == "OPERATION_TIME_LIMIT"
    assert inner["result"]["who"]["ID"] == "1"


def test_a_renamed_portal_is_followed_with_the_whole_request(office, token):
    office.portal.rename(office.renamed)
    token.call_method("crm.deal.add", {"fields": {"TITLE": "moved"}})
    assert (token.domain, office.titles) == (office.renamed, ["moved"])


@pytest.mark.parametrize("kind", ["close", "truncate"])
def test_an_answer_lost_after_the_write_is_not_sent_again(office, token, kind):
    office.portal.fault(Fault(kind))
    with pytest.raises(errors.BitrixRequestError):
        token.call_method("crm.deal.add", {"fields": {"TITLE": "once"}})
    assert office.titles == ["once"]


def test_a_slow_answer(office, token):
    office.portal.fault(Fault("slow", seconds=0.6))
    with pytest.raises(errors.BitrixRequestTimeout):
        token.call_method("profile", timeout=0.2)
