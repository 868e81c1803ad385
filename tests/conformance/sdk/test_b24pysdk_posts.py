"""The vendor's Python client reads what a portal posts: events of webhooks and applications, and opened pages."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from b24pysdk.credentials import OAuthEventData

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
