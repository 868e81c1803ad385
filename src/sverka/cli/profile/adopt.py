"""`sverka profile adopt`: join orders to deals that were there before the hub."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import catalogues_of
from sverka.cli.home import at_work
from sverka.cli.person import who
from sverka.cli.profile.preview import profile_of
from sverka.cli.screen import BAD, GOOD, WARN, ask, line
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text
from sverka.engine.by_hand.adopt import ORIGIN, PHONE, TITLE, Matches, adopt_matches, find_matches
from sverka.operate.audit import note
from sverka.operate.foresee import hub_with

_NOBODY = Text(
    "Nobody is here to be asked; add --yes to bind, or --preview to look only.",
    "Спросить некого; добавьте --yes, чтобы связать, или --preview, чтобы только посмотреть.",
)

_SHOWN = 20

_BY = t(
    "origin, title, phone, or a deal's field with the order's number.",
    "origin, title, phone или поле сделки с номером заказа.",
)


def adopt(
    what: Annotated[str, typer.Argument(metavar="FILE|NAME", help=t("A file or an applied profile.", "Файл или имя."))],
    by: Annotated[str, typer.Option(help=_BY)] = ORIGIN,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=t("Orders saved since.", "Заказы с даты."))
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help=t("Only say it.", "Только показать."))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask.", "Не спрашивать."))] = False,
) -> None:
    """Find the deal of each order among those there are, and bind what is certain; nothing is overwritten."""
    with at_work() as house:
        profile = profile_of(house, what)
        if by not in (ORIGIN, TITLE, PHONE):
            _known(catalogues_of(house).of(profile.office, Side.OFFICE), by)
        hub = hub_with(house.hub(), profile)
        found = find_matches(hub, profile, by, since.replace(tzinfo=UTC) if since else None)
        _show(found)
        if preview or not found.certain:
            return
        ask(t("Bind what is certain?", "Связать то, что точно?"), yes=yes, unasked=_NOBODY)
        bound = _adopted(house, profile, found)
        line(t(f"Bound: {len(bound)}.", f"Связано: {len(bound)}."), GOOD)
        if left := len(found.certain) - len(bound):
            line(t(f"Taken meanwhile: {left}; run it again.", f"Заняты: {left}; повторите команду."), WARN)
        if not Path(what).exists():
            return
        line(t("Next: put the profile in force.", "Дальше: введите профиль в действие."))
        line(f"  sverka profile apply {what}")


def _adopted(house: House, profile: Profile, found: Matches) -> list[OrderRef]:
    hub = house.hub()

    def adopt_all() -> list[OrderRef]:
        bound = adopt_matches(hub, profile, found)
        note(house, who(), "profile adopt", f"profile {profile.name}", "", f"{len(bound)} bound")
        return bound

    return house.storage.as_one(adopt_all)


def _known(fields: Iterable[Field] | None, by: str) -> None:
    if fields is not None and by not in {field.key for field in fields}:
        raise Misconfigured(
            Text(f"The portal's deals have no field {by!r}; write origin, title, phone, or a field's key.",
                 f"У сделок портала нет поля {by!r}; напишите origin, title, phone или код поля.")
        )  # fmt: skip


def _show(found: Matches) -> None:
    rows = [
        (t("Certain: one order, one deal", "Точно: один заказ, одна сделка"), len(found.certain), GOOD),
        (t("Unclear: several deals or orders", "Неясно: несколько сделок или заказов"), len(found.unclear), WARN),
        (t("Without a deal", "Без сделки"), len(found.alone), ""),
        (t("Have a deal already", "Уже связаны"), found.bound, ""),
        (t("Not for this profile", "Не для этого профиля"), found.others, ""),
        (t("Cannot be read", "Не прочитаны"), len(found.unread), BAD),
    ]
    for text, amount, style in rows:
        line(f"{text + ':':40} {amount:5}", style if amount else "")
    for order, record in found.certain[:_SHOWN]:
        line(f"  {order} = {record.id} {record.title}")
    if len(found.certain) > _SHOWN:
        line(f"  … {len(found.certain) - _SHOWN}")
    for order, records in list(found.unclear.items())[:_SHOWN]:
        line(f"  {order} ? {', '.join(records)}", WARN)
    for order, problem in list(found.unread.items())[:_SHOWN]:
        line(f"  {order}: {say(problem.text)}", BAD)
