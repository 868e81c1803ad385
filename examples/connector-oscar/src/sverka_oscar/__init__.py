"""A shop on django-oscar as a store."""

from collections.abc import Mapping

from sverka.connectors.kit import Kit
from sverka_oscar.client import Client
from sverka_oscar.orders import Words
from sverka_oscar.store import Oscar

__all__ = ["Oscar", "connect"]


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Oscar:
    """Return the shop at `settings["url"]`; nothing is sent yet."""
    client = Client(settings["url"], settings["user"], secrets["password"], kit)
    return Oscar(client, secrets.get("webhook_secret", ""), Words(settings.get("cancelled") or "Cancelled"))
