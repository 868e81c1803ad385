"""Other programs that bring orders to the portal, as far as its REST shows them (R9).

The portal's own exchange with a store cannot be asked about. What it leaves can be seen: deals with another program's
mark, and orders of the portal's own.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sverka.connectors.bitrix24.commands import DEAL, PAGE, Command
from sverka.connectors.bitrix24.values import items_of, moment
from sverka.connectors.bitrix24.wire.client import Answered
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level

_SHOWN: Final = 5
_HUB: Final = re.compile(r"sverka-[0-9a-f]{8}")
_LATELY: Final = timedelta(days=1)


def asked(hub: str) -> list[Command]:
    """Return what is asked: the newest deals that carry another program's mark, and the portal's newest order."""
    where: Mapping[str, Param] = {"!@originatorId": ("", hub)}
    newest: Mapping[str, Param] = {"order": {"id": "DESC"}}
    picked = ("id", "originatorId", "createdTime")
    deals: dict[str, Param] = {"entityTypeId": DEAL, "filter": where, "select": picked, **newest, "start": -1}
    orders: dict[str, Param] = {"select": ("id", "accountNumber", "dateInsert"), **newest}
    return [Command("crm.item.list", deals), Command("sale.order.list", orders)]


def told(deals: Answered, orders: Answered, now: datetime) -> Sequence[Finding]:
    """Return what the answers show; a portal whose scope leaves one of them out shows nothing of it."""
    marked = [] if isinstance(deals, Problem) else [d for d in items_of(deals.data, "items") if d.get("originatorId")]
    return [*(_rival(marked, now) or _marked(marked)), *_orders(orders)]


def _rival(deals: Sequence[Mapping[str, Any]], now: datetime) -> Sequence[Finding]:
    """Tell of a hub that has lately been at work here: neither of two knows the other's deals for its own."""
    for deal in deals:
        hub, made = str(deal["originatorId"]), moment(deal.get("createdTime"))
        if made is not None and now - made < _LATELY and _HUB.fullmatch(hub):
            text = Text(
                f"Another hub works on this portal: {hub} made a deal on {made:%Y-%m-%d %H:%M} UTC. A portal is for "
                "one hub, or every order gets two deals: connect all stores to one, and stop the other. A day after "
                "its last deal this is said no more.",
                f"На этом портале работает другой хаб: {hub} создал сделку {made:%Y-%m-%d %H:%M} UTC. Портал – для "
                "одного хаба, иначе у заказа будет две сделки: подключите все магазины к одному и остановите другой. "
                "Через сутки после его последней сделки это сообщение пропадёт.",
            )
            return [Finding(Level.BAD, text)]
    return []


def _marked(deals: Sequence[Mapping[str, Any]]) -> Sequence[Finding]:
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
