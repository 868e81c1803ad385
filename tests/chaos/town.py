"""What every run begins from: a hub that knows its shop and its portal, made once and copied for each run."""

import json
import secrets
import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from chaos.bases import Base
from chaos.nursery import Nursery
from chaos.plan import CITY, LAG, NOTE, STATUS, STEPS, WORK_TOO
from chaos.shop import control
from chaos.waiting import until
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.events import Subscription

STAGES = {
    "bitrix_site": {"new": "C2:NEW", "work": "C2:EXECUTING", WORK_TOO: "C2:UC_QUALITY", "done": "C2:WON"},
    "woocommerce": {"new": "NEW", "work": "EXECUTING", WORK_TOO: "FINAL_INVOICE", "done": "WON"},
}
STATUSES = {
    "bitrix_site": {"new": "N", "work": "P", "done": "F"},
    "woocommerce": {"new": "pending", "work": "processing", "done": "completed"},
}
OFFICE_FIELDS = {NOTE: "UF_CRM_NOTE", CITY: "UF_CRM_TOWN"}
EVENTS = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMTIMELINECOMMENTADD"]
FOR_CUSTOMER = "To the buyer:"
_COMMENTS = f'[comments]\nway = "<->"\nfor_customer = "{FOR_CUSTOMER}"\n'
_DOCUMENT = """
schema  = 1
profile = "print"
store   = "shop"
portal  = "b24"
[deal]
pipeline = "{pipeline}"
title    = "Order {{order.number}}"
[customer]
match  = ["phone", "email"]
create = "contact"
[status]
policy   = "{status}"
map = [
{rows}
]
{comments}
[fields]
"comment.customer" = {{ to = "UF_CRM_NOTE", way = "<->", policy = "{note}" }}
"property.CITY"    = {{ to = "UF_CRM_TOWN", way = "<->", policy = "{city}" }}
"""


def free_port() -> int:
    """Return a port nobody listens on, of those no outgoing connection gets while its owner is dead."""
    while True:
        port = secrets.randbelow(16_000) + 16_000
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@dataclass
class Town:
    """The addresses of one series of runs, and the folders they begin from, one for each kind of store and policies."""

    nursery: Nursery
    base: Base
    folder: Path
    portal_port: int = field(default_factory=free_port)
    store_port: int = field(default_factory=free_port)
    hub_port: int = field(default_factory=free_port)
    _made: dict[tuple[str, str], tuple[Path, str]] = field(default_factory=dict)

    def portal(self) -> PortalServer:
        """Return a new portal at the town's address, not started."""
        portal = Portal(plan="box", lag_seconds=LAG)
        for name in ("NOTE", "TOWN"):
            portal.add_field(DEAL, name)
        return PortalServer(portal, port=self.portal_port)

    def subscribe(self, portal: Portal, hook: str, token: str) -> None:
        """Let a portal ring the hub, as the hub was told it would."""
        portal.events.subscriptions.append(Subscription(1, hook, frozenset(EVENTS), token))

    def start_store(self, kind: str, folder: Path, **env: str) -> int:
        """Start the store of a folder and return its process once it answers."""
        words = ["sandbox", kind.replace("_", "-"), "--port", self.store_port, "--keep", "shop.db", "--json"]
        log = folder / "store.log"
        log.unlink(missing_ok=True)
        process = self.nursery.start(words, folder, log, **env)
        until(lambda: log.exists() and "}" in log.read_text("utf-8"), "the store answers")
        return process

    def copy(self, kind: str, policies: dict[str, str], target: Path) -> tuple[str, str]:
        """Make a folder to live a run in; return the address the portal rings at and its token."""
        name = kind, json.dumps(policies, sort_keys=True)
        if name not in self._made:
            source = self.folder / f"template-{len(self._made)}"
            source.mkdir(parents=True)
            self.base.make(source)
            self._made[name] = source, self._settle(kind, policies, source)
        source, hook = self._made[name]
        shutil.copytree(source, target)
        self.base.copy(source, target)
        return hook, (source / "portal.token").read_text("utf-8")

    def _settle(self, kind: str, policies: dict[str, str], folder: Path) -> str:
        store = self.start_store(kind, folder)
        facts = json.loads((folder / "store.log").read_text("utf-8").splitlines()[0])
        public = ("--public", f"http://127.0.0.1:{self.hub_port}")
        with self.portal() as portal:
            self._run(folder, "init")
            where = ("--webhook", portal.webhook_url, "--plan", "box", *public)
            hook = _hook(self._run(folder, "connect", "portal", "b24", *where))
            token = portal.subscribe(hook, EVENTS)
            (folder / "portal.token").write_text(token, "utf-8")
            self._run(folder, "connect", "portal", "b24", "--token", token)
            if kind == "bitrix_site":
                which = ("--kind", kind, "--webhook", facts["webhook"])
                shop_hook = _hook(self._run(folder, "connect", "store", "shop", *which, *public))
                given = self.control("subscribe", url=shop_hook)
                self._run(folder, "connect", "store", "shop", "--token", given)
            else:
                keys = ("--consumer-key", facts["consumer_key"], "--consumer-secret", facts["consumer_secret"])
                which = ("--kind", kind, "--url", facts["url"], *keys)
                # the fields of this shop are what its recent orders show
                seen = self.control("place_order", billing={}, items=[{"product_id": 13}], meta={"CITY": "x"})
                self._run(folder, "connect", "store", "shop", *which, *public, "--subscribe")
            (folder / "print.toml").write_text(_document(kind, policies), "utf-8")
            self._run(folder, "profile", "apply", "print.toml", "--yes")
            if kind == "woocommerce":
                self.control("delete", order_id=seen)
        self.nursery.kill(store)
        return hook

    def _run(self, folder: Path, *words: object) -> str:
        log = folder / "setup.log"
        log.unlink(missing_ok=True)
        return self.nursery.run(words, folder, log, **self.base.environment(folder))

    def control(self, name: str, **given: object) -> object:
        """Do something in the store, as its people do, over HTTP; ShopDown where it does not answer."""
        return control(self.store_port, name, **given)


def _hook(said: str) -> str:
    return next(part for part in said.split() if "/hooks/" in part)


def _document(kind: str, policies: dict[str, str]) -> str:
    stages, statuses = STAGES[kind], STATUSES[kind]
    listed = {"new": ["new"], "work": ["work", WORK_TOO], "done": ["done"]}
    rows = "\n".join(
        f"  {{ status = {json.dumps(statuses[one])}, stage = {json.dumps([stages[two] for two in listed[one]])} }},"
        for one in STEPS
    )
    return _DOCUMENT.format(
        pipeline="2" if kind == "bitrix_site" else "0", rows=rows, status=policies[STATUS], note=policies[NOTE],
        city=policies[CITY], comments=_COMMENTS if kind == "woocommerce" else "",
    )  # fmt: skip
