"""A hub between a sandbox portal and two sandbox stores over real HTTP, on one clock that moves only when it is told.

Bells go the whole way: the sandboxes post them to the hub's own web application. Waves are run by the test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from starlette.types import ASGIApp

from support.loads import Loads
from support.standing import Moments, Woken, standing
from sverka.bootstrap import secret_names
from sverka.config.load import load
from sverka.connectors.kit import Kit
from sverka.connectors.registry import Connector, make
from sverka.connectors.woocommerce import WooCommerce
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, StoreName
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.profile import Profile, document_of
from sverka.engine.bells.drain import drain, has_queue
from sverka.engine.bells.retry import ring_orders
from sverka.engine.bells.sweep import sweep
from sverka.engine.hub import Hub
from sverka.engine.wave import run_wave
from sverka.engine.wave_state import Report
from sverka.ports.journal import Event, JournalLine
from sverka.ports.kinds import whole_catalogue
from sverka.ports.shelf import Shown
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL
from sverka.sandbox.portal.faults import Fault
from sverka.sandbox.portal.shell import build_app
from sverka.sandbox.woocommerce import WooServer, WooStore
from sverka.storage import pauses
from sverka.storage.database import read
from sverka.storage.sql_storage import SqlStorage, open_storage
from sverka.web import make_app
from sverka.web.exchange import Exchange

SITE, WOO, PORTAL = StoreName("site"), StoreName("woo"), OfficeName("portal")
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DEAL_EVENTS = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMTIMELINECOMMENTADD"]
WEBHOOK_SECRET = "hookSecret123"

PRINT = """
schema  = 1
profile = "print"
store   = "site"
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
"delivery.track" = { to = "UF_CRM_TRACK", way = "<->", policy = "ask" }
"""

SOUVENIRS = """
schema  = 1
profile = "souvenirs"
store   = "woo"
portal  = "portal"
[deal]
pipeline    = "0"
title       = "Order {order.number}: {customer.name}"
responsible = 6
[status]
policy = "office_wins"
map = [
  { status = "pending", stage = ["NEW"] },
  { status = "processing", stage = ["PREPARATION", "EXECUTING", "FINAL_INVOICE"] },
  { status = "completed", stage = ["WON"] },
]
cancel = ["LOSE", "APOLOGY"]
[fields]
"order.number"   = { to = "UF_CRM_ORDER_NUMBER", way = "->" }
"delivery.track" = { to = "UF_CRM_TRACK", way = "<->", policy = "ask" }
"""

DOCUMENTS = {SITE: PRINT, WOO: SOUVENIRS}
STAGES = {
    SITE: {"N": "C2:NEW", "P": "C2:EXECUTING", "F": "C2:WON", "cancelled": "C2:LOSE"},
    WOO: {"pending": "NEW", "processing": "PREPARATION", "completed": "WON", "cancelled": "LOSE"},
}


class HttpWorld:
    """Started by `with`, one at a time. `stores` says which shops take part; portal and hub always do."""

    def __init__(
        self,
        stores: Sequence[StoreName] = (SITE,),
        *,
        plan: Literal["standard", "box"] = "standard",
        read_timeout: float = 10.0,
        by_app: bool = False,
        portal_clock: Moments | None = None,
    ) -> None:
        self.clock = Moments(START)
        self.portal = Portal(portal_clock or self.clock, plan=plan)
        self.site = BitrixSiteServer(BitrixSiteStore(self.clock))
        self.woo = WooServer(WooStore(self.clock))
        self.storage: SqlStorage = open_storage("sqlite://", self.clock)
        self.dispatch = Woken()
        self.keys: dict[str, str] = {name: f"key-of-{name}" for name in (PORTAL, *stores)}
        self.passwords: dict[str, str] = {}
        self._stores = list(stores)
        self._timeout = read_timeout
        self._by_app = by_app
        self._office = PortalServer(self.portal)
        self._apps: dict[str, ASGIApp] = {
            "hub": make_app(lambda: replace(self.hub, keys=lambda: self.keys), self.dispatch, self._exchange()),
            PORTAL: build_app(self.portal),
            **{name: self._shop(name)._app for name in stores},
        }
        self._profiles: dict[ProfileName, tuple[str, int]] = {}
        self._loads = Loads()
        self._catalogues: dict[str, Sequence[Field]] = {}
        self._buyers = 0

    def __enter__(self) -> "HttpWorld":
        for part, app in self._apps.items():
            assert standing(part).app is None, "another world is there"
            standing(part).app = app
        self._office._served = standing(PORTAL).served
        for name in self._stores:
            self._shop(name)._served = standing(name).served
            self._shop(name).courier.start()
        for field in ("ORDER_NUMBER", "TRACK"):
            self.portal.add_field(DEAL, field)
        self.portal.settings.address = standing(PORTAL).served.url
        self._connect()
        self.hub = Hub(
            self.storage.hub_id,
            {name: side for name, side in self.connectors.items() if name != PORTAL},  # type: ignore[misc]
            {PORTAL: self.connectors[PORTAL]},  # type: ignore[dict-item]
            self.applied,
            self.storage,
            self.clock,
            learnt=self._learnt,
        )
        if self._by_app:
            self.install()
        self.learn()
        for name in self._stores:
            self.apply(DOCUMENTS[name])
        woo = self.connectors.get(WOO)
        if isinstance(woo, WooCommerce):
            woo.subscribe(self.hook(WOO))
        self.deliver()
        return self

    def __exit__(self, *_error: object) -> None:
        for connector in self.connectors.values():
            connector.close()  # type: ignore[union-attr]
        self.portal.close()
        for name in self._stores:
            self._shop(name).courier.stop()
        for part in self._apps:
            standing(part).app = None
        self.storage.close()

    def _shop(self, name: str) -> BitrixSiteServer | WooServer:
        return self.site if name == SITE else self.woo

    def _connect(self) -> None:
        given: dict[str, tuple[str, dict[str, str]]] = {PORTAL: ("bitrix24", self._way_in())}
        if SITE in self._stores:
            token = self.site.subscribe(self.hook(SITE))
            given[SITE] = ("bitrix_site", {"webhook": self.site.webhook_url, "application_token": token})
        if WOO in self._stores:
            pair = {"consumer_key": self.woo.consumer_key, "consumer_secret": self.woo.consumer_secret}
            given[WOO] = ("woocommerce", {"url": self.woo.url, "webhook_secret": WEBHOOK_SECRET, **pair})
        self.connectors: dict[str, Connector] = {}
        for name, (kind, told) in given.items():
            hidden = {key: value for key, value in told.items() if key in secret_names(kind)}
            shown = {key: value for key, value in told.items() if key not in hidden}
            own = self.storage.secrets_of(name)
            kit = Kit(name, self.storage.hub_id, self.clock, self.storage.budget, self._timeout, secrets=own)
            plan = {"plan": self.portal.settings.plan} if kind == "bitrix24" else {}
            self.connectors[name] = make(kind, {**shown, **plan}, hidden, kit)

    def _exchange(self) -> Exchange:
        def keep(store: StoreName, name: str, body: bytes) -> None:
            self.storage.shelf_of(f"{store}/catalogue").put([Shown(name, body, self.clock.now())])

        return Exchange(lambda: self.hub, lambda store: self.passwords.get(store, ""), self.dispatch, keep, self.clock)

    def _way_in(self) -> dict[str, str]:
        if not self._by_app:
            token = self._office.subscribe(self.hook(PORTAL), DEAL_EVENTS)
            return {"webhook": self._office.webhook_url, "application_token": token}
        url = standing(PORTAL).served.url
        app = self.portal.application
        self.storage.secrets_of(PORTAL).put("handler", self.hook(PORTAL))
        return {"portal": url, "auth_server": url, "client_id": app.client_id, "client_secret": app.client_secret}

    def install(self) -> None:
        """Have an administrator install the hub's application anew."""
        self.portal.application.handler = self.hook(PORTAL).replace("/hooks/", "/install/")
        self.portal._installed(self.portal.application, 1)
        assert self.portal.flush()

    def hook(self, connection: str) -> str:
        """Return the address a connection's webhooks go to."""
        return f"{standing('hub').served.url}/hooks/{connection}/{self.keys[connection]}"

    # Profiles, as an administrator applies them

    def learn(self) -> None:
        """Read every side's catalogue anew."""
        self._catalogues = {name: whole_catalogue(side) for name, side in self.connectors.items()}

    def _learnt(self, office: OfficeName, field: str, options: Mapping[str, str]) -> None:
        known = self._catalogues[office]
        self._catalogues[office] = [replace(one, options=options) if one.key == field else one for one in known]

    def apply(self, document: str) -> None:
        """Put a document in force and ring for the orders that hold differences under it, as the command does."""
        bare = load(document)
        version = self._profiles.get(bare.name, ("", 0))[1] + 1
        self._profiles[bare.name] = (document, version)
        held = sorted({one.order for one in self.storage.differences.list() if document_of(one.profile) == bare.name})
        if held:
            ring_orders(self.hub, held, f"profile {bare.name} v{version}")

    def applied(self) -> Sequence[Profile]:
        """Return the profiles in force."""
        stopped = self.stopped()
        return [self._loaded(name, "paused" if name in stopped else "") for name in self._profiles]

    def _loaded(self, name: ProfileName, paused: str) -> Profile:
        return self._loads.of(*self._profiles[name], self._catalogues).standing(paused)

    def stopped(self, what: Literal["profile", "connection"] = "profile") -> set[str]:
        """Return the profiles or connections that were stopped."""
        return set(read(self.storage._engine, lambda connection: pauses.all_of(connection, what)))

    def resume(self) -> None:
        """Resume every stopped profile, as an operator does once he has looked."""
        for name in self.stopped():
            self.storage.profiles.resume(ProfileName(name))

    # People

    def buyer(self) -> int:
        """Return the number of a buyer nobody has met."""
        self._buyers += 1
        return self._buyers

    def order(self, store: StoreName = SITE, buyer: int | None = None, **more: Any) -> OrderRef:
        """Have a customer place an order of three cards for 150.55 each and 300 of delivery."""
        self.clock.advance(1)
        number = buyer or self.buyer()
        phone, email = f"+7 999 000-{number // 100:02}-{number % 100:02}", f"buyer{number}@example.test"
        item = {"name": "Визитки", "price": "150.55", "quantity": 3}
        if store == SITE:
            who = {"fio": "Ким Анна", "phone": phone, "email": email}
            made = self.site.store.place_order(**{"customer": who, "items": [item], **more})
        else:
            who = {"first_name": "Анна", "last_name": "Ким", "phone": phone, "email": email}
            shipping = {"method_id": "flat_rate", "method_title": "Курьер", "total": "300.00"}
            goods = [{**item, "product_id": 10}]
            made = self.woo.store.place_order(**{"billing": who, "items": goods, "shipping": shipping, **more})
        return OrderRef(store, OrderId(str(made)))

    def move(self, order: OrderRef, stage: str) -> None:
        """Have a manager move an order's only deal."""
        self.clock.advance(1)
        self.portal.move_stage(int(self.deal(order)["id"]), stage)

    # Bells and waves

    def deliver(self) -> None:
        """Wait until every bell that is not held back has reached the hub, or is lost."""
        assert self.portal.flush()
        for name in self._stores:
            self._shop(name).wait_idle()
        if has_queue(self.hub, PORTAL):
            drain(self.hub, PORTAL)

    def wave(self) -> Report | None:
        """Let all bells arrive and run one wave."""
        self.deliver()
        return run_wave(self.hub, PORTAL)

    def settle(self, limit: int = 80) -> None:
        """Run waves and let time pass until no bell is on its way and nothing waits but for a stopped profile."""
        for _ in range(limit):
            self.deliver()
            due = self.storage.due(PORTAL, self.clock.now())
            if due is None or self.stopped():
                return
            self.clock.reach(due)
            self.wave()
        raise AssertionError("the hub does not come to rest")

    def ring(self, order: OrderRef) -> None:
        """Have an operator ask for a look at an order."""
        ring_orders(self.hub, [order], "operator")

    def sweep(self) -> int:
        """Ask every side what has changed; return how many visits were rung for."""
        return sum(len(sweep(self.hub, name, START)) for name in (*self._stores, PORTAL))

    # What is seen

    def deals(self, order: OrderRef) -> list[Mapping[str, Any]]:
        """Return the deals that carry an order's mark, whichever profile made them."""
        items = self.portal.core.state.items[DEAL].values()
        mark = f"{order}/"
        return [
            {**item.values, "id": item.id}
            for item in items
            if str(item.values.get("originId")).startswith(mark)
            and item.values.get("originatorId") == self.storage.hub_id
        ]

    def deal(self, order: OrderRef) -> Mapping[str, Any]:
        """Return an order's only deal."""
        (deal,) = self.deals(order)
        return deal

    def rows(self, order: OrderRef) -> list[tuple[str, Decimal, Decimal]]:
        """Return name, quantity and price of every row of an order's deal."""
        rows = self.portal.core.state.rows["D", int(self.deal(order)["id"])]
        return [(row.product_name, row.quantity, row.price) for row in rows]

    @property
    def contacts(self) -> int:
        """How many contacts the portal has."""
        return len(self.portal.core.state.items[CONTACT])

    def status(self, order: OrderRef) -> str:
        """Return what an order shows in its shop, `cancelled` for every cancelled one."""
        if order.store == WOO:
            return str(self.woo.store.order(int(order.id))["status"])
        shown = self.site.store.order(int(order.id))
        return "cancelled" if shown["canceled"] == "Y" else str(shown["statusId"])

    def total(self, order: OrderRef) -> Decimal:
        """Return what an order costs in its shop."""
        if order.store == WOO:
            return Decimal(str(self.woo.store.order(int(order.id))["total"]))
        return Decimal(str(self.site.store.order(int(order.id))["price"]))

    def story(self, order: OrderRef) -> list[JournalLine]:
        """Return the journal of an order."""
        return list(self.storage.journal.timeline(order))

    def events(self, order: OrderRef) -> list[Event]:
        """Return what kinds of lines an order's journal has."""
        return [line.event for line in self.story(order)]

    def differences(self, order: OrderRef) -> dict[str, str]:
        """Return why each field of an order differs."""
        return {one.difference.key: one.difference.why.value for one in self.storage.differences.list(order)}

    def assert_in_step(self, *orders: OrderRef, buyers: int | None = None) -> None:
        """Assert one deal an order and one contact a buyer, all alike on both sides, and nothing left to do."""
        for order in orders:
            deal = self.deal(order)
            assert deal["stageId"] == STAGES[order.store][self.status(order)]
            assert Decimal(str(deal["opportunity"])) == self.total(order)
            assert sum(quantity * price for _, quantity, price in self.rows(order)) == self.total(order)
            assert len(deal["contactIds"]) == 1
            assert self.differences(order) == {}
        assert len(self.portal.core.state.items[DEAL]) == len(orders)
        assert self.contacts == (len(orders) if buyers is None else buyers)
        self.assert_at_rest()

    def assert_at_rest(self) -> None:
        """Assert that nothing waits and no write is in doubt."""
        counts = self.storage.counts()
        assert (counts.oldest_due, counts.open_intents) == (None, 0)

    def fault(self, kind: str, method: str = "", **more: Any) -> None:
        """Order bad manners of the portal; the arguments are those of its `Fault`."""
        self.portal.fault(Fault(kind, method=method, **more))  # type: ignore[arg-type]
