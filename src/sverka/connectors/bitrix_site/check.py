"""Tries the webhook and says in sentences what is missing, down to how a webhook is made on a site."""

from collections.abc import Sequence

from sverka.connectors.bitrix_site.api import Api
from sverka.connectors.bitrix_site.dictionary import Dictionary
from sverka.domain.errors import AuthLost, Problem
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import free

HOW_TO = Text(
    "To make a webhook on the site: create a public page for administrators with the component `bitrix:rest.hook` "
    "(many versions have no menu item for it), open it as an administrator of the shop, add an inbound webhook with "
    "the scopes sale, catalog, delivery and pay_system, and copy its whole address into `sverka connect`.",
    "Как создать вебхук на сайте: сделайте публичную страницу для администраторов с компонентом `bitrix:rest.hook` "
    "(во многих версиях пункта меню нет), откройте её под администратором магазина, добавьте входящий вебхук с "
    "правами sale, catalog, delivery и pay_system и скопируйте его адрес целиком в `sverka connect`.",
)
_PLAIN_HTTP = Text(
    "The webhook's address is plain http: the site sends its password in the clear, and REST refuses it unless "
    "REST_APAUTH_ALLOW_HTTP is set; use https.",
    "Адрес вебхука начинается с http: пароль передаётся открыто, и REST отказывает, если не задано "
    "REST_APAUTH_ALLOW_HTTP; перейдите на https.",
)
_NO_TOKEN = Text(
    "No application token is given, so the site's events are not trusted and changes are found by sweeps alone; make "
    "an outbound webhook for OnSaleOrderSaved and OnSaleBeforeOrderDelete and give its token, or install the module "
    "`sverka.orders`.",
    "Токен приложения не задан: хаб не доверяет событиям сайта, изменения находит только обход; "
    "создайте исходящий вебхук на OnSaleOrderSaved и OnSaleBeforeOrderDelete и укажите его токен или установите модуль "
    "`sverka.orders`.",
)
_NO_NAMES = Text(
    "The webhook lacks the scopes delivery and pay_system: services are shown by their ids.",
    "У вебхука нет прав delivery и pay_system: службы показываются по идентификаторам.",
)

_NO_CATALOGUE = Text(
    "The webhook lacks the scope catalog: sections and the stock of products are not told.",
    "У вебхука нет права catalog: разделы и остатки товаров не читаются.",
)


def findings(api: Api, dictionary: Dictionary, *, has_token: bool) -> Sequence[Finding]:
    """Return what the webhook can and cannot do; problems are findings here and are not raised."""
    found = []
    try:
        scopes = api.ask("scope", {}, free)["result"]
        sites = list(dict.fromkeys(str(row["lid"]) for row in dictionary.newest(free) if row.get("lid")))
        statuses = dictionary.statuses(free)
        properties = dictionary.words(free).properties
    except Problem as problem:
        found.append(Finding(Level.BAD, problem.text))
        if isinstance(problem, AuthLost):
            found.append(Finding(Level.BAD, HOW_TO))
        return found
    good = Text(
        f"{api.site} answers: {len(statuses)} order statuses, {len(properties)} order properties.",
        f"{api.site} отвечает: статусов заказа – {len(statuses)}, свойств заказа – {len(properties)}.",
    )
    found.append(Finding(Level.GOOD, good))
    if sites:
        found.append(Finding(Level.GOOD, _sites(", ".join(sites))))
    if not {"delivery", "pay_system"} <= set(scopes):
        found.append(Finding(Level.WARNING, _NO_NAMES))
    if "catalog" not in scopes:
        found.append(Finding(Level.WARNING, _NO_CATALOGUE))
    if not api.encrypted:
        found.append(Finding(Level.WARNING, _PLAIN_HTTP))
    if not has_token:
        found.append(Finding(Level.WARNING, _NO_TOKEN))
    return found


def _sites(codes: str) -> Text:
    return Text(
        f"Its newest orders are of these sites: {codes}. A profile takes those of one by `[when] site`.",
        f"Последние заказы – с сайтов: {codes}. Заказы одного из них профиль отбирает по `[when] site`.",
    )
