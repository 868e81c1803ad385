"""A WooCommerce shop as a store: its REST v3 and its signed webhooks."""

from collections.abc import Mapping

from sverka.connectors.kit import Kit
from sverka.connectors.woocommerce.api import Keys
from sverka.connectors.woocommerce.store import TRACK_META, WooCommerce
from sverka.ports.store import Store

__all__ = ["WooCommerce", "connect"]


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Store:
    """Return the shop at `settings["url"]`; nothing is sent yet.

    Raises:
        Misconfigured: the address or a key is missing.

    """
    keys = Keys(secrets.get("consumer_key", ""), secrets.get("consumer_secret", ""))
    return WooCommerce(
        settings.get("url", ""),
        keys,
        kit,
        webhook_secret=secrets.get("webhook_secret", ""),
        track_meta=settings.get("track_meta", "") or TRACK_META,
    )
