"""The shop on the network: its exchange script, and what its people do by the control page."""

from __future__ import annotations

from collections.abc import Callable

from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml.exchange import PATH, Exchange
from sverka.sandbox.commerceml.manners import Manners
from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.shop.server import ShopServer
from sverka.sandbox.shop.web import Call, ShopApp

_REFUSALS: dict[Fault, object] = {
    Fault.JSON_503: {"error": "overload"},
    Fault.TOO_MANY: {"error": "too many requests"},
    Fault.UNAUTHORIZED: {"error": "unauthorized"},
}


class CommerceMLServer(ShopServer):
    """Serves a shop's exchange with 1C; the log names calls by type and mode, `sale query`.

    `store` is the shop of 1C-Bitrix behind it, `manners` are its switches, `exchange` holds its user and its troubles.
    """

    def __init__(
        self, store: BitrixSiteStore, host: str = "127.0.0.1", port: int = 0, manners: Manners | None = None
    ) -> None:
        super().__init__(store.clock)
        self.store = store
        self.manners = manners or Manners()
        self.exchange = Exchange(store, self.manners)
        app = ShopApp(self.exchange.handle, _operation, self._controls(), _REFUSALS, store.clock)
        self._open(app, host, port)

    @property
    def address(self) -> str:
        """The address of the exchange script."""
        return f"{self.url}{PATH}"

    def set_manners(self, **switches: object) -> None:
        """Set switches of the shop by name; ValueError for an unknown one."""
        unknown = set(switches) - set(vars(self.manners))
        if unknown:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        vars(self.manners).update(switches)

    def _controls(self) -> dict[str, Callable[..., object]]:
        store, exchange = self.store, self.exchange
        return {
            "place_order": store.place_order,
            "edit": store.edit,
            "pay": store.pay,
            "cancel": store.cancel,
            "ship": store.ship,
            "delete": store.delete,
            "order": store.order,
            "manners": self.set_manners,
            "plain": self.manners.plain,
            "trouble": exchange.troubles.order,
            "clear_troubles": exchange.troubles.clear,
            "as_1c": exchange.as_1c,
        }


def _operation(call: Call) -> str:
    query = dict(call.query)
    return f"{query.get('type', '')} {query.get('mode', '')}".strip() or "not-a-mode"
