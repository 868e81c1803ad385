"""A 1C-Bitrix site as a store: its `sale.*` REST behind an inbound webhook."""

from collections.abc import Mapping

from sverka.connectors.bitrix_site import signing
from sverka.connectors.bitrix_site.store import BitrixSite
from sverka.connectors.kit import Kit
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.ports.store import Store

__all__ = ["BitrixSite", "connect"]

_SHORT = Text(
    "The secret of the site's module has 32 characters or more; make it by `openssl rand -hex 32` and give it to both.",
    "Секрет модуля сайта – не короче 32 знаков; создайте его командой `openssl rand -hex 32` и задайте обеим сторонам.",
)


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Store:
    """Return the store behind `secrets["webhook"]`; nothing is sent yet.

    Raises:
        Misconfigured: the webhook is no address of the form `https://SITE/rest/USER/SECRET/`, or the module's secret is
            shorter than the module takes one.

    """
    webhook, token = secrets.get("webhook", ""), secrets.get("application_token", "")
    site, buyer = settings.get("site", ""), settings.get("buyer", "")
    module_secret = secrets.get("module_secret", "")
    if 0 < len(module_secret) < signing.SHORTEST_SECRET:
        raise Misconfigured(_SHORT)
    return BitrixSite(webhook, token, kit, site, buyer, module_secret)
