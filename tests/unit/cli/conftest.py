import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from support.made_once import MadeOnce
from support.standing import Lent
from sverka.cli import app
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.woocommerce import WooServer, WooStore

BUYER = {"fio": "Ольга Кузнецова", "email": "olga@example.test", "phone": "8 999 000-00-02"}
CARDS = {"name": "Визитки", "price": "1500", "quantity": 2}

MADE = MadeOnce()


@dataclass
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


@dataclass
class Terminal:
    """Runs commands in one folder and keeps all they ever printed."""

    folder: Path
    printed: list[str] = field(default_factory=list)

    def __call__(self, *arguments: object, env: dict[str, str] | None = None) -> Ran:
        result = CliRunner().invoke(app, [str(one) for one in arguments], env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        ran = Ran(result.exit_code, result.stdout, result.stderr)
        self.printed.append(ran.text)
        return ran

    def ok(self, *arguments: object, env: dict[str, str] | None = None) -> Ran:
        ran = self(*arguments, env=env)
        assert ran.code == 0, ran.text
        return ran

    def fails(self, *arguments: object, env: dict[str, str] | None = None) -> Ran:
        ran = self(*arguments, env=env)
        assert ran.code == 1, ran.text
        return ran


@pytest.fixture
def sverka(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    for name in ("SVERKA_DATABASE", "SVERKA_KEY_FILE", "SVERKA_LISTEN", "SVERKA_PUBLIC", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SVERKA_LANG", "en")
    monkeypatch.chdir(tmp_path)
    level = logging.getLogger("uvicorn.access").level
    yield Terminal(tmp_path)
    structlog.reset_defaults()
    logging.getLogger("uvicorn.access").setLevel(level)


@pytest.fixture
def portal() -> Portal:
    return Portal(plan="box")


@pytest.fixture
def portal_server(portal: Portal) -> Iterator[PortalServer]:
    server = PortalServer(portal)
    lent = Lent("portal of commands", server._served._app)
    server._served = lent  # type: ignore[assignment]
    yield server.start()
    portal.close()
    lent.give_back()


@pytest.fixture
def site() -> BitrixSiteStore:
    return BitrixSiteStore()


@pytest.fixture
def site_server(site: BitrixSiteStore) -> Iterator[BitrixSiteServer]:
    server = BitrixSiteServer(site)
    lent = Lent("shop of commands", server._app)
    server._served = lent  # type: ignore[assignment]
    yield server.start()
    server.courier.stop()
    lent.give_back()


@pytest.fixture
def woo_server() -> Iterator[WooServer]:
    with WooServer(WooStore()) as server:
        yield server


@pytest.fixture
def connected(sverka: Terminal, portal_server: PortalServer, site_server: BitrixSiteServer) -> Terminal:
    """A hub with a portal `b24` and a store `shop`, and a draft of a profile in print.toml."""

    def make() -> str:
        sverka.ok("init")
        sverka.ok("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--plan", "box")
        sverka.ok("connect", "store", "shop", "--kind", "bitrix_site", "--webhook", site_server.webhook_url)
        new = ("--store", "shop", "--portal", "b24", "--pipeline", 2, "--out", "print.toml")
        sverka.ok("profile", "new", "print", *new)
        return site_server.store.secret

    if "SVERKA_DATABASE" in os.environ:  # what is in a server's database does not stand in the folder
        make()
    else:
        site_server.store.secret = MADE.into(sverka.folder, "connected", sverka.printed, make)
    return sverka


@pytest.fixture
def applied(connected: Terminal, site: BitrixSiteStore) -> Terminal:
    """The same hub with the profile in force."""

    def make() -> str:
        connected.ok("profile", "apply", "print.toml", "--yes")
        return site.secret

    site.secret = MADE.into(connected.folder, "applied", connected.printed, make)
    return connected


@pytest.fixture
def place(site: BitrixSiteStore):
    def order(**fields: object) -> str:
        return f"shop/{site.place_order(BUYER, [CARDS], fields=fields)}"

    return order
