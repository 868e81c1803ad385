"""A hub between a sandbox portal and a sandbox shop's exchange with 1C, over real HTTP and on one clock."""

from typing import Any

from starlette.types import ASGIApp

from support.http_world import PORTAL, START, HttpWorld
from support.standing import standing
from sverka.connectors.kit import Kit
from sverka.connectors.registry import make
from sverka.domain.ids import OrderId, OrderRef, StoreName
from sverka.engine.bells.sweep import sweep
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer

SHOP = StoreName("shop")

PRINT = """
schema  = 1
profile = "exchange"
store   = "shop"
portal  = "portal"
[deal]
pipeline    = "2"
title       = "Заказ {order.number}: {customer.name}"
responsible = 9
[status]
policy = "office_wins"
map = [
  { status = "N", stage = ["C2:NEW", "C2:PREPARATION"] },
  { status = "P", stage = ["C2:EXECUTING", "C2:UC_QUALITY"] },
  { status = "F", stage = ["C2:WON"] },
]
cancel = ["C2:LOSE", "C2:APOLOGY"]
[fields]
"order.number"   = { to = "UF_CRM_ORDER_NUMBER", way = "->" }
"""
TRACK = '"delivery.track" = { to = "UF_CRM_TRACK", way = "<->", policy = "ask" }\n'
WITH_TRACK = PRINT + TRACK


class ExchangeWorld(HttpWorld):
    """Started by `with`, one at a time; `settings` are the connection's, beside its address and its user."""

    def __init__(self, document: str = WITH_TRACK, **settings: str) -> None:
        super().__init__([])
        self.shop = CommerceMLServer(BitrixSiteStore(self.clock))
        self._document = document
        self._settings = settings
        app: ASGIApp = self.shop._app
        self._apps[SHOP] = app
        self.keys[SHOP] = f"key-of-{SHOP}"

    def __enter__(self) -> "ExchangeWorld":
        self.shop._served = standing(SHOP).served
        super().__enter__()
        self.apply(self._document)
        return self

    def _connect(self) -> None:
        super()._connect()
        self.reconnect()

    def reconnect(self) -> None:
        """Make the connector anew, as a hub that was started again does."""
        exchange = self.shop.exchange
        given = {"url": self.shop.address, "login": exchange.login, **self._settings}
        own, shelf = self.storage.secrets_of(SHOP), self.storage.shelf_of(SHOP)
        kit = Kit(SHOP, self.storage.hub_id, self.clock, self.storage.budget, 10.0, secrets=own, shelf=shelf)
        if SHOP in self.connectors:
            self.connectors[SHOP].close()  # type: ignore[union-attr]
        self.connectors[SHOP] = make("commerceml", given, {"password": exchange.password}, kit)
        if hasattr(self, "hub"):
            self.hub.stores[SHOP] = self.connectors[SHOP]  # type: ignore[index, assignment]

    def place(self, **more: Any) -> OrderRef:
        """Have a customer place an order of three cards for 150.55 each and 300 of delivery."""
        self.clock.advance(1)
        number = self.buyer()
        who = {"fio": "Ким Анна", "phone": f"+7 999 000-00-{number:02}", "email": f"buyer{number}@example.test"}
        item = {"name": "Визитки", "price": "150.55", "quantity": 3}
        made = self.shop.store.place_order(**{"customer": who, "items": [item], **more})
        return OrderRef(SHOP, OrderId(f"{self.shop.manners.prefix}{made}"))

    def look(self) -> None:
        """Let the hub ask the shop what has changed, and do what follows."""
        self.clock.advance(1)
        sweep(self.hub, SHOP, START)
        self.settle()

    def record(self, order: OrderRef) -> dict[str, Any]:
        """Return an order as the shop itself keeps it."""
        return self.shop.store.order(int(order.id.removeprefix(self.shop.manners.prefix)))

    def status(self, order: OrderRef) -> str:
        """Return what an order shows in its shop, `cancelled` for every cancelled one."""
        shown = self.record(order)
        return "cancelled" if shown["canceled"] == "Y" else str(shown["statusId"])

    def field(self, order: OrderRef, name: str) -> Any:
        """Return a field of an order's deal."""
        return self.deal(order)[name]


__all__ = ["PORTAL", "PRINT", "SHOP", "WITH_TRACK", "ExchangeWorld"]
