"""Other programs that bring orders to the portal, as far as its REST shows them (R9).

The portal's own exchange with a store cannot be asked about. What it leaves can be seen: deals with another program's
mark, and orders of the portal's own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sverka.connectors.bitrix24.commands import DEAL, PAGE, Command
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Answered
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level

_SHOWN: Final = 5


def asked(hub: str) -> list[Command]:
    """Return what is asked: the newest deals that carry another program's mark, and the portal's newest order."""
    where: Mapping[str, Param] = {"!@originatorId": ("", hub)}
    newest: Mapping[str, Param] = {"order": {"id": "DESC"}}
    picked = ("id", "originatorId", "createdTime")
    deals: dict[str, Param] = {"entityTypeId": DEAL, "filter": where, "select": picked, **newest, "start": -1}
    orders: dict[str, Param] = {"select": ("id", "accountNumber", "dateInsert"), **newest}
    return [Command("crm.item.list", deals), Command("sale.order.list", orders)]


def told(deals: Answered, orders: Answered) -> Sequence[Finding]:
    """Return what the answers show; a portal whose scope leaves one of them out shows nothing of it."""
    return [*_marked([] if isinstance(deals, Problem) else items_of(deals.data, "items")), *_orders(orders)]


def _marked(deals: Sequence[Mapping[str, Any]]) -> Sequence[Finding]:
    deals = [deal for deal in deals if deal.get("originatorId")]
    found = Counter(str(deal["originatorId"]) for deal in deals)
    if not found:
        return []
    most = found.most_common(_SHOWN)
    names = ", ".join(f"{name} ({count}{'+' if len(deals) == PAGE else ''})" for name, count in most)
    newest = str(deals[0].get("createdTime"))[:10]
    first = most[0][0]
    text = Text(
        f"Other programs made deals here: {names}, the last on {newest}. If one of them still carries this store's "
        f"orders, switch it off, or every order gets two deals; its deals are taken over with `adopt = "
        f'[{{ originator = "{first}" }}]` in [deal].',
        f"Сделки здесь создавали и другие программы: {names}, последняя – {newest}. Если одна из них ещё передаёт "
        f"заказы этого магазина, отключите её, иначе у заказа будет две сделки; её сделки примет `adopt = "
        f'[{{ originator = "{first}" }}]` в [deal].',
    )
    return [Finding(Level.WARNING, text)]


def _orders(orders: Answered) -> Sequence[Finding]:
    newest = [] if isinstance(orders, Problem) else items_of(orders.data, "orders")
    if not newest:
        return []
    number, day = newest[0].get("accountNumber") or newest[0].get("id"), str(newest[0].get("dateInsert"))[:10]
    text = Text(
        f"The portal has orders of its own, the newest is № {number} of {day} (edition “Internet shop + CRM”, or an "
        "import from a store). They are left alone. If they are this store's, switch off the built-in exchange: CRM → "
        "Settings → Online stores, and the export to the CRM on the site.",
        f"На портале есть собственные заказы, новейший – № {number} от {day} (редакция «Интернет-магазин + CRM» или "
        "импорт из магазина). Их хаб не трогает. Если это заказы того же магазина, отключите встроенный обмен: CRM → "
        "Настройки → Интернет-магазины и выгрузку в CRM на самом сайте.",
    )
    return [Finding(Level.WARNING, text)]
