"""Trying the credentials, scopes and rights, in one request."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sverka.connectors.bitrix24 import commands, others
from sverka.connectors.bitrix24.commands import DEAL, Command
from sverka.connectors.bitrix24.values import items_of, moment
from sverka.connectors.bitrix24.wire.client import Answered, Client, as_list, as_map
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import free

SKEW = timedelta(minutes=2)
"""Two clocks may be apart by this much: sweeps overlap by as long."""


def check(client: Client, hub: str, *, has_token: bool, by_app: bool = False) -> Sequence[Finding]:
    """Return what was found; a portal that does not answer is one finding."""
    asked = [
        Command("profile", {}),
        Command("scope", {}),
        commands.funnels(),
        commands.fields_of(DEAL),
        commands.mode(),
        *others.asked(hub),
        Command("server.time", {}),
    ]
    profile, scope, funnels, fields, mode, deals, orders, time = client.run(asked, free)
    if isinstance(profile, Problem):
        return [Finding(Level.BAD, profile.text)]
    return [
        *_who(client.host, profile),
        *_scopes(scope),
        *_funnels(funnels),
        *([Finding(Level.BAD, fields.text)] if isinstance(fields, Problem) else []),
        *_mode(mode),
        *others.told(deals, orders, client.now()),
        *_clock(time, client.now()),
        *([] if has_token else [_no_app_token() if by_app else _no_token()]),
    ]


def _who(host: str, profile: Answered) -> Sequence[Finding]:
    told = as_map(None if isinstance(profile, Problem) else profile.data)
    name = " ".join(str(told.get(part) or "") for part in ("NAME", "LAST_NAME")).strip() or f"№ {told.get('ID')}"
    found = [Finding(Level.GOOD, Text(f"Connected to {host} as {name}.", f"Подключено к {host}, сотрудник: {name}."))]
    if told.get("ADMIN") not in (True, "Y", "1"):
        found.append(
            Finding(
                Level.WARNING,
                Text(
                    f"{name} is no administrator: deals he may not see look deleted, and fields are listed in part. "
                    "Connect as an administrator.",
                    f"{name} — не администратор: невидимые ему сделки выглядят удалёнными, а поля видны не полностью. "
                    "Подключите портал от имени администратора.",
                ),
            )
        )
    return found


def _scopes(scope: Answered) -> Sequence[Finding]:
    if isinstance(scope, Problem):
        return [Finding(Level.WARNING, scope.text)]
    if "crm" in {str(one) for one in as_list(scope.data)}:
        return [Finding(Level.GOOD, Text("The hub has the scope `crm`.", "У хаба есть право `crm`."))]
    return [
        Finding(
            Level.BAD,
            Text(
                "The hub lacks the scope `crm`; tick “CRM (crm)” in the settings of the webhook or the application.",
                "У хаба нет права `crm`; отметьте «CRM (crm)» в настройках вебхука или приложения.",
            ),
        )
    ]


def _funnels(funnels: Answered) -> Sequence[Finding]:
    if isinstance(funnels, Problem):
        return [Finding(Level.BAD, funnels.text)]
    names = ", ".join(f"{line.get('name')} ({line.get('id')})" for line in items_of(funnels.data, "categories"))
    if not names:
        return [
            Finding(
                Level.BAD,
                Text(
                    "No funnel of deals can be seen; give the webhook's employee the right to read deals.",
                    "Не видно ни одной воронки сделок; дайте сотруднику вебхука право читать сделки.",
                ),
            )
        ]
    return [Finding(Level.GOOD, Text(f"Funnels: {names}.", f"Воронки: {names}."))]


def _mode(mode: Answered) -> Sequence[Finding]:
    if isinstance(mode, Problem):
        return []
    if str(mode.data) == "2":
        text = Text(
            "The portal works without leads: it makes a deal of each at once, so profiles make contacts.",
            "Портал работает без лидов: каждый сразу становится сделкой, поэтому профили создают контакты.",
        )
    else:
        text = Text("The portal works with leads.", "Портал работает с лидами.")
    return [Finding(Level.GOOD, text)]


def _clock(time: Answered, now: datetime) -> Sequence[Finding]:
    shown = None if isinstance(time, Problem) else moment(time.data)
    apart = now - shown if shown else timedelta()
    if abs(apart) <= SKEW:
        return []
    minutes = round(abs(apart).total_seconds() / 60)
    ahead = apart > timedelta()
    return [
        Finding(
            Level.WARNING,
            Text(
                f"This machine's clock is {minutes} min {'ahead of' if ahead else 'behind'} the portal's; set it by a "
                "time server (NTP), or orders are told apart by wrong moments.",
                f"Часы этой машины {'спешат' if ahead else 'отстают'} от часов портала на {minutes} мин; настройте "
                "синхронизацию времени (NTP), иначе заказы различаются по неверным моментам.",
            ),
        )
    ]


def _no_app_token() -> Finding:
    return Finding(
        Level.WARNING,
        Text(
            "The portal has not yet told of the application's installation, so its bells are refused; see that it "
            "reaches the address shown by `sverka connect portal NAME --app`, then save the application there again.",
            "Портал ещё не сообщил об установке приложения, и его звонки отклоняются; проверьте, что ему доступен "
            "адрес из `sverka connect portal ИМЯ --app`, и сохраните приложение на портале ещё раз.",
        ),
    )


def _no_token() -> Finding:
    return Finding(
        Level.WARNING,
        Text(
            "No application token is given, so every notice is refused and changes are found by sweeps alone; "
            "make an outgoing webhook on the portal and enter its token.",
            "Токен приложения не задан: уведомления отклоняются, изменения находит только обход; "
            "создайте на портале исходящий вебхук и введите его токен.",
        ),
    )
