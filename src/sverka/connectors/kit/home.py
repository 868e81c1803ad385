"""Which shop it is: a copy of it has the same orders under another address (C76)."""

from typing import Final
from urllib.parse import urlsplit

from sverka.connectors.kit.tools import Kit
from sverka.domain.errors import Forged, Misconfigured
from sverka.domain.text import Text

HOME: Final = "home"
"""The name under which a connection keeps the address its shop gives itself."""


class Home:
    """The address a shop gives itself, kept from the first time it was told."""

    def __init__(self, kit: Kit) -> None:
        """Take the connection's own secrets; nothing is kept yet."""
        self._kit = kit
        self._kept = kit.secrets.get(HOME) or ""

    def vet(self, told: str) -> None:
        """Keep the address a shop gives itself, or compare it with the one kept; one that tells none is let pass.

        Raises:
            Misconfigured: it is another shop, or a copy, or it has moved.
        """
        here = place_of(told)
        if here and not self._kept:
            kept = self._kit.secrets.get(HOME)
            if not kept:
                self._kit.secrets.put(HOME, here)
            self._kept = kept or here
        if here and here != self._kept:
            raise Misconfigured(self._text(here))

    def believe(self, told: str) -> None:
        """Compare the address a notice comes from; raises `Forged` where that is a copy of the shop."""
        here = place_of(told)
        if here and self._kept and here != self._kept:
            raise Forged(self._text(here))

    def _text(self, here: str) -> Text:
        name = self._kit.name
        return Text(
            f"{here} calls itself the shop {name}, which is {self._kept}: nothing is read or written there. If it is a "
            f"copy, connect it under another name; if the shop has moved, run `sverka connect store {name} "
            "--confirm-moved` with its new address.",
            f"{here} выдаёт себя за магазин {name}, а это {self._kept}: оттуда ничего не читается и туда не пишется. "
            f"Если это копия, подключите её под другим именем; если магазин переехал, выполните `sverka connect store "
            f"{name} --confirm-moved` с новым адресом.",
        )


def place_of(address: str) -> str:
    """Return host, port and path of an address, without what does not tell one shop from another; empty for none."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    usual = port in (None, 80, 443)
    path = parts.path.partition("/wp-json")[0].rstrip("/").removesuffix("/index.php")
    return f"{host}{'' if usual else f':{port}'}{path}" if host else ""
