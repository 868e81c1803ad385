"""`sverka profile apply`, `list`, `show`, `pause` and `resume`: what is in force."""

import getpass
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import Catalogues, Checked, both_sides, examine, needed, show_complaint, text_of
from sverka.cli.documents import show as show_checked
from sverka.cli.home import at_home, at_work
from sverka.cli.screen import GOOD, WARN, line, table
from sverka.cli.words import say, t
from sverka.config.check_together import check_together
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.profile import Profile, document_of
from sverka.domain.merge.binding import BindingState
from sverka.domain.merge.reconcile import pair_under
from sverka.domain.text import Text
from sverka.engine.retry import ring_orders
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Lane
from sverka.storage.profiles import SavedProfile

_PAGE = 500
_ALL = 1_000_000
"""More differences than a hub is run with; the listing has a bound of its own."""

Name = Annotated[str, typer.Argument(help=t("The profile's name.", "Имя профиля."))]


@dataclass(frozen=True)
class Effect:
    """What applying would touch: orders whose differences are looked at again, bindings whose memory is forgotten."""

    held: Sequence[OrderRef]
    bound: int
    forgotten: int


def apply(
    file: Annotated[Path, typer.Argument(help=t("The profile in TOML.", "Профиль в TOML."))],
    priority: Annotated[
        int | None, typer.Option(help=t("Lower is asked first; 100 if new.", "Меньше – раньше; новый – 100."))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask.", "Не спрашивать."))] = False,
) -> None:
    """Check a profile, say what changes, and put it in force."""
    with at_work() as house:
        checked = examine(str(file), text_of(file), Catalogues(house))
        profile = needed(checked)
        show_checked(checked)
        both_sides(house, profile)
        saved = house.storage.profiles.get(profile.name)
        place = priority if priority is not None else saved.priority if saved else 100
        _refuse_clash(house, profile, place, str(file))
        _refuse_other_sides(house, saved, profile)
        effect = _effect(house, profile)
        _foretell(saved, checked, effect)
        if not yes:
            _ask()
        version = _put(house, checked, profile, place)
        if effect.held:
            ring_orders(house.hub(), effect.held, f"profile {profile.name} v{version}", Lane.SWEEP)
        _told(profile, version, len(effect.held))


def _refuse_clash(house: House, profile: Profile, place: int, source: str) -> None:
    saved = house.storage.profiles.list(active_only=True)
    others = [(one.priority, house.profile(one)) for one in saved if one.name != profile.name]
    everyone = [one for _, one in sorted([*others, (place, profile)], key=lambda pair: pair[0])]
    found = check_together(everyone)
    for one in found:
        show_complaint(source if one.where.partition(":")[0] == profile.name else one.where, one)
    if any(one.bad for one in found):
        raise Misconfigured(Text("The profiles cannot live together.", "Профили несовместимы."))


def _refuse_other_sides(house: House, saved: SavedProfile | None, profile: Profile) -> None:
    """Keep a profile with its two systems: its name stands in the records it made."""
    old = house.profile(saved) if saved else profile
    if (old.store, old.office) != (profile.store, profile.office):
        raise Misconfigured(
            Text(f"{profile.name} joins {old.store} and {old.office}; give the new document another name.",
                 f"{profile.name} соединяет {old.store} и {old.office}; дайте новому документу другое имя.")
        )  # fmt: skip


def held_by(house: House, name: ProfileName) -> list[OrderRef]:
    """Return the orders that hold differences under a profile."""
    return sorted({one.order for one in house.storage.differences.list(limit=_ALL) if document_of(one.profile) == name})


def _effect(house: House, profile: Profile) -> Effect:
    mappings = {one.name: {mapping.key: mapping for mapping in one.mappings} for one in profile.family}
    bound = forgotten = after = 0
    while page := house.storage.bound_orders(profile.office, after, _PAGE):
        after = page[-1][0]
        memory = house.storage.recall([order for _, order in page], house.clock.now())
        known = {id_ for id_, _ in page}
        for binding in (one for some in memory.bindings.values() for one in some if one.id in known):
            if binding.profile in mappings and binding.state is BindingState.BOUND:
                bound += 1
                mine = mappings[binding.profile]
                entries = [(entry, mine[key]) for key, entry in binding.baseline.items() if key in mine]
                forgotten += any(entry.pair and pair_under(entry, mapping) is None for entry, mapping in entries)
    return Effect(held_by(house, profile.name), bound, forgotten)


def _foretell(saved: SavedProfile | None, checked: Checked, effect: Effect) -> None:
    if saved is None:
        line(t("A new profile.", "Новый профиль."))
    elif saved.document == checked.text:
        line(t("The document is the one in force.", "Этот документ уже действует."))
    line(t(f"Orders that differ and will be looked at again: {len(effect.held)}",
           f"Заказов с расхождениями, которые будут просмотрены снова: {len(effect.held)}"))  # fmt: skip
    line(t(f"Orders that have a record under this profile: {effect.bound}",
           f"Заказов, у которых уже есть запись: {effect.bound}"))  # fmt: skip
    if effect.forgotten:
        text = t(
            f"Of them no longer in agreement under this document: {effect.forgotten}; a person is asked about each.",
            f"Из них по новому документу уже не согласованы: {effect.forgotten}; о каждом спросим человека.",
        )
        line(text, WARN)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise Misconfigured(
            Text("Nobody is here to be asked; add --yes to apply.", "Спросить некого; добавьте --yes, чтобы применить.")
        )
    if not typer.confirm(t("Apply it?", "Применить?")):
        raise typer.Exit(1)


def _put(house: House, checked: Checked, profile: Profile, place: int) -> int:
    for name, fields in ((profile.store, checked.store_fields), (profile.office, checked.office_fields)):
        if fields is not None:
            house.storage.catalogues.put(name, fields)
    text = Text(f"Profile {profile.name} was applied.", f"Применён профиль {profile.name}.")
    told = JournalLine(house.clock.now(), Event.APPLIED, text, profile=profile.name, office=profile.office)
    return house.storage.profiles.apply(profile.name, checked.text, place, _author(), told)


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return ""


def _told(profile: Profile, version: int, rung: int) -> None:
    line(t(f"{profile.name} v{version} is in force.", f"{profile.name} v{version} действует."), GOOD)
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
            state = say(one.paused) if one.paused else state
            rows.append((one.name, f"v{one.version}", str(one.priority), f"{profile.store} → {profile.office}", state))
        columns = (
            t("Profile", "Профиль"), t("Ver.", "Верс."), t("Prio.", "Очер."), t("Joins", "Связь"),
            t("State", "Состояние"),
        )  # fmt: skip
        table(columns, rows, narrow=(1, 2))


def show(name: Name) -> None:
    """Print a profile's document, as it is in force."""
    with at_home() as house:
        typer.echo(_saved(house, name).document, nl=False)


def _saved(house: House, name: str) -> SavedProfile:
    saved = house.storage.profiles.get(ProfileName(name))
    if saved is None:
        names = ", ".join(one.name for one in house.storage.profiles.list()) or "–"
        raise Misconfigured(
            Text(f"There is no profile {name!r}; there are: {names}.", f"Нет профиля {name!r}; есть: {names}.")
        )
    return saved


def pause(name: Name) -> None:
    """Stop a profile until it is resumed; bells are kept."""
    with at_work() as house:
        saved = _saved(house, name)
        text = Text(
            f"Paused by {_author() or 'an operator'}; go on with `sverka profile resume {name}`.",
            f"Остановил {_author() or 'оператор'}; продолжить: `sverka profile resume {name}`.",
        )
        house.storage.pause(saved.name, JournalLine(house.clock.now(), Event.HALTED, text, profile=saved.name))
        line(t(f"{name} is paused; what happens meanwhile is done after.",
               f"{name} остановлен; накопленное будет сделано потом."))  # fmt: skip


def resume(name: Name) -> None:
    """Let a stopped profile go on, and ring for the orders it holds."""
    with at_work() as house:
        saved = _saved(house, name)
        text = Text(f"Profile {name} was resumed.", f"Профиль {name} продолжает работу.")
        told = JournalLine(house.clock.now(), Event.APPLIED, text, profile=saved.name)
        if not house.storage.profiles.resume(saved.name, told):
            line(t(f"{name} was not stopped.", f"{name} и не был остановлен."))
            return
        held = held_by(house, saved.name)
        if held:
            ring_orders(house.hub(), held, f"profile {name} resumed", Lane.SWEEP)
        line(t(f"{name} goes on; rang for {len(held)} orders.",
               f"{name} продолжает; заказов в очереди: {len(held)}."), GOOD)  # fmt: skip
