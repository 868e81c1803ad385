"""The portal's connector passes the contract of back offices, over HTTP, against the sandbox portal."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from sverka.connectors.bitrix24 import Bitrix24, connect
from sverka.connectors.kit import Kit
from sverka.domain.commerce.value import Value
from sverka.domain.ids import RecordId
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.fields import DEAL
from sverka.sandbox.portal.portal import Fault
from sverka.sandbox.shop.receiver import Receiver
from sverka.testing import BackOfficeContract, BackOfficeHands
from sverka.testing import store_contract as contract

EVENTS = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE"]
FAULTS = {
    "busy": Fault("error", times=4, status=503, code="QUERY_LIMIT_EXCEEDED"),
    "auth": Fault("error", status=401, code="INVALID_CREDENTIALS"),
    "lost": Fault("close"),
    "html": Fault("html", status=503),
}


class Moments(VirtualClock):
    """The portal's clock, which the connector may sleep on."""

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class Ticking:
    """A budget that lets everything through, a second later each: two writes never share a stamp by chance."""

    def __init__(self, clock: Moments) -> None:
        self._clock = clock

    def take(self, portal: str, rate: float, burst: int) -> float:
        self._clock.advance(1)
        return 0.0


class Hands:
    page = 50
    fields: Mapping[str, Value] = {"title": "Order 1", "categoryId": "2", "stageId": "C2:NEW"}
    change: Mapping[str, Value] = {"stageId": "C2:EXECUTING"}

    def __init__(self, server: PortalServer, receiver: Receiver, clock: Moments) -> None:
        self.portal = server.portal
        self._receiver = receiver
        token = server.subscribe(receiver.url, EVENTS)
        self.secrets = [server.portal.settings.code, token]
        kit = Kit("portal", "sverka-contract", clock, Ticking(clock), read_timeout=10.0)
        self.office: Bitrix24 = connect(
            {"plan": "box"}, {"webhook": server.webhook_url, "application_token": token}, kit
        )
        self.office.catalogue()

    def edit(self, record: RecordId) -> None:
        self.portal.edit(DEAL, int(record), {"title": "Edited"})

    def delete(self, record: RecordId) -> None:
        self.portal.delete(DEAL, int(record))

    def notice(self, record: RecordId) -> tuple[Mapping[str, str], bytes]:
        self.edit(record)
        assert self.portal.flush()
        sent = self._receiver.received()[-1]
        return sent.headers, sent.body

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return notice[0], notice[1].replace(self.secrets[1].encode(), b"0" * 32)

    def fault(self, fault: contract.Fault) -> None:
        told = FAULTS[fault]
        self.portal.fault(Fault(**vars(told)))


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


class TestBitrix24(BackOfficeContract):
    @pytest.fixture
    def hands(self, receiver: Receiver) -> Iterator[BackOfficeHands]:
        clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        with PortalServer(Portal(clock, plan="box")) as server:
            hands = Hands(server, receiver, clock)
            yield hands
            hands.office.close()
