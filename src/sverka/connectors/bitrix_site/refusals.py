"""What the site's REST refuses, sorted by what to do next, each with a sentence that says it."""

from datetime import timedelta

from sverka.connectors.kit import Answer
from sverka.connectors.kit.moments import asked_pause
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text

_ABSENT_ORDER = "200540400001"
_NO_RIGHT = {"200040300010", "200040300020", "access_denied", "error_access_denied"}
_NO_CREDENTIALS = {"invalid_credentials", "no_auth_found", "expired_token", "authorization_error"}
_BUSY = {"query_limit_exceeded", "operation_time_limit"}
_SWITCHED_OFF = timedelta(minutes=15)
"""When a site is asked again that has switched its REST off because of the load."""


def of_answer(site: str, method: str, answer: Answer) -> Problem:
    """Return what an answer without a result means."""
    data = answer.data if isinstance(answer.data, dict) else {}
    code, words = str(data.get("error", "")), str(data.get("error_description", ""))
    pause = asked_pause(answer.headers)
    if code.lower() in _BUSY or answer.status == 429:
        return Later(after=pause)
    if code and answer.status < 500:
        found = of_code(site, method, code, words)
        return _no_access(site) if answer.status in (401, 403) and isinstance(found, Rejected) else found
    if code.lower() == "overload_limit":
        return _switched_off(site)
    if answer.status in (401, 403):
        return _no_access(site) if answer.data is not None or not answer.body else _fenced(site, answer.status)
    if answer.status == 404:
        return Misconfigured(
            Text(
                f"{site} has no REST at the webhook's address; check that the module `rest` is installed.",
                f"На {site} по адресу вебхука нет REST; проверьте, что модуль `rest` установлен.",
            )
        )
    return Later(after=pause) if answer.status in (429, 503) else Unanswered()


def of_code(site: str, method: str, code: str, words: str) -> Problem:
    """Return what an error means that REST itself names, in a batch or alone."""
    kind = code.lower()
    if kind == _ABSENT_ORDER:
        return Gone()
    if kind in _NO_CREDENTIALS:
        return _no_access(site)
    if kind == "insufficient_scope":
        return _no_scope(site, scope_of(method))
    if kind in _NO_RIGHT:
        return AuthLost(
            Text(
                f"The webhook on {site} lacks a right ({words or code}): its owner must be a shop administrator.",
                f"Вебхуку на {site} не хватает прав ({words or code}): его владелец должен быть администратором "
                "магазина.",
            )
        )
    if kind in _BUSY:
        return Later()
    if kind == "overload_limit":
        return _switched_off(site)
    if "https required" in words.lower():
        return Misconfigured(
            Text(
                f"{site} takes REST over https alone, and believes that it was called without. Connect with the https "
                "address; if it is one, the proxy before the site must tell it so (X-Forwarded-Proto).",
                f"{site} принимает REST только по https и считает, что его вызвали без него. Подключите адрес с https; "
                "если он такой, прокси перед сайтом должен ему об этом сообщать (X-Forwarded-Proto).",
            )
        )
    if kind == "error_method_not_found":
        return Misconfigured(
            Text(
                f"{site} does not know `{method}`, which the hub needs; update the modules `rest` and `sale`.",
                f"{site} не знает метода `{method}`, который нужен хабу; обновите модули `rest` и `sale`.",
            )
        )
    said = words or code or "?"
    return Rejected(
        Text(
            f"The site refuses the value: {said}. Correct it on the site or in the profile, then retry.",
            f"Сайт не принимает значение: {said}. Исправьте на сайте или в профиле и повторите.",
        )
    )


def scope_of(method: str) -> str:
    """Return the scope a method is called under."""
    named = {"sale.delivery": "delivery", "sale.paysystem": "pay_system"}
    scope = named.get(".".join(method.lower().split(".")[:2]), method.lower().partition(".")[0])
    return "sale" if scope in ("batch", "scope") else scope


def _no_scope(site: str, scope: str) -> Problem:
    return AuthLost(
        Text(
            f"The webhook on {site} lacks the scope `{scope}`; tick it in the webhook there and run `sverka doctor`.",
            f"У вебхука на {site} нет права `{scope}`; отметьте его в вебхуке и выполните `sverka doctor`.",
        )
    )


def _switched_off(site: str) -> Problem:
    text = Text(
        f"{site} has switched its REST off because of the load (OVERLOAD_LIMIT); if that lasts, ask whoever hosts it. "
        "The hub asks again in a quarter of an hour.",
        f"{site} отключил REST из-за нагрузки (OVERLOAD_LIMIT); если это надолго, обратитесь к тому, кто его "
        "обслуживает. Хаб спросит снова через четверть часа.",
    )
    return Later(text, after=_SWITCHED_OFF)


def _fenced(site: str, status: int) -> Problem:
    return Misconfigured(
        Text(
            f"Before REST on {site} something refuses the hub ({status}, a page and no answer of REST): a firewall, a "
            "password on the folder or the site's proactive protection. Make an exception there for `/rest/`.",
            f"Перед REST на {site} хаб что-то не пускает ({status}, страница вместо ответа REST): файрвол, пароль на "
            "каталог или проактивная защита. Сделайте там исключение для `/rest/`.",
        )
    )


def _no_access(site: str) -> Problem:
    return AuthLost(
        Text(
            f"{site} does not accept the webhook; make a new one there and run `sverka connect`.",
            f"{site} не принимает вебхук; создайте там новый и выполните `sverka connect`.",
        )
    )
