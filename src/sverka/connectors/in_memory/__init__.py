"""A store and a back office in memory: the reference of the contracts, and the world of simulations."""

from collections.abc import Mapping

from sverka.connectors.in_memory.office import MemoryOffice
from sverka.connectors.in_memory.store import MemoryStore
from sverka.connectors.in_memory.weather import Weather
from sverka.connectors.kit import Kit

__all__ = ["MemoryOffice", "MemoryStore", "Weather", "connect"]


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> MemoryStore | MemoryOffice:
    """Return an empty side; `settings["side"]` says which."""
    secret = secrets.get("secret", "")
    return MemoryOffice(kit.clock, secret) if settings.get("side") == "office" else MemoryStore(kit.clock, secret)
