"""What a portal's refusal means for the hub: sorted by its `error` code, never by its words or its HTTP status."""

import html
import re
from datetime import timedelta

from sverka.connectors.bitrix24.commands import ADD, IMPORT
from sverka.domain.errors import AuthLost, Gone, Halt, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text

BUSY = "query_limit_exceeded"
"""Too many requests a second: nothing was done, and a moment later the same request passes."""

BLOCKED = "operation_time_limit"
"""One method has used up its computing time; the others still work."""

EXPIRED = "expired_token"
"""An application's access token has run out: nothing was done, and with a renewed one the same request passes."""

LONGEST_BLOCK = timedelta(minutes=10)
"""A method is never blocked for longer than the window its computing time is counted over."""

_AUTH = {
    "expired_token", "no_auth_found", "invalid_credentials", "invalid_token", "authorization_error",
    "application_not_found", "portal_deleted", "not_installed", "method_confirm_denied",
}  # fmt: skip
_BROKEN = {"internal_server_error", "error_unexpected_answer"}
_PLAN = {"access_denied", "payment_required"}
_CONFIGURATION = {
    "error_method_not_found", "wrong_auth_type", "user_access_error", "allowed_only_intranet_user",
    "error_batch_method_not_allowed", "error_batch_length_exceeded", "method_confirm_waiting",
}  # fmt: skip
_SCOPES = {"user.": "user_brief", "catalog.": "catalog", "sale.": "sale", "userfieldconfig.": "userfieldconfig"}

_LACKING = {
    "currencyid": Text(
        "The portal lacks the order's currency; add it there (CRM → Settings → Currencies), then retry.",
        "Портал не знает валюту заказа; добавьте её там (CRM → Настройки → Валюты) и повторите.",
    ),
    "stageid": Text(
        "The portal has no such stage in this funnel any more; bring the stage back and retry, or correct the profile "
        "(`sverka profile check` names the stage) and apply it.",
        "На портале в этой воронке больше нет такой стадии; верните её и повторите либо исправьте профиль (`sverka "
        "profile check` назовёт стадию) и примените его.",
    ),
    "categoryid": Text(
        "The portal has no such funnel any more; choose another one in the profile (`pipeline`, and the stages of the "
        "status map) and apply it.",
        "На портале больше нет такой воронки; укажите в профиле другую (`pipeline` и стадии карты статусов) и "
        "примените его.",
    ),
}
"""What a portal lacks that a record needs, by the field its refusal names."""


def sort(code: object, words: str, status: int, method: str, host: str) -> Problem:
    """Return the problem an `error` code stands for; `method` is the one refused, `words` the portal's own."""
    name = str(code).lower()
    if name in _AUTH:
        return _auth(host, str(code))
    if name == BUSY:
        return busy(host)
    if name == BLOCKED:
        return blocked(host, method, LONGEST_BLOCK)
    if name == "overload_limit":
        return Halt(
            Text(
                f"Bitrix24 has blocked the REST API of {host} for overload; write to Bitrix24 support, then resume.",
                f"Битрикс24 заблокировал REST портала {host} из-за нагрузки; напишите в поддержку, затем возобновите.",
            )
        )
    if name == "insufficient_scope" or "required more scopes" in words:
        return _scope(method)
    if name == "access_denied" and method == IMPORT:
        return _no_import(host)
    # A right to make records that is lost is no fault of each record: the connection stops, and nothing is held.
    no_right_to_make = name == "access_denied" and method == ADD
    if name in _CONFIGURATION or no_right_to_make or (name in _PLAN and status == 403):
        return Misconfigured(
            Text(f"{host} does not allow {method}: {tidy(words)}", f"{host} не разрешает {method}: {tidy(words)}")
        )
    if name == "not_found" or (name == "" and tidy(words).rstrip(".").lower() == "not found"):
        return Gone()
    if name in _BROKEN or status >= 500:
        return Unanswered()
    lacking = next((text for name, text in _LACKING.items() if name in words.lower()), None)
    if lacking is not None:
        return Rejected(lacking)
    said = tidy(words) or str(code) or str(status)
    return Rejected(
        Text(
            f"Bitrix24 refuses it: {said} Correct the value or the profile, then retry.",
            f"Битрикс24 не принимает: {said} Исправьте значение или профиль и повторите.",
        )
    )


def by_status(status: int, host: str) -> Problem:
    """Return the problem of an answer that carries no code: a proxy's page, a firewall's, an empty body."""
    if status == 401:
        return _auth(host, "401")
    if status in (403, 429):
        return Later(
            Text(
                f"{host} turned the request away ({status}) without a word; the hub tries again in five minutes.",
                f"{host} отклонил запрос ({status}) без объяснений; хаб повторит через пять минут.",
            ),
            timedelta(minutes=5),
        )
    if status in (404, 410):
        return Misconfigured(
            Text(
                f"There is no REST API at this address of {host}; check the webhook's address.",
                f"По этому адресу на {host} нет REST; проверьте адрес вебхука.",
            )
        )
    if 400 <= status < 500:
        return Rejected(Text(f"{host} refuses the request ({status}).", f"{host} не принимает запрос ({status})."))
    return Unanswered()


def busy(host: str) -> Later:
    """Return the problem of a portal that has too many requests."""
    return Later(
        Text(
            f"{host} has too many requests; the hub will try again by itself.",
            f"У {host} слишком много запросов; хаб повторит сам.",
        )
    )


def blocked(host: str, method: str, pause: timedelta) -> Later:
    """Return the problem of a method whose computing time is used up for that long."""
    return Later(
        Text(
            f"{host} has used up the computing time of {method}; the hub goes on in {pause.total_seconds():.0f} s.",
            f"На {host} исчерпано время метода {method}; хаб продолжит через {pause.total_seconds():.0f} с.",
        ),
        pause,
    )


def _no_import(host: str) -> Later:
    """Return the problem of a right that history alone needs: live orders go on without it."""
    return Later(
        Text(
            f"The hub may not import into {host}; give its employee the right to import deals and contacts (CRM → "
            "Settings → Permissions). The hub tries again in fifteen minutes.",
            f"Хабу нельзя импортировать на {host}; дайте его сотруднику право на импорт сделок и контактов (CRM → "
            "Настройки → Права доступа). Хаб повторит через пятнадцать минут.",
        ),
        timedelta(minutes=15),
    )


def tidy(words: str) -> str:
    """Return a portal's words in one short line without markup; an address's secret part is cut out."""
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", words)).split())
    text = re.sub(r"/rest/\d+/[^/\s]+", "/rest/…", text)
    text = text if len(text) <= 200 else text[:199] + "…"
    return text if not text or text[-1] in ".!?…" else text + "."


def _auth(host: str, code: str) -> AuthLost:
    return AuthLost(
        Text(
            f"{host} refuses the hub's credentials ({code}); make a new webhook, or authorise the application anew, "
            "and connect again with `sverka connect portal`.",
            f"{host} не принимает доступ хаба ({code}); создайте новый вебхук или разрешите приложение заново и "
            "подключите командой `sverka connect portal`.",
        )
    )


def _scope(method: str) -> Misconfigured:
    scope = next((scope for prefix, scope in _SCOPES.items() if method.startswith(prefix)), "crm")
    return Misconfigured(
        Text(
            f"The hub lacks the scope `{scope}` that {method} needs; tick it in the webhook or the application.",
            f"Нет права `{scope}`, нужного для {method}; отметьте его в вебхуке или приложении.",
        )
    )
