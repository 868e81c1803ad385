"""What a shop's refusal means for whoever sent the request, and what to do next."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sverka.connectors.kit import Answer
from sverka.connectors.kit.moments import asked_pause, told_time
from sverka.connectors.woocommerce.doors import code_of, is_page
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text

_NO_ORDER = "woocommerce_rest_shop_order_invalid_id"
_NO_ROUTE = "rest_no_route"
_WINDOW = timedelta(minutes=15)
"""How far a signature's moment may lie from the shop's own clock."""


def problem_of(answer: Answer, site: str, now: datetime | None = None) -> Problem:
    """Return what a refusal means; `now` is compared with the shop's clock where a signature was not taken."""
    data = answer.data if isinstance(answer.data, dict) else {}
    code, words = code_of(answer), str(data.get("message", ""))
    if answer.status in (401, 403) and code.startswith("woocommerce_rest_authentication_") and _is_off(answer, now):
        return Later(_other_time(site))  # the keys may well be right, and nothing was done
    if answer.status in (401, 403):
        return AuthLost(_no_access(answer, site, words or f"HTTP {answer.status}"))
    if answer.status in (429, 503):
        return Later(after=asked_pause(answer.headers))
    if code == _NO_ORDER or (answer.status == 404 and code != _NO_ROUTE and data):
        return Gone()
    if answer.status == 404:
        return Misconfigured(_no_api(site))
    if is_page(answer):
        return Later(_page(site))
    return rejected(words or code or str(answer.status)) if 400 <= answer.status < 500 else Unanswered()


def item_problem(row: Mapping[str, Any], site: str) -> Problem | None:
    """Return what went wrong with one item of a batch, None where nothing did."""
    error = row.get("error")
    if not isinstance(error, dict):
        return None
    details = error.get("data")
    status = details.get("status") if isinstance(details, dict) else None
    return problem_of(Answer(status if isinstance(status, int) else 400, {}, error), site)


def rejected(words: str) -> Rejected:
    """Return a refusal in the shop's own words."""
    return Rejected(
        Text(
            f"The shop refuses the value: {words} Correct it in the shop or in the profile, then retry.",
            f"Магазин не принимает значение: {words} Исправьте в магазине или в профиле и повторите.",
        )
    )


def repeated(site: str) -> Later:
    """Return the problem of an answer that belongs to another request, such as the page before of a list."""
    return Later(
        Text(
            f"{site} gives an answer to another request, or one that lacks what was asked for. If a cache stands "
            "before the shop, exclude /wp-json/ from it; if a plugin takes fields out of the API's answers, switch "
            "that off. The hub will try again by itself.",
            f"{site} отвечает не на тот запрос или не показывает того, о чём его спросили. Если перед магазином стоит "
            "кэш, исключите из него /wp-json/; если поля из ответов API убирает плагин, отключите это. Хаб повторит "
            "сам.",
        )
    )


def redirected(moved: Text) -> Misconfigured:
    """Add to a redirect what makes one of every address of the API."""
    return Misconfigured(
        Text(
            f"{moved.en} If the address is right, choose anything but Plain in WordPress → Settings → Permalinks.",
            f"{moved.ru} Если адрес верен, выберите любой вид, кроме «Простые», в WordPress → Настройки → "
            "Постоянные ссылки.",
        )
    )


def _no_access(answer: Answer, site: str, words: str) -> Text:
    code = code_of(answer)
    if code.startswith("woocommerce_rest_cannot_") and answer.status == 403:
        return _no_right(site, words)
    if code.startswith("woocommerce_"):
        return _bad_keys(site, words)
    return _walled(site, words)


def _is_off(answer: Answer, now: datetime | None) -> bool:
    told = told_time(answer.headers)
    return told is not None and now is not None and abs(told - now) > _WINDOW


def _no_api(site: str) -> Text:
    return Text(
        f"{site} has no WooCommerce REST at this address; check the shop's address, that WooCommerce is on, and that "
        "no plugin switches the REST API off.",
        f"На {site} нет REST WooCommerce; проверьте адрес магазина, что WooCommerce включён и что REST API не "
        "отключает какой-нибудь плагин.",
    )


def _page(site: str) -> Text:
    return Text(
        f"{site} answers with a page where its API should be: it is closed for maintenance, or a plugin or the host "
        "asks for a login. Let /wp-json/wc/ be open there; the hub will try again by itself.",
        f"{site} вместо ответа API отдаёт страницу: сайт закрыт на обслуживание, либо плагин или хостинг требует "
        "входа. Откройте там /wp-json/wc/; хаб повторит сам.",
    )


def _walled(site: str, words: str) -> Text:
    return Text(
        f"Not WooCommerce but something before it at {site} refuses the hub ({words}): a security plugin, or the "
        "host's firewall. Let requests to /wp-json/wc/ through there.",
        f"На {site} хаб не пускает не WooCommerce, а то, что стоит перед ним ({words}): плагин безопасности или "
        "защита хостинга. Разрешите там запросы к /wp-json/wc/.",
    )


def _other_time(site: str) -> Text:
    return Text(
        f"The clocks of this machine and of {site} differ by more than a quarter of an hour, so no signature is taken; "
        "set both by time servers. The hub will try again by itself.",
        f"Часы этой машины и {site} расходятся больше чем на четверть часа, поэтому подписи не принимаются; "
        "настройте на обеих сверку времени. Хаб повторит сам.",
    )


def _no_right(site: str, words: str) -> Text:
    return Text(
        f"{site} knows the API keys, but the user they were made for may not do this ({words}); make new keys for an "
        "administrator or a shop manager and run `sverka connect`.",
        f"{site} узнаёт ключи API, но у пользователя, для которого они созданы, нет на это права ({words}); создайте "
        "ключи для администратора или менеджера магазина и выполните `sverka connect`.",
    )


def _bad_keys(site: str, words: str) -> Text:
    return Text(
        f"{site} does not let the API keys in ({words}); make new ones with read and write access in WooCommerce → "
        "Settings → Advanced → REST API and run `sverka connect`.",
        f"{site} не пускает ключи API ({words}); создайте новые с правом чтения и записи: WooCommerce → Настройки "
        "→ Дополнительно → REST API, затем выполните `sverka connect`.",
    )
