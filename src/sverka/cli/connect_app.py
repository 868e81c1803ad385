"""`sverka connect portal --app`: the steps by which a portal lets a local application in."""

import sys
from collections.abc import Mapping
from dataclasses import replace

import typer

from sverka.bootstrap import House
from sverka.cli.given import Given
from sverka.cli.screen import WARN, line, whole
from sverka.cli.words import t
from sverka.connectors.bitrix24 import AppPortal
from sverka.connectors.registry import Manifest

_OF_THE_APP = ("portal", "client_id", "auth_server")


def is_by_app(house: House, name: str, options: Mapping[str, str], *, asked: bool) -> bool:
    """Tell whether a portal is entered by an application: asked for now, or before and no webhook is given."""
    saved = house.storage.connections.get(name)
    return asked or bool(saved and saved.settings.get("portal") and not options.get("webhook"))


def asking(manifest: Manifest, *, by_app: bool) -> Manifest:
    """Return a portal's manifest with what this way in cannot do without."""
    needed = "portal" if by_app else "webhook"
    return replace(manifest, wanted=tuple(replace(one, is_required=one.name == needed) for one in manifest.wanted))


def by_webhook(values: Given) -> Given:
    """Return the values without an application's, which would go before a webhook."""
    return Given({key: value for key, value in values.settings.items() if key not in _OF_THE_APP}, values.secrets)


def let_in(connector: AppPortal, name: str, install: str, code: str) -> bool:
    """Get the application its first tokens, or say what is to be done for them; tell whether there are any.

    `install` is the hub's address for the portal's message, `code` what a person has brought back from the portal.
    """
    app = connector.app
    if code:
        app.exchange(code)
    elif not app.has_keys:
        _tell_of_the_form(name, install)
    elif not app.is_authorised and not app.install_pending():
        _ask_for_code(connector, name)
    return app.is_authorised


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


def _ask_for_code(connector: AppPortal, name: str) -> None:
    line(
        t(
            "The portal has not told of the installation. Open this as an administrator of the portal; within half a "
            "minute give the whole address it leads you to.",
            "Портал не сообщил об установке. Откройте это администратором портала и за полминуты передайте весь "
            "адрес, на который он приведёт.",
        ),
        WARN,
    )
    whole(f"  {connector.app.link}")
    if sys.stdin.isatty():
        connector.app.exchange(str(typer.prompt(t("The address", "Адрес"), hide_input=True)))
    else:
        whole(f"  sverka connect portal {name} --app --code 'https://…?code=…'")
