"""The 1C-Bitrix site's connector passes the contract of stores, over HTTP, against the sandbox site.

It does so through REST alone, and with the site's own module between.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.bitrix_site import BitrixSite
from sverka.connectors.kit import Kit
from sverka.domain.ids import OrderId
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.bitrix_site.catalogue import Catalogue
from sverka.sandbox.shop.receiver import Receiver
from sverka.testing import StoreContract, StoreHands
from sverka.testing.store_contract import Fault

BUYER = {"fio": "Иванов Иван", "email": "ivan@example.test", "phone": "8 (999) 000-00-01"}
CARDS = {"name": "Визитки", "price": "150.55", "quantity": 3}
FAULTS = {"busy": ("429", 0), "auth": ("401", 0), "lost": ("closed_after_commit", 1), "html": ("html_503", 0)}
"""Each word's fault, and how many requests are let through first: a write reads the order before it is sent."""


class Hands:
    page = 50

    def __init__(self, server: BitrixSiteServer, receiver: Receiver, clock: Moments, by_module: bool) -> None:
        self._server, self._receiver, self._clock, self._by_module = server, receiver, clock, by_module
        secret = server.module.install(receiver.url) if by_module else ""
        token = "" if by_module else server.subscribe(receiver.url)
        self.secrets = [one for one in (server.store.secret, token, secret) if one]
        kit = Kit("site", "sverka-contract", clock, Unlimited(), 10.0)
        self.store = BitrixSite(server.webhook_url, token, kit, module_secret=secret)

    def place(self) -> OrderId:
        self._clock.advance(1)
        return OrderId(str(self._server.store.place_order(BUYER, [CARDS])))

    def place_open(self) -> OrderId:
        return self.place()

    def edit(self, order: OrderId) -> None:
        self._clock.advance(1)
        self._server.store.edit(int(order), {"comments": "edited"})

    def delete(self, order: OrderId) -> None:
        self._server.store.delete(int(order))

    def other_status(self, order: OrderId) -> str:
        return "N" if self._server.store.order(int(order))["statusId"] == "P" else "P"

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        self.edit(order)
        self._server.wait_idle()
        sent = self._receiver.received()[-1]
        return sent.headers, sent.body

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        if self._by_module:
            return {**notice[0], "x-sverka-signature": "0" * 64}, notice[1]
        return notice[0], notice[1].replace(self.secrets[1].encode(), b"0" * 32)

    def fault(self, fault: Fault) -> None:
        kind, skip = FAULTS[fault]
        if self._by_module:
            # The module reads; where it does not answer REST is asked for a quarter of an hour, and meets the same.
            self._clock.advance(1000)
            if skip == 0:
                self._server.faults.arm(kind, on="module")
            skip = 0
        self._server.faults.arm(kind, on="batch", skip=skip)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


KINDS = {"STRING": "string", "NUMBER": "number", "DATE": "date", "Y/N": "flag", "ENUM": "choice"}
"""The site's types of properties that hold a value of their own, and the codes of properties of them."""


def catalogue() -> Catalogue:
    """Return a shop whose individuals have a property of every type; all but flags may be several."""
    shop = Catalogue()
    model, number = shop.properties[3], 100
    for kind, code in KINDS.items():
        for several in ("N",) if kind == "Y/N" else ("N", "Y"):
            number += 1
            name = code.upper() + ("S" if several == "Y" else "")
            row = {"id": number, "code": name, "name": name, "type": kind, "multiple": several, "xmlId": name}
            shop.properties.append({**model, **row})
            shop.variants += [
                {**variant, "id": number * 10 + place, "orderPropsId": number}
                for place, variant in enumerate(shop.variants[:2])
                if kind == "ENUM"
            ]
    return shop


@pytest.mark.covers("R23", "C77")
class TestBitrixSite(StoreContract):
    apart = {
        **dict.fromkeys(
            ("property.COMPANY", "property.INN", "company.name", "company.inn"),
            "a legal person's property, and the buyer is none",
        ),
        "responsible": "a user's number",
        "customer.name": "the same as property.FIO",
        "delivery.city": "the same as property.CITY",
        "property.LAYOUT": "files travel by themselves",
    }
    otherwise = {
        ("status", "empty"): "an order always has a status",
        ("payment.method", "empty"): "a payment always has a pay system",
        ("delivery.method", "empty"): "a shipment always has a delivery service",
        ("delivery.status", "empty"): "a shipment always has a status",
        ("several lines", "no whole kopecks"): "a basket item has one price for all its pieces",
        ("several lines", "many"): "more commands than one request takes",
    }

    @pytest.fixture(params=[False, True], ids=["rest", "module"])
    def hands(self, receiver: Receiver, request: pytest.FixtureRequest) -> Iterator[StoreHands]:
        clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        with BitrixSiteServer(BitrixSiteStore(clock, catalogue())) as server:
            hands = Hands(server, receiver, clock, request.param)
            yield hands
            hands.store.close()
