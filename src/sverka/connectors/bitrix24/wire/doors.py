"""The ways into a portal: where its methods are, and by what right they are called."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

from sverka.connectors.kit import Kit
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

WEBHOOK: Final = "webhook"
"""The name under which a connection's incoming webhook is kept."""

# Pixlpark's manual has people copy the address of `batch` itself (R224).
_ADDRESS = re.compile(r"(https?://[^/?#]+(?:/[^?#]*)?/rest/\d+/[^/?#]+)(?:/batch(?:\.json)?)?/?")
_CLOUD = re.compile(r"[a-z0-9-]+(\.bitrix24\.[a-z]{2,3}(?:\.[a-z]{2})?)")


class Door(Protocol):
    """A way into a portal."""

    @property
    def base(self) -> str:
        """The address methods stand below, without a slash at its end; it may be a password and is never shown."""

    def dressed(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parameters with what the caller must show."""

    def renewed(self, sent: Mapping[str, Any], *, is_expired: bool) -> bool:
        """Get other credentials in the place of refused ones; False where there are none to be had."""

    def moved(self, base: str) -> None:
        """Keep the address of a portal that was renamed."""


class Webhook:
    """An incoming webhook: its address is all there is."""

    def __init__(self, kit: Kit, address: str) -> None:
        """Take the webhook's whole address; Misconfigured where it is none."""
        match = _ADDRESS.fullmatch(address.strip())
        if match is None:
            raise Misconfigured(
                Text(
                    "The webhook's address must look like https://portal/rest/1/code/; copy it from the portal whole.",
                    "Адрес вебхука должен иметь вид https://портал/rest/1/код/; скопируйте его с портала целиком.",
                )
            )
        self._base = match[1]
        self._kit = kit

    @property
    def base(self) -> str:
        """The webhook itself."""
        return self._base

    def dressed(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parameters as they are: the address says it all."""
        return params

    def renewed(self, sent: Mapping[str, Any], *, is_expired: bool) -> bool:
        """Return False: a webhook is never renewed, but made anew by a person."""
        del sent, is_expired
        return False

    def moved(self, base: str) -> None:
        """Keep the same webhook at the portal's new name."""
        self._base = base
        self._kit.secrets.put(WEBHOOK, f"{base}/")


def renamed(base: str, location: str) -> str | None:
    """Return the base at the portal's new name, None where a redirect is no renaming by the vendor.

    Only the host is taken from the redirect, never its path. A cloud portal keeps its zone when it is renamed, so
    from `a.bitrix24.ru` the hub's password goes to another name in `bitrix24.ru`, over https, and nowhere else; a box
    has no such renaming. A practice portal on this machine may change its port.
    """
    try:
        old, new = urlsplit(base), urlsplit(location)
        port = new.port
    except ValueError:
        return None
    if new.scheme != old.scheme or new.username is not None or new.netloc == old.netloc:
        return None
    in_the_cloud = old.scheme == "https" and port in (None, 443) and _zone(old) and _zone(old) == _zone(new)
    if not in_the_cloud and not (is_loopback(old) and is_loopback(new)):
        return None
    return f"{old.scheme}://{new.netloc}{old.path}"


def is_loopback(parts: SplitResult) -> bool:
    """Tell whether an address is one of this machine alone."""
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _zone(parts: SplitResult) -> str:
    match = _CLOUD.fullmatch((parts.hostname or "").lower())
    return match[1] if match else ""
