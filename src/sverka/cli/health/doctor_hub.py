"""What the doctor finds in the hub itself: its work, its address, its bells, and its profiles side by side."""

from collections.abc import Iterator
from datetime import timedelta

from sverka.bootstrap import House
from sverka.cli.connect.reach import address_of, base_of, is_here
from sverka.cli.home import settings_now
from sverka.cli.screen import age
from sverka.config.checks.together import check_together
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.storage.presence import is_worked_with

LATE = timedelta(minutes=15)
"""A visit that waits longer is too late: customers notice."""


def examine_hub(house: House) -> Iterator[Finding]:
    """Yield what is wrong though every side and every profile by itself may be well; nothing before there is work."""
    connections, profiles = house.storage.connections.list(), house.storage.profiles.list(active_only=True)
    if not connections or not profiles:
        return
    yield from _late(house)
    if not is_worked_with(settings_now().database):
        yield Finding(
            Level.WARNING,
            Text(
                "No hub runs on this database, so nothing is done until `sverka up` does.",
                "С этой базой не работает ни один хаб: пока не запущен `sverka up`, ничего не делается.",
            ),
        )
    base = base_of("")
    if is_here(base) and not all(is_here(address_of(house, one)) for one in connections):
        yield Finding(
            Level.WARNING,
            Text(
                f"{base} is reached from this machine alone, so bells from outside do not come; set SVERKA_PUBLIC.",
                f"{base} доступен только с этой машины, и звонки снаружи не приходят; задайте SVERKA_PUBLIC.",
            ),
        )
    yield from _silent(house)
    for complaint in check_together([house.profile(one) for one in profiles]):
        text = Text(
            f"profile {complaint.where}: {complaint.text.en}", f"профиль {complaint.where}: {complaint.text.ru}"
        )
        yield Finding(Level.BAD if complaint.bad else Level.WARNING, text)
    yield from _idle(house)


def _late(house: House) -> Iterator[Finding]:
    now = house.clock.now()
    oldest = min((one.oldest_due for one in house.storage.counts().waiting), default=now)
    if now - oldest > LATE:
        waits = age(now - oldest)
        yield Finding(
            Level.BAD,
            Text(
                f"The oldest bell has waited for {waits}; see `sverka status`, and that `sverka up` runs.",
                f"Самый старый звонок ждёт уже {waits}; см. `sverka status` и запущен ли `sverka up`.",
            ),
        )


def _silent(house: House) -> Iterator[Finding]:
    for one in house.storage.connections.list():
        if house.storage.watermark(one.name) and house.storage.accounts.heard(one.name) is None:
            yield Finding(
                Level.WARNING,
                Text(
                    f"No bell of {one.name} has come yet: its changes are found by sweeps alone, minutes later. "
                    "Connect it again to be shown the address its bells go to, and enter it there.",
                    f"От {one.name} ещё не было ни одного звонка: изменения находит только обход, минутами позже. "
                    "Подключите его ещё раз, чтобы увидеть адрес для звонков, и укажите этот адрес там.",
                ),
            )


def _idle(house: House) -> Iterator[Finding]:
    used = {name for profile in house.hub().profiles() for name in (profile.store, profile.office)}
    for one in house.storage.connections.list():
        if one.name not in used:
            yield Finding(
                Level.WARNING,
                Text(
                    f"No profile uses {one.name}, so nothing of it is synced; make one with `sverka profile new`.",
                    f"Подключение {one.name} не нужно ни одному профилю, оно не сверяется; создайте профиль: "
                    "`sverka profile new`.",
                ),
            )
