"""A print shop on Pixlpark as a store: its API behind a pair of keys, and its webhooks."""

from collections.abc import Mapping

from sverka.connectors.kit import Kit
from sverka.connectors.pixlpark.orders import Terms
from sverka.connectors.pixlpark.store import Choices, Pixlpark
from sverka.connectors.pixlpark.tokens import Keys
from sverka.connectors.pixlpark.values import pairs_of
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.ports.store import Store

__all__ = ["Pixlpark", "connect"]


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Store:
    """Return the shop behind a pair of keys; nothing is sent yet.

    Raises:
        Misconfigured: the address is not https, or a setting cannot be read.

    """
    keys = Keys(settings.get("public_key", ""), secrets.get("private_key", ""))
    terms = Terms(
        settings.get("currency", "") or "RUB",
        pairs_of(settings.get("sites", ""), "sites"),
        pairs_of(settings.get("payments", ""), "payments"),
        settings.get("order_url", ""),
        kit.region,
    )
    notify = frozenset(one.strip() for one in settings.get("notify", "").split(",") if one.strip())
    choices = Choices(
        _number(settings.get("rate", "") or "2", "rate"),
        int(_number(settings.get("days", "") or "90", "days")),
        notify,
        settings.get("comment_email", ""),
        settings.get("calls", ""),
    )
    return Pixlpark(settings.get("url", ""), keys, kit, terms, choices)


def _number(text: str, name: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 100_000:
        raise Misconfigured(
            Text(
                f"{name} must be a number above zero, and it is {text!r}; run `sverka connect` again.",
                f"{name} – число больше нуля, а задано {text!r}; выполните `sverka connect` ещё раз.",
            )
        )
    return number
