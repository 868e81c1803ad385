"""Tries the keys, and says in sentences what the API cannot do here."""

from collections.abc import Sequence

from sverka.connectors.pixlpark import listing
from sverka.connectors.pixlpark.api import Api
from sverka.connectors.pixlpark.calls import SHIPPED, Calls
from sverka.connectors.pixlpark.orders import Terms
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import free

_UNSIGNED = Text(
    "Pixlpark does not sign its webhooks: the hub's own address for them is the only secret, and every order is read "
    "by the API before anything is done. Tell that address to nobody.",
    "Pixlpark не подписывает вебхуки: единственный секрет – сам адрес хаба, и перед любым действием заказ читается "
    "через API. Никому не сообщайте этот адрес.",
)
_NO_URL = Text(
    "No address of orders in the panel is set, so deals have no link to them: `--set order_url=https://…/{id}`.",
    "Не задан адрес заказа в панели, поэтому в сделке не будет ссылки на него: `--set order_url=https://…/{id}`.",
)


def findings(api: Api, calls: Calls, terms: Terms) -> Sequence[Finding]:
    """Return what the keys and the settings are good for; problems are findings here and are not raised."""
    try:
        rows = listing.newest(api, free)
    except Problem as problem:
        return [Finding(Level.BAD, problem.text)]
    good = Text(f"{api.host} answers, and its orders can be read.", f"{api.host} отвечает, заказы читаются.")
    found = [Finding(Level.GOOD, good), Finding(Level.WARNING, _UNSIGNED)]
    if calls.off:
        found.append(Finding(Level.WARNING, _not_published(", ".join(calls.off))))
    strange = sorted({str(row.get("PhotolabId")) for row in rows} - set(terms.sites))
    if strange:
        found.append(Finding(Level.WARNING, _nameless(", ".join(strange))))
    if not terms.order_url:
        found.append(Finding(Level.WARNING, _NO_URL))
    return found


def _not_published(names: str) -> Text:
    return Text(
        f"These calls of Pixlpark are not published, and the hub makes none of them: {names}. To use one, copy "
        f"{SHIPPED}, fill it in from your method list at https://api.pixlpark.com and give `--set calls=FILE`.",
        f"Эти вызовы Pixlpark не опубликованы, и хаб их не делает: {names}. Чтобы ими пользоваться, скопируйте "
        f"{SHIPPED}, заполните по вашему списку методов на https://api.pixlpark.com и укажите `--set calls=ФАЙЛ`.",
    )


def _nameless(ids: str) -> Text:
    return Text(
        f"The API tells a site by its number alone; name these: {ids}, as in `--set sites='1164=print.example'`.",
        f"API называет сайт только номером; дайте имена: {ids}, например `--set sites='1164=print.example'`.",
    )
