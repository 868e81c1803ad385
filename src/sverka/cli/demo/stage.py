"""The stage of the demo: a portal, four stores and the hub, all over real HTTP on loopback."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from starlette.applications import Starlette

from sverka.bootstrap import House, open_house
from sverka.config.settings import Settings
from sverka.connectors.woocommerce import WooCommerce
from sverka.domain.errors import Problem
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.engine.bells.sweep import compare_all
from sverka.ports.kinds import whole_catalogue
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.serve import Served
from sverka.sandbox.woocommerce import WooServer, WooStore
from sverka.storage.connections import SavedConnection
from sverka.web import make_app
from sverka.worker import Worker

PATIENCE = 30.0
"""Seconds the demo waits for anything before it says that it did not happen."""

PROFILES = {"site": "print", "woo": "souvenirs", "cml": "stamps", "pix": "photos"}
"""The profile of each store, in the order in which they are tried."""

DEAL_EVENTS = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE"]


class Stage:
    """Everything the demo needs, between `with` and its end. `home` keeps the hub's database."""

    def __init__(self, home: Path) -> None:
        self.portal = PortalServer(Portal(plan="standard"))
        self.site = BitrixSiteServer(BitrixSiteStore())
        self.woo = WooServer(WooStore())
        self.cml = CommerceMLServer(BitrixSiteStore())
        self.pix = PixlparkServer(PixlparkStore())
        self._home = home
        self._open = ExitStack()

    def __enter__(self) -> "Stage":
        settings = Settings.from_env({"SVERKA_LISTEN": "127.0.0.1:0"}, self._home)
        for server in (self.portal, self.site, self.woo, self.cml, self.pix):
            self._open.enter_context(server)
        self.house: House = open_house(settings)
        self._open.callback(self.house.close)
        self._connect()
        self.worker = Worker(self.house.hub, self.house.started, stopped=self.house.stopped)
        self._app: Starlette = make_app(self.house.hub, self.worker.dispatch)
        self.hub = self._open.enter_context(Served(self._app))
        self._listen()
        self.worker.start()
        self._open.callback(self.worker.stop)
        self.portal.portal.reset_counters()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _connect(self) -> None:
        """Do what `sverka connect` and `sverka profile apply` do."""
        for name in ("ORDER_NUMBER", "TRACK"):
            self.portal.portal.add_field(DEAL, name)
        self._save("portal", Side.OFFICE, "bitrix24", {"plan": "standard"}, {"webhook": self.portal.webhook_url})
        self._save("site", Side.STORE, "bitrix_site", {}, {"webhook": self.site.webhook_url})
        keys = {"consumer_key": self.woo.consumer_key, "consumer_secret": self.woo.consumer_secret}
        self._save("woo", Side.STORE, "woocommerce", {"url": self.woo.url}, {**keys, "webhook_secret": "demo4secret"})
        user = {"url": self.cml.address, "login": self.cml.exchange.login}
        self._save("cml", Side.STORE, "commerceml", user, {"password": self.cml.exchange.password})
        # The practice shop sets no limit, and the demo does not wait for one.
        keys = {"url": self.pix.url, "public_key": self.pix.public_key, "rate": "100"}
        self._save("pix", Side.STORE, "pixlpark", keys, {"private_key": self.pix.private_key})
        for saved in self.house.storage.connections.list():
            self.house.storage.catalogues.put(saved.name, whole_catalogue(self.house.connector(saved)))
        for priority, (name, profile) in enumerate(PROFILES.items()):
            text = (files("sverka.cli.demo") / f"{name}.toml").read_text("utf-8")
            self.house.storage.profiles.apply(ProfileName(profile), text, priority, "demo")

    def _save(self, name: str, side: Side, kind: str, settings: dict[str, str], secrets: dict[str, str]) -> None:
        self.house.storage.connections.save(SavedConnection(name, side, kind, settings))
        for key, secret in secrets.items():
            self.house.storage.vault.put(f"{name}/{key}", secret)

    def _listen(self) -> None:
        """Subscribe the hub to all that ring, as their administrators do; an exchange with 1C does not."""
        vault = self.house.storage.vault
        vault.put("portal/application_token", self.portal.subscribe(self.hook("portal"), DEAL_EVENTS))
        vault.put("site/application_token", self.site.subscribe(self.hook("site")))
        saved = self.house.connection("woo")
        woo = self.house.connector(saved)
        if isinstance(woo, WooCommerce):
            woo.subscribe(self.hook("woo"))
        self.pix.subscribe(self.hook("pix"))

    def hook(self, connection: str) -> str:
        """Return the address a connection's webhooks go to."""
        return f"{self.hub.url}/hooks/{connection}/{self.house.hook_key(connection)}"

    def wait(self, what: Text, happened: Callable[[], bool]) -> None:
        """Wait until something has happened.

        Raises:
            Problem: it did not, in time; the sentence names it.
        """
        end = time.monotonic() + PATIENCE
        pause = threading.Event()
        while not happened():
            if time.monotonic() > end:
                raise Problem(Text(f"This did not happen in time: {what.en}", f"Этого не случилось вовремя: {what.ru}"))
            pause.wait(0.02)

    @property
    def writes(self) -> int:
        """How many writes the portal and the stores have carried out, by their own counts."""
        site = sum(int(order["version"]) for order in self.site.store.orders.values())
        woo = sum(
            count for name, count in self.woo.log.counts().items() if name.startswith(("PUT /orders", "POST /orders"))
        )
        cml, pix = self.cml.log.counts().get("sale import", 0), self.pix.log.counts().get("POST /orders/{id}/status", 0)
        return self.portal.portal.counters.writes + site + woo + cml + pix

    def visit_everything(self) -> None:
        """Ring for every bound order, as the nightly comparison does."""
        hub = self.house.hub()
        for office in hub.offices:
            for _ in compare_all(hub, office):
                self.worker.dispatch.wake(office)

    def settle(self) -> None:
        """Wait until all bells are delivered, all visits made, and no wave runs."""

        def quiet() -> bool:
            self.portal.portal.flush()
            self.site.wait_idle()
            self.woo.wait_idle()
            self.pix.wait_idle()
            waiting = self.house.storage.counts().oldest_due
            return self.worker.dispatch.is_idle and waiting is None

        self.wait(Text("the hub comes to rest", "хаб всё сделал"), lambda: quiet() and quiet())
