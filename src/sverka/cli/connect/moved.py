"""A store that is connected under its old name at another address: it has moved, or it is a copy (C76)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sverka.bootstrap import House
from sverka.cli.connect.given import Given
from sverka.connectors.kit.home import HOME, place_of
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text


def refuse_copy(house: House, name: str, values: Given, *, confirmed: bool) -> None:
    """Let a store be connected at another address only where a person says that it has moved there.

    Raises:
        Misconfigured: the address is another one, and nobody has said so.
    """
    saved = house.storage.connections.get(name)
    if saved is None or saved.side is not Side.STORE or not house.storage.catalogues.get(name):
        return
    secrets = house.secrets_of(saved)
    old, new = _host({**saved.settings, **secrets}), _host({**values.settings, **values.secrets})
    if confirmed:
        house.storage.secrets_of(name).put(HOME, "")
    elif old and new and old != new:
        raise Misconfigured(
            Text(
                f"{name} is the shop at {old}, and {new} may be a copy of it, whose orders have the same numbers. "
                f"Connect a copy under another name; if the shop has moved, add --confirm-moved.",
                f"{name} – это магазин на {old}, а {new} может быть его копией с теми же номерами заказов. Копию "
                f"подключите под другим именем; если магазин переехал, добавьте --confirm-moved.",
            )
        )


def _host(values: Mapping[str, object]) -> str:
    """Return where a store stands: of a webhook's address, which is a password, only the host."""
    if values.get("url"):
        return place_of(str(values["url"]))
    return place_of(urlsplit(str(values.get("webhook") or "")).netloc)
