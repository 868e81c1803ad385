"""Tries the API keys and the right to write, looks after the webhooks, and says in sentences what is missing."""

from collections.abc import Sequence

from sverka.connectors.kit import Home
from sverka.connectors.woocommerce.api import Api
from sverka.connectors.woocommerce.orders import told_by
from sverka.connectors.woocommerce.webhooks import TOPICS, Webhooks
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import free

_PLAIN_HTTP = Text(
    "The shop's address is plain http: requests are signed, but buyers' data travels in the clear; use https.",
    "Адрес магазина начинается с http: запросы подписаны, но данные покупателей идут открыто; перейдите на https.",
)
_NO_SECRET = Text(
    "No webhook secret is given, so the shop's webhooks are not trusted and changes are found by sweeps alone.",
    "Секрет вебхуков не задан: хаб не доверяет вебхукам магазина, изменения находит только обход.",
)
_BAD_SECRET = Text(
    "The webhook secret has characters that WooCommerce changes before it signs; use Latin letters and digits alone.",
    "В секрете вебхуков есть знаки, которые WooCommerce меняет перед подписью; оставьте латинские буквы и цифры.",
)
_NO_HOOKS = Text(
    "The shop has no complete set of this connection's webhooks; run `sverka connect store` with --subscribe to make "
    "them.",
    "В магазине нет полного набора вебхуков этого подключения; создайте их: `sverka connect store` с --subscribe.",
)
_HOOKED = Text(
    "Its webhooks are there. Orders put into the trash are found; one deleted past it rings nothing, and the nightly "
    "comparison finds it.",
    "Вебхуки на месте. Заказы из корзины хаб находит; удалённый мимо корзины ничем о себе не сообщает, его находит "
    "ночная сверка.",
)


def findings(api: Api, webhooks: Webhooks, secret: str, home: Home) -> Sequence[Finding]:
    """Return what the keys can and cannot do; problems are findings here and are not raised."""
    found = []
    try:
        home.vet(told_by(api.get("/orders", free, {"per_page": "1", "status": "any", "_fields": "id,_links"})))
        # A batch of nothing changes nothing and is refused to a read-only key.
        api.send("POST", "/orders/batch", free, body={"update": []})
        revived = webhooks.revive()
        present = {str(row.get("topic")): row.get("status") for row in webhooks.ours()}
    except Problem as problem:
        return [Finding(Level.BAD, problem.text)]
    good = Text(
        f"{api.site} answers, and its orders can be read and written.",
        f"{api.site} отвечает, заказы читаются и пишутся.",
    )
    found.append(Finding(Level.GOOD, good))
    if revived:
        found.append(Finding(Level.WARNING, _revived(", ".join(revived))))
    paused = [topic for topic, status in present.items() if status == "paused"]
    if paused:
        found.append(Finding(Level.WARNING, _paused(", ".join(paused))))
    if not secret:
        found.append(Finding(Level.WARNING, _NO_SECRET))
    elif not (secret.isascii() and secret.isalnum()):
        found.append(Finding(Level.BAD, _BAD_SECRET))
    if set(present) == set(TOPICS):
        found.append(Finding(Level.GOOD, _HOOKED))
    else:
        found.append(Finding(Level.WARNING, _NO_HOOKS))
    if not api.encrypted:
        found.append(Finding(Level.WARNING, _PLAIN_HTTP))
    return found


def _revived(names: str) -> Text:
    return Text(
        f"The shop had switched off webhooks after failed deliveries ({names}); they are on again. Check that the "
        "hub's address is reachable from the shop.",
        f"Магазин отключил вебхуки после неудачных доставок ({names}); они снова включены. Проверьте, что адрес "
        "хаба доступен из магазина.",
    )


def _paused(names: str) -> Text:
    return Text(
        f"Somebody has paused webhooks in the shop ({names}), and sweeps alone find what they would tell; activate "
        "them in WooCommerce → Settings → Advanced → Webhooks.",
        f"В магазине приостановлены вебхуки ({names}), об их событиях узнаёт только обход; включите их: WooCommerce → "
        "Настройки → Дополнительно → Вебхуки.",
    )
