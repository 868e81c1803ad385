"""`sverka profile apply`, `list`, `show`, `pause` and `resume`: what is in force."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import catalogues_of, needed, show_complaint, text_of
from sverka.cli.documents import show as show_checked
from sverka.cli.home import at_home, at_work
from sverka.cli.person import who
from sverka.cli.profile.table import show_profile
from sverka.cli.screen import GOOD, WARN, ask, line, table
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.renew import Choice, leader
from sverka.domain.text import Text
from sverka.operate.documents import Checked, both_sides, examine
from sverka.operate.effect import Effect
from sverka.operate.profiles import Applied, clashes, place_of, propose, put_in_force, saved_profile
from sverka.operate.profiles import pause as put_on_pause
from sverka.operate.profiles import resume as let_go_on
from sverka.storage.profiles import SavedProfile

_NOBODY = Text("Nobody is here to be asked; add --yes to apply.", "Спросить некого; добавьте --yes, чтобы применить.")

Name = Annotated[str, typer.Argument(help=t("The profile's name.", "Имя профиля."))]


def apply(
    file: Annotated[Path, typer.Argument(help=t("The profile in TOML.", "Профиль в TOML."))],
    priority: Annotated[
        int | None, typer.Option(help=t("Lower is asked first; 100 if new.", "Меньше – раньше; новый – 100."))
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help=t("Leave as it is what no longer agrees.", "Оставить расходящееся."))
    ] = False,
    recompute: Annotated[
        bool, typer.Option("--recompute", help=t("Carry it over anew.", "Перенести значения заново."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask.", "Не спрашивать."))] = False,
) -> None:
    """Check a profile, say what changes, and put it in force."""
    if keep and recompute:
        raise typer.BadParameter(t("--keep or --recompute, not both.", "Либо --keep, либо --recompute."))
    choice: Choice = "keep" if keep else "recompute" if recompute else "ask"
    with at_work() as house:
        checked = examine(str(file), text_of(file), catalogues_of(house))
        profile = needed(checked)
        show_checked(checked)
        both_sides(house, profile)
        place = place_of(house, profile, priority)
        _refuse_clash(house, profile, place, str(file))
        proposal = propose(house, checked, profile, place)
        _foretell(proposal.saved, checked, proposal.effect, choice)
        ask(t("Apply it?", "Применить?"), yes=yes, unasked=_NOBODY)
        _told(profile, put_in_force(house, proposal, choice, who()))


def _refuse_clash(house: House, profile: Profile, place: int, source: str) -> None:
    found = clashes(house, profile, place)
    for one in found:
        show_complaint(source if one.where.partition(":")[0] == profile.name else one.where, one)
    if any(one.bad for one in found):
        raise Misconfigured(Text("The profiles cannot live together.", "Профили несовместимы."))


def _foretell(saved: SavedProfile | None, checked: Checked, effect: Effect, choice: Choice) -> None:
    if saved is None:
        line(t("A new profile.", "Новый профиль."))
    elif saved.document == checked.text:
        line(t("The document is the one in force.", "Этот документ уже действует."))
    line(t(f"Orders that differ and will be looked at again: {len(effect.held)}",
           f"Заказов с расхождениями, которые будут просмотрены снова: {len(effect.held)}"))  # fmt: skip
    line(t(f"Orders that have a record under this profile: {len(effect.bound)}",
           f"Заказов, у которых уже есть запись: {len(effect.bound)}"))  # fmt: skip
    for told in (_of_forgotten(effect, choice), _of_others(effect, choice), _of_standing(effect, choice)):
        if told:
            line(told, WARN)


def _of_forgotten(effect: Effect, choice: Choice) -> str:
    if not effect.forgotten:
        return ""
    head = t(f"Of them no longer in agreement under this document: {effect.forgotten}; ",
             f"Из них по новому документу уже не согласованы: {effect.forgotten}; ")  # fmt: skip
    tails = {
        "ask": t("a person is asked about each. With --keep they stay as they are, with --recompute the values are "
                 "carried over anew.",
                 "о каждом спросим человека. С --keep они останутся как есть, с --recompute значения перенесутся "
                 "заново."),
        "keep": t("they stay as they are.", "они останутся как есть."),
        "recompute": t("their values are carried over anew by the new rules.",
                       "их значения перенесутся заново по новым правилам."),
    }  # fmt: skip
    return head + tails[choice]


def _of_others(effect: Effect, choice: Choice) -> str:
    """Say on how many orders the choice does not reach a row, for nobody knows what its new fields hold."""
    times = 0 if choice == "ask" else effect.asked(choice)
    if not times:
        return ""
    return t(
        f"Orders on which a row joins other fields now and no rule says whose value stays: {times}; what is empty is "
        "filled, the rest is asked about. Answer at once with `sverka order resolve --all --field KEY --take store`.",
        f"Заказов, где строка теперь связывает другие поля, а правила, чьё значение остаётся, нет: {times}; пустое "
        "заполнится, об остальном спросим. Ответить сразу: `sverka order resolve --all --field КЛЮЧ --take store`.",
    )


def _of_standing(effect: Effect, choice: Choice) -> str:
    if not effect.standing:
        return ""
    sides = Counter((one.difference.key, leader(mapping)) for one, mapping in effect.standing)
    named = ", ".join(
        t(f"`{key}` × {amount}: the {'store' if side is Side.STORE else 'portal'}'s value",
          f"`{key}` × {amount}: значение {'магазина' if side is Side.STORE else 'портала'}")
        for (key, side), amount in sides.items()
    )  # fmt: skip
    amount = len(effect.standing)
    return {
        "ask": t(f"Conflicts that wait for you on changed rows: {amount}; they go on waiting. --keep leaves both sides "
                 f"as they are, --recompute takes: {named}.",
                 f"Конфликтов в изменённых строках, что ждут вас: {amount}; они ждут и дальше. --keep оставит обе "
                 f"стороны как есть, --recompute возьмёт: {named}."),
        "keep": t(f"Conflicts on changed rows that are answered in your name: {amount}; both sides stay as they are.",
                  f"Конфликтов в изменённых строках, решаемых от вашего имени: {amount}; обе стороны останутся как "
                  "есть."),
        "recompute": t(f"Conflicts on changed rows that are answered in your name: {amount} ({named}).",
                       f"Конфликтов в изменённых строках, решаемых от вашего имени: {amount} ({named})."),
    }[choice]  # fmt: skip


def _told(profile: Profile, done: Applied) -> None:
    version, rung, settled = done.version, done.rung, done.settled
    line(t(f"{profile.name} v{version} is in force.", f"{profile.name} v{version} действует."), GOOD)
    if settled:
        line(t(f"Answered in your name: {settled}; the next visits carry it out.",
               f"Отвечено от вашего имени: {settled}; это исполнят ближайшие визиты."))  # fmt: skip
    if rung:
        line(t(f"Rang for {rung} orders.", f"Заказов поставлено в очередь: {rung}."))
    line(t("A running `sverka up` takes it over within seconds.", "Запущенный `sverka up` учтёт его за секунды."))


def list_all() -> None:
    """List the applied profiles in the order in which they are asked."""
    with at_home() as house:
        saved = house.storage.profiles.list()
        if not saved:
            line(t("No profile is applied; begin with `sverka profile new`.",
                   "Профилей нет; начните с `sverka profile new`."))  # fmt: skip
            return
        rows = []
        for one in saved:
            profile = house.profile(one)
            state = t("works", "работает") if one.active else t("switched off", "выключен")
            state = state if profile.enabled else t("switched off by its document", "выключен в документе")
            state = say(one.paused) if one.paused else state
            rows.append((one.name, f"v{one.version}", str(one.priority), f"{profile.store} → {profile.office}", state))
        columns = (
            t("Profile", "Профиль"), t("Ver.", "Верс."), t("Prio.", "Очер."), t("Joins", "Связь"),
            t("State", "Состояние"),
        )  # fmt: skip
        table(columns, rows, narrow=(1, 2))


def show(
    name: Name,
    as_table: Annotated[
        bool, typer.Option("--table", help=t("As one table, in words.", "Одной таблицей, словами."))
    ] = False,
) -> None:
    """Print a profile's document, as it is in force, or as a table of what travels where and who wins."""
    with at_home() as house:
        saved = saved_profile(house, name)
        if as_table:
            show_profile(house.profile(saved), catalogues_of(house, offline=True))
        else:
            typer.echo(saved.document, nl=False)


def pause(name: Name) -> None:
    """Stop a profile until it is resumed; bells are kept."""
    with at_work() as house:
        saved = saved_profile(house, name)
        put_on_pause(house, saved, who())
        line(t(f"{name} is paused; what happens meanwhile is done after.",
               f"{name} остановлен; накопленное будет сделано потом."))  # fmt: skip


def resume(name: Name) -> None:
    """Let a stopped profile go on, and ring for the orders it holds."""
    with at_work() as house:
        saved = saved_profile(house, name)
        rung = let_go_on(house, saved, who())
        if rung is None:
            line(t(f"{name} was not stopped.", f"{name} и не был остановлен."))
            return
        line(t(f"{name} goes on; rang for {rung} orders.",
               f"{name} продолжает; заказов в очереди: {rung}."), GOOD)  # fmt: skip
