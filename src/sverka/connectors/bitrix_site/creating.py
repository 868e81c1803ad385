"""Orders made of deals (K23): each with its mark from its first command on, and filled as any order is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sverka.connectors.bitrix_site.api import Command
from sverka.connectors.bitrix_site.dictionary import Words
from sverka.connectors.bitrix_site.mark import code_of
from sverka.connectors.bitrix_site.people import payer_for
from sverka.connectors.bitrix_site.values import text_of
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.ports.store import NewOrderWrite

_NO_PAYER = Text(
    "The site has no active payer type, and an order needs one; add it on the site, then retry.",
    "На сайте нет ни одного активного типа плательщика, а заказу он нужен; добавьте его на сайте и повторите.",
)


@dataclass(frozen=True)
class Usual:
    """What every order has and no deal tells: the site (`lid`), a currency, the user it stands on."""

    site: str
    currency: str
    buyer: str


def new_order(new: NewOrderWrite, words: Words, usual: Usual, hub: str) -> Command:
    """Return the command that makes an order: empty, marked, of the payer type that can hold what it is given.

    Its status is set at once, for a shop's robots and letters go by the status an order is born with.

    Raises:
        Misconfigured: the shop has no payer types.

    """
    payer = payer_for(new.fields, words)
    if not payer:
        raise Misconfigured(_NO_PAYER)
    told: dict[str, Any] = {
        "lid": usual.site,
        "personTypeId": payer,
        "currency": new.currency or usual.currency,
        "userId": usual.buyer,
        "xmlId": code_of(new.mark, hub),
    }
    status = new.fields.get("status")
    if not is_empty(status) and status != CANCELLED:
        told["statusId"] = text_of(status)
    return Command("sale.order.add", {"fields": told})


def rest_of(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return the fields that are written once the order is there."""
    return {key: value for key, value in fields.items() if key != "status" or value == CANCELLED}
