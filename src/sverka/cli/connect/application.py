"""`sverka connect portal --app`: the steps by which a portal lets a local application in."""

import sys
from collections.abc import Mapping
from dataclasses import replace

import typer

from sverka.bootstrap import House
from sverka.cli.connect.given import Given
from sverka.cli.screen import WARN, line, whole
from sverka.cli.words import t
from sverka.connectors.bitrix24 import AppPortal
from sverka.connectors.registry import Manifest
from sverka.domain.errors import AuthLost, Problem
from sverka.ports.guard import free

_TOKEN = "application_token"  # noqa: S105 - the name of a secret
_OF_THE_APP = ("portal", "client_id", "auth_server")


def is_by_app(house: House, name: str, options: Mapping[str, str], *, asked: bool) -> bool:
    """Tell whether a portal is entered by an application: asked for now, or before and no webhook is given."""
    saved = house.storage.connections.get(name)
    return asked or bool(saved and saved.settings.get("portal") and not options.get("webhook"))


def wanting(manifest: Manifest, *, by_app: bool) -> Manifest:
    """Return a portal's manifest with what this way in cannot do without."""
    needed = "portal" if by_app else "webhook"
    return replace(manifest, wanted=tuple(replace(one, is_required=one.name == needed) for one in manifest.wanted))


def of_one_way(house: House, name: str, values: Given, *, by_app: bool) -> Given:
    """Return the values without what belongs to the other way in.

    An application's settings would go before a webhook, and the bells of one way do not carry the other's token.
    """
    saved, kept = house.storage.connections.get(name), house.storage.vault.get(f"{name}/{_TOKEN}")
    is_others = saved is not None and bool(saved.settings.get("portal")) != by_app
    return Given(
        {key: value for key, value in values.settings.items() if by_app or key not in _OF_THE_APP},
        {key: value for key, value in values.secrets.items() if not (is_others and key == _TOKEN and value == kept)},
        values.asked,
    )


def let_in(connector: AppPortal, name: str, install: str, code: str) -> bool:
    """Get the application tokens that open the portal, or say what is to be done for them; tell whether it has any.

    `install` is the hub's address for the portal's message, `code` what a person has brought back from the portal.
    """
    app = connector.app
    if code:
        app.exchange(code)
    elif not app.has_keys:
        _tell_of_the_form(name, install)
    elif not app.install_pending() and not _opens(connector):
        return _ask_for_code(connector, name, install)
    if app.is_authorised and not connector.is_told:
        _tell_of_the_address(install)
    return app.is_authorised


def _opens(connector: AppPortal) -> bool:
    """Tell whether the tokens there are still open the portal; of an application that was removed they do not."""
    try:
        connector.client.call("profile", {}, free)
    except AuthLost:
        return False
    except Problem:
        return connector.app.is_authorised  # what it is the check tells
    return True


def _tell_of_the_form(name: str, install: str) -> None:
    line(
        t(
            "In the portal, as an administrator: Developer resources → Other → Local application. Type: server; tick "
            "“Uses API only”. Enter the address below as the handler's path and as the initial installation path, tick "
            "CRM (crm) and Users (user_brief), save. Then run the command with the id and the key the portal shows.",
            "На портале, администратором: Разработчикам → Другое → Локальное приложение. Тип: серверное; отметьте "
            "«Использует только API». Введите адрес ниже как путь обработчика и как путь первоначальной установки, "
            "отметьте CRM (crm) и Пользователи (user_brief), сохраните. Затем выполните команду с кодом и ключом.",
        )
    )
    whole(f"  {install}")
    whole(f"  sverka connect portal {name} --app --client-id local.… --secret client_secret")


def _tell_of_the_address(install: str) -> None:
    line(t("The address the portal must reach, as it is to stand in both paths of the application:",
           "Адрес, который должен быть доступен порталу и стоять в обоих путях приложения:"))  # fmt: skip
    whole(f"  {install}")


def _ask_for_code(connector: AppPortal, name: str, install: str) -> bool:
    _tell_of_the_address(install)
    line(
        t(
            "The portal has not told of the installation. Open this as an administrator of the portal. If it leads to "
            "a page that says “ok”, run the command again; else give the whole address within half a minute.",
            "Портал не сообщил об установке. Откройте это администратором портала. Если откроется страница со словом "
            "ok, повторите команду; если нет, за полминуты передайте весь адрес, на который он приведёт.",
        ),
        WARN,
    )
    whole(f"  {connector.app.link()}")
    if sys.stdin.isatty():
        connector.app.exchange(str(typer.prompt(t("The address", "Адрес"), hide_input=True)))
        return True
    whole(f"  sverka connect portal {name} --app --code 'https://…?code=…'")
    return False
