"""Portals that the vendor's Python clients reach by the names real portals have, over TLS, none of them patched."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from support.sdk_office import MANY, Office
from support.tunnel import Tunnels
from sverka.sandbox.clock import Clock
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.settings import Settings
from sverka.sandbox.tls import Authority

OAUTH_HOSTS = ("oauth.bitrix24.tech", "oauth.bitrix.info")


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    """One authority for all, since some clients read the file of trusted ones once for all."""
    authority = Authority("*.bitrix24.ru", *OAUTH_HOSTS)
    yield authority
    authority.close()


@pytest.fixture(scope="module")
def serve(authority: Authority) -> Iterator[Callable[..., Office]]:
    """Serve a portal as the one behind the real names; the environment is the only thing told to clients."""
    servers: list[PortalServer] = []
    with Tunnels({}) as tunnels, pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            environment.delenv(name)
        environment.setenv("HTTPS_PROXY", tunnels.url)
        environment.setenv("NO_PROXY", "127.0.0.1,localhost")
        environment.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
        environment.setenv("SSL_CERT_FILE", str(authority.file))

        def start(clock: Clock | None = None, **settings: object) -> Office:
            host, renamed = f"portal{len(servers)}.bitrix24.ru", f"renamed{len(servers)}.bitrix24.ru"
            portal = Portal(clock, settings=Settings(host=host, **settings))  # type: ignore[arg-type]
            server = PortalServer(portal, authority=authority).start()
            portal.settings.address = f"https://{host}"
            servers.append(server)
            near = urlsplit(server.url)
            address = (str(near.hostname), near.port or 443)
            tunnels.hosts |= dict.fromkeys((host, renamed, *OAUTH_HOSTS), address)
            return Office(portal, host, renamed, near.netloc)

        yield start
        for server in servers:
            server.stop()
    with warnings.catch_warnings():  # the clients leave connections to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def crowd(serve: Callable[..., Office]) -> Office:
    """One portal with ten thousand deals for all tests of a file, none of which adds or removes any."""
    office = serve(plan="enterprise", default_cost=0.0)
    office.fill(MANY)
    return office


@pytest.fixture
def office(serve: Callable[..., Office]) -> Office:
    """A fresh portal of the enterprise plan, in whose burst a test fits without waiting."""
    return serve(plan="enterprise")
