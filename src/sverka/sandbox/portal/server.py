"""A portal on a loopback port."""

from __future__ import annotations

from types import TracebackType

from sverka.sandbox.portal.portal import Portal
from sverka.sandbox.portal.shell import build_app
from sverka.sandbox.serve import Served
from sverka.sandbox.tls import Authority


class PortalServer:
    """Serves a portal over HTTP from `start` to `stop`, and closes the portal's event delivery with it.

    Works as a context manager; port 0 takes any free one.
    """

    def __init__(
        self, portal: Portal, host: str = "127.0.0.1", port: int = 0, authority: Authority | None = None
    ) -> None:
        self.portal = portal
        self._served = Served(build_app(portal), host, port, authority)

    @property
    def url(self) -> str:
        """`http://HOST:PORT`, or https with an authority; known once started."""
        return self._served.url

    @property
    def webhook_url(self) -> str:
        """The incoming webhook of user 1 with a slash at the end: the whole of it is a password."""
        return f"{self.url}/rest/1/{self.portal.settings.code}/"

    @property
    def control_url(self) -> str:
        """`http://HOST:PORT/control/`."""
        return f"{self.url}/control/"

    def subscribe(self, url: str, events: list[str]) -> str:
        """Set up an outgoing webhook and return its application token."""
        return self.portal.subscribe(url, events)

    def start(self) -> PortalServer:
        """Begin to answer; from now on the portal names this address as its own and as its authorisation server's.

        Another name for the same place may be put into `settings.address` afterwards.
        """
        self._served.start()
        usual = ":443" if self.url.startswith("https:") else ":80"
        self.portal.settings.address = self.url.removesuffix(usual)
        return self

    def stop(self) -> None:
        """Stop answering, and stop delivering events."""
        self._served.stop()
        self.portal.close()

    def __enter__(self) -> PortalServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
