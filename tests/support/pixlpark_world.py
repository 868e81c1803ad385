"""A hub between a sandbox portal and a sandbox print shop on Pixlpark, over real HTTP and on one clock."""

from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from support.http_world import PORTAL, START, HttpWorld
from support.standing import standing
from sverka.config.check import check
from sverka.connectors.kit import Kit
from sverka.connectors.registry import make
from sverka.domain.ids import OrderId, OrderRef, StoreName
from sverka.engine.bells.sweep import sweep
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore
from sverka.sandbox.portal.crm.fields import DEAL

SHOP = StoreName("photolab")
EXAMPLE = (Path(__file__).parents[2] / "profiles" / "pixlpark.toml").read_text("utf-8")
PANEL = "https://print.example/admin/orders/{id}"
CARDS = {"name": "Визитки", "price": "150.55", "quantity": 3}


class PixlparkWorld(HttpWorld):
    """Started by `with`, one at a time; `settings` are the connection's, beside its keys."""

    def __init__(self, **settings: str) -> None:
        super().__init__([])
        self.shop = PixlparkServer(PixlparkStore(self.clock))
        told = {"sites": "1164=print.example", "order_url": PANEL, "comment_email": "hub@print.example"}
        self._settings = {**told, **settings}
        app: ASGIApp = self.shop._app
        self._apps[SHOP] = app
        self.keys[SHOP] = f"key-of-{SHOP}"

    def __enter__(self) -> "PixlparkWorld":
        self.shop._served = standing(SHOP).served
        self.shop.courier.start()
        for name in ("DELIVERY", "DELIVERY_ID"):
            self.portal.add_field(DEAL, name)
        super().__enter__()
        self.shop.subscribe(self.hook(SHOP))
        return self

    def __exit__(self, *error: object) -> None:
        self.shop.courier.stop()
        super().__exit__(*error)

    def _connect(self) -> None:
        super()._connect()
        given = {"url": self.shop.url, "public_key": self.shop.public_key, **self._settings}
        own, shelf = self.storage.secrets_of(SHOP), self.storage.shelf_of(SHOP)
        kit = Kit(SHOP, self.storage.hub_id, self.clock, self.storage.budget, 10.0, secrets=own, shelf=shelf)
        self.connectors[SHOP] = make("pixlpark", given, {"private_key": self.shop.private_key}, kit)

    def in_force(self, document: str = EXAMPLE) -> None:
        """Put the example, or what was made of it, in force; it must pass the check."""
        named = document.replace('"shop-main"', f'"{SHOP}"').replace('"b24-company"', f'"{PORTAL}"')
        sides = self._catalogues[SHOP], self._catalogues[PORTAL]
        assert [one.say("en") for one in check(named, *sides) if one.bad] == []
        self.apply(named)

    def deliver(self) -> None:
        """Wait until the shop's webhooks have arrived too."""
        self.shop.wait_idle()
        super().deliver()

    def place(self, **more: Any) -> OrderRef:
        """Have a customer order three cards for 150.55 each, and 400 of delivery."""
        self.clock.advance(1)
        number = self.buyer()
        who = {
            "id": str(1000 + number),
            "name": "Ким Анна",
            "phone": f"+7 999 000-00-{number:02}",
            "email": f"buyer{number}@example.test",
            **more.pop("customer", {}),
        }
        made = self.shop.store.place_order(**{"customer": who, "items": [CARDS], **more})
        return OrderRef(SHOP, OrderId(str(made)))

    def look(self) -> None:
        """Let the hub ask the shop what has changed, and do what follows."""
        self.clock.advance(1)
        sweep(self.hub, SHOP, START)
        self.settle()

    def record(self, order: OrderRef) -> dict[str, Any]:
        """Return an order as the shop itself keeps it."""
        return self.shop.store.order(int(order.id))

    def status(self, order: OrderRef) -> str:
        """Return the status an order has in its shop."""
        return str(self.record(order)["Status"])
