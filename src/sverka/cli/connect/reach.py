"""Where the hub and the connected systems stand, and who can reach whom."""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from sverka.bootstrap import House
from sverka.cli.home import settings_now
from sverka.connectors.registry import Manifest
from sverka.domain.text import Text
from sverka.storage.connections import SavedConnection


def base_of(given: str) -> str:
    """Return the hub's address as others are to see it: the one given, SVERKA_PUBLIC, or where it listens."""
    settings = settings_now()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (given or os.environ.get("SVERKA_PUBLIC", "") or f"http://{host}:{settings.port}").rstrip("/")


def is_here(address: str) -> bool:
    """Tell whether an address is reached from this machine alone: its host is loopback, or no host at all."""
    host = (urlsplit(address).hostname or "").lower()
    try:
        known = ip_address(host)
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")
    return known.is_loopback or known.is_unspecified


def address_of(house: House, one: SavedConnection) -> str:
    """Return where a connected system is."""
    told = one.settings.get("url") or one.settings.get("portal")
    return str(told or house.storage.vault.get(f"{one.name}/webhook") or "")


def runs_here(manifest: Manifest, values: Mapping[str, str]) -> bool:
    """Tell whether the system that these values, secrets among them, lead to is on this machine."""
    usual = next((one.default for one in manifest.wanted if one.name == "url"), "")
    return is_here(values.get("url") or values.get("portal") or values.get("webhook") or usual)


def only_here(base: str) -> Text:
    """Return that a hub's address is of no use to others, with what to do."""
    return Text(
        f"{base} is only reachable on this machine; give --public https://... or SVERKA_PUBLIC.",
        f"{base} доступен только на этой машине; задайте --public https://... или SVERKA_PUBLIC.",
    )
