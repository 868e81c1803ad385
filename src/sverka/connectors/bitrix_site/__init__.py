"""A 1C-Bitrix site as a store: its `sale.*` REST behind an inbound webhook."""

from collections.abc import Mapping

from sverka.connectors.bitrix_site.store import BitrixSite
from sverka.connectors.kit import Kit
from sverka.ports.store import Store

__all__ = ["BitrixSite", "connect"]


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Store:
    """Return the store behind `secrets["webhook"]`; nothing is sent yet.

    Raises:
        Misconfigured: the webhook is no address of the form `https://SITE/rest/USER/SECRET/`.

    """
    webhook, token = secrets.get("webhook", ""), secrets.get("application_token", "")
    site, buyer = settings.get("site", ""), settings.get("buyer", "")
    return BitrixSite(webhook, token, kit, site, buyer, secrets.get("module_secret", ""))
