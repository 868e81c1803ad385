"""The vendor's Python client reads what a portal posts: events of webhooks and applications, and opened pages."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from b24pysdk import BitrixApp, BitrixToken
from b24pysdk.credentials import OAuthEventData, OAuthPlacementData
from b24pysdk.errors import BitrixAPIError

from support.sdk_office import Office
from sverka.sandbox.shop.receiver import Receiver

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """What an application or a webhook's owner listens with."""
    with Receiver() as receiver:
        yield receiver


def posted(receiver: Receiver, count: int = 1) -> list[dict[str, str]]:
    """Return the forms that came, as web frameworks hand them on."""
    return [dict(parse_qsl(one.body.decode(), keep_blank_values=True)) for one in receiver.wait_for(count)]


def test_an_outgoing_webhooks_event(office: Office, receiver: Receiver):
    """It has no tokens: the client calls that a system event."""
    secret = office.portal.subscribe(receiver.url, ["ONCRMDEALADD", "ONCRMDEALUPDATE"])
    number = office.portal.create(2, {"title": "x"})
    office.portal.edit(2, number, {"title": "y"})
    first, second = (OAuthEventData.from_dict(form) for form in posted(receiver, 2))
    assert (first.event, second.event) == ("ONCRMDEALADD", "ONCRMDEALUPDATE")
    assert first.data == {"FIELDS": {"ID": str(number)}}
    assert first.is_system
    assert first.auth.application_token == secret
    assert (first.auth.portal_domain, first.auth.member_id) == (office.domain, office.portal.settings.member_id)
    assert first.ts <= second.ts


@pytest.fixture
def installed(office: Office):
    """An application without pages, as the portal knows it."""
    return office.portal.add_application("Shop", scopes=("crm", "user", "placement"))


@pytest.fixture
def app(installed) -> BitrixApp:
    """The same application as the client knows it."""
    return BitrixApp(client_id=installed.client_id, client_secret=installed.client_secret)


@pytest.fixture
def client(office: Office, installed, app: BitrixApp):
    """The client of employee 1 in the application."""
    pair = office.portal.tokens(installed)
    return BitrixToken(
        domain=office.domain, auth_token=pair.access, refresh_token=pair.refresh, bitrix_app=app
    ).get_client()


def test_an_applications_event_brings_tokens_that_work(office, installed, app, client, receiver):
    assert client.event.bind("ONCRMDEALUPDATE", receiver.url).result is True
    number = office.portal.create(2, {"title": "x"})
    office.portal.edit(2, number, {"title": "y"}, user_id=6)
    event = OAuthEventData.from_dict(posted(receiver)[0])
    assert (event.event, event.is_system, event.auth.user_id) == ("ONCRMDEALUPDATE", False, 6)
    assert event.auth.application_token == installed.application_token
    token = BitrixToken.from_oauth_event_data(event, app)
    assert token.call_method("crm.deal.get", {"id": event.data["FIELDS"]["ID"]})["result"]["TITLE"] == "y"
    assert event.validate_against_app_info(event.get_app_info(app))


def test_an_event_of_a_robot_has_no_tokens(office, client, receiver):
    client.event.bind("ONCRMDEALUPDATE", receiver.url).result  # noqa: B018 - the request goes out when it is asked for
    office.portal.add_robot("NEW", "PREPARATION")
    office.portal.create(2, {"title": "x"})
    event = OAuthEventData.from_dict(posted(receiver)[0])
    assert event.is_system


def test_the_installation_of_an_application_without_pages(office, receiver):
    """Its tokens come by this event alone, and only this one brings a refresh token."""
    installed = office.portal.add_application("Late", handler=receiver.url, scopes=("crm",))
    event = OAuthEventData.from_dict(posted(receiver)[0])
    app = BitrixApp(client_id=installed.client_id, client_secret=installed.client_secret)
    token = BitrixToken.from_oauth_event_data(event, app)
    office.portal.expire_token(token.auth_token)
    assert (event.event, token.call_method("profile")["result"]["ID"]) == ("ONAPPINSTALL", "1")


def test_the_handlers_it_has(client, receiver):
    client.event.bind("ONCRMDEALADD", receiver.url).result  # noqa: B018 - as above
    assert [line["event"] for line in client.event.get().result] == ["ONCRMDEALADD"]
    assert client.event.unbind("ONCRMDEALADD", receiver.url).result == {"count": 1}


def test_the_queue_of_what_it_missed(office, client):
    client.event.bind("ONCRMDEALADD", event_type="offline").result  # noqa: B018 - as above
    number = office.portal.create(2, {"title": "x"})
    answer = client.event.offline.get().result
    assert [line["EVENT_DATA"]["FIELDS"]["ID"] for line in answer["events"]] == [str(number)]
    assert client.event.offline.get().result["events"] == []


def test_the_places_it_is_shown_in(client):
    handler = "https://shop.example.test/card"
    bound = client.placement.bind(placement="CRM_DEAL_DETAIL_TAB", handler=handler, title="Order").result
    assert bound is True
    assert [line["placement"] for line in client.placement.get().result] == ["CRM_DEAL_DETAIL_TAB"]
    assert client.placement.unbind(placement="CRM_DEAL_DETAIL_TAB", handler=handler).result["count"] > 0


def test_a_place_that_does_not_exist(client):
    with pytest.raises(BitrixAPIError):
        client.placement.bind(placement="NOWHERE", handler="https://shop.example.test/", title="x").result  # noqa: B018


def opened(receiver: Receiver) -> OAuthPlacementData:
    """Return what the client reads of a page being opened: its query and its form."""
    came = receiver.wait_for(1)[0]
    return OAuthPlacementData.from_dict(dict(parse_qsl(came.query) + parse_qsl(came.body.decode())))


def test_the_own_page_of_an_application(office, receiver):
    installed = office.portal.add_application("Pages", handler=receiver.url, scopes=("crm",), ui=True)
    office.portal.open_placement(installed)
    page = opened(receiver)
    assert (page.placement, page.domain, page.protocol, page.status) == ("DEFAULT", office.domain, 1, "L")
    app = BitrixApp(client_id=installed.client_id, client_secret=installed.client_secret)
    token = BitrixToken.from_oauth_placement_data(page, app)
    assert page.validate_against_app_info(page.get_app_info(app))
    office.portal.expire_token(token.auth_token)
    assert token.call_method("profile")["result"]["ID"] == "1"


def test_a_tab_of_a_deal_opened_by_an_employee(office, installed, app, client, receiver):
    client.placement.bind(placement="CRM_DEAL_DETAIL_TAB", handler=receiver.url, title="Order").result  # noqa: B018
    office.portal.open_placement(installed, "CRM_DEAL_DETAIL_TAB", {"ID": "7"}, user_id=6)
    page = opened(receiver)
    assert (page.placement, page.placement_options) == ("CRM_DEAL_DETAIL_TAB", {"ID": "7"})
    token = BitrixToken.from_oauth_placement_data(page, app)
    assert token.call_method("profile")["result"]["ID"] == "6"
