"""`sverka backfill`: brings the orders a store had before, with a preview, a bar, and a pause at any moment."""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sverka.bootstrap import House
from sverka.cli.home import at_home, at_work
from sverka.cli.order.show import Json
from sverka.cli.profile.preview import profile_of, show_foreseen, summary
from sverka.cli.screen import BAD, GOOD, STRONG, age, ask, line, moment, screen, table, warn
from sverka.cli.up import until_told
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.profile import Profile, document_of
from sverka.domain.text import Text
from sverka.engine.bells.backfill import Backfiller, foresee
from sverka.engine.wave import run_wave
from sverka.operate.foresee import hub_with
from sverka.ports.history import Backfill, BringsHistory, Stage, TellsHistory
from sverka.ports.history import Progress as Come
from sverka.ports.journal import Event

_SAMPLE = 10
"""Orders a preview looks at, spread evenly over the history."""

_SHOWN = 20
"""Orders set aside that are listed with their reasons; `--json` lists all."""

_STEP = 1.0
"""Seconds between looks while others are at work."""

STAGES = {
    Stage.LISTING: Text("listing the store's orders", "составляется список заказов"),
    Stage.LEARNING: Text("reading the portal's contacts", "читаются контакты портала"),
    Stage.BRINGING: Text("bringing orders", "переносятся заказы"),
    Stage.DONE: Text("done", "завершено"),
}
_TELLS = (Event.HELD, Event.PROBLEM, Event.DECIDED, Event.DOUBT)
_NONE = Text("No profile takes it.", "Его не берёт ни один профиль.")

Name = Annotated[str, typer.Argument(metavar="[PROFILE]", help=t("An applied profile.", "Применённый профиль."))]
Since = Annotated[
    datetime | None, typer.Option(help=t("Orders placed since then, UTC.", "Заказы, оформленные с этой даты, UTC."))
]


def backfill(
    profile: Name = "",
    since: Since = None,
    *,
    preview: Annotated[bool, typer.Option("--preview", help=t("Write nothing.", "Ничего не писать."))] = False,
    pause: Annotated[bool, typer.Option("--pause", help=t("Stop it for now.", "Приостановить."))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=t("Go on.", "Продолжить."))] = False,
    status: Annotated[bool, typer.Option("--status", help=t("How far it is.", "Как далеко продвинулось."))] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help=t("Leave the work to `sverka up`.", "Оставить работу `sverka up`."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask.", "Не спрашивать."))] = False,
    as_json: Json = False,
) -> None:
    """Bring a store's history, or say how far that is. Exit code 1 where orders were set aside."""
    if sum((preview, pause, resume, status)) > 1:
        raise typer.BadParameter(t("One of these options at a time.", "Эти ключи – по одному."))
    if preview:
        _preview(profile, since)
    elif pause:
        _pause(profile)
    elif since is None and not resume:
        _status(profile, as_json=as_json)
    else:
        _bring(profile, since, yes=yes, detach=detach)


def _moment(since: datetime | None) -> datetime:
    if since is None:
        raise typer.BadParameter(t("Say since when: --since 2024-01-01.", "Укажите, с какого дня: --since 2024-01-01."))
    return since.replace(tzinfo=UTC) if since.tzinfo is None else since.astimezone(UTC)


def _preview(name: str, since: datetime | None) -> None:
    start = _moment(since)
    with at_home() as house:
        profile = profile_of(house, name)
        hub = hub_with(house.hub(), profile)
        asked = Backfill(profile.name, profile.store, profile.office, start, house.clock.now())
        found = foresee(hub, asked, _SAMPLE)
        line(t(f"{profile.store}: {found.orders} orders since {moment(start)} UTC.",
               f"{profile.store}: заказов с {moment(start)} UTC – {found.orders}."), STRONG)  # fmt: skip
        if not isinstance(hub.stores[profile.store], TellsHistory):
            warn(
                t(
                    "This store tells orders by their last change only, so these are the orders changed since then.",
                    "Этот магазин показывает заказы только по времени изменения: это заказы, изменённые с этой даты.",
                )
            )
        if not isinstance(hub.offices[profile.office], BringsHistory):
            warn(t("This back office has no import: the records are made as live ones, its robots run.",
                   "Здесь нет импорта: записи создаются как обычные, роботы сработают."))  # fmt: skip
        if found.least is not None:
            line(t(f"At the portal's limits it takes {age(found.least)} at the least, and its own work adds.",
                   f"По лимитам портала – не меньше {age(found.least)}; ещё время самого портала."))  # fmt: skip
        mine = [one for one in found.sample.foreseen if document_of(ProfileName(one.profile)) == profile.name]
        looked = len({one.order for one in found.sample.foreseen}) + len(found.sample.unrouted)
        line(t("A sample, spread over that time:", "Выборка по всему этому времени:"))
        summary(looked + len(found.sample.problems), mine, found.sample)
        for one in mine:
            show_foreseen(one)
        for ref, problem in found.sample.problems.items():
            line(f"{ref}: {say(problem.text)}", BAD)


def _pause(name: str) -> None:
    with at_work() as house:
        one = _known(house, name)
        house.storage.backfills.pause(one.profile)
        line(t(f"Paused after the wave that runs. To go on: `sverka backfill {name} --resume`.",
               f"Остановится после идущей волны. Продолжить: `sverka backfill {name} --resume`."))  # fmt: skip


def _known(house: House, name: str) -> Backfill:
    one = house.storage.backfills.get(ProfileName(name))
    if one is None:
        raise Misconfigured(
            Text(f"No history was asked for under {name!r}; begin with `sverka backfill PROFILE --since DATE`.",
                 f"Для {name!r} история не запрашивалась; начните: `sverka backfill ПРОФИЛЬ --since ДАТА`.")
        )  # fmt: skip
    return one


def _bring(name: str, since: datetime | None, *, yes: bool, detach: bool) -> None:
    with at_work() as house:
        one = _known(house, name) if since is None else _begun(house, name, _moment(since), yes=yes)
        house.storage.backfills.resume(one.profile)
        if not detach:
            _work(house, one)
        left = _sum_up(house, _known(house, one.profile))
    if left:
        raise typer.Exit(1)


def _begun(house: House, name: str, since: datetime, *, yes: bool) -> Backfill:
    saved = house.storage.profiles.get(ProfileName(name))
    if saved is None or not saved.active:
        raise Misconfigured(
            Text(f"The profile {name!r} is not in force; `sverka profile apply` it first, see `sverka profile list`.",
                 f"Профиль {name!r} не применён; сначала `sverka profile apply`, список: `sverka profile list`.")
        )  # fmt: skip
    profile, known = house.profile(saved), house.storage.backfills.get(ProfileName(name))
    if known is not None and known.since == since and known.stage is not Stage.DONE:
        return known
    if since > house.clock.now():
        raise typer.BadParameter(t("That day is still to come.", "Этот день ещё не наступил."))
    _ask(profile, since, yes=yes)
    return house.storage.backfills.start(profile.name, profile.store, profile.office, since)


def _ask(profile: Profile, since: datetime, *, yes: bool) -> None:
    day, store, office = moment(since), profile.store, profile.office
    ask(t(f"Bring the orders of {store} placed since {day} UTC to {office}? (`--preview` shows what would be made.)",
          f"Перенести заказы {store} с {day} UTC в {office}? (`--preview` покажет, что будет создано.)"),
        yes=yes)  # fmt: skip


def _work(house: House, one: Backfill) -> None:
    """Carry it on here, waves of live orders among its own, until it is done, paused, or the person has had enough."""
    backfiller = Backfiller(house.storage.backfills)
    with until_told() as told, closing(backfiller), _Bar(house, one) as bar:
        while not told.is_set():
            now = _known(house, one.profile)
            bar.show(now)
            if now.is_paused or now.stage is Stage.DONE:
                return
            hub = house.hub()
            try:
                wait = backfiller.step(hub, now)
                worked = one.office not in hub.paused and run_wave(hub, one.office) is not None
            except Problem as problem:
                bar.say(problem.text)
                wait, worked = timedelta(seconds=30), False
            house.remember()
            if wait and not worked:
                told.wait(min(wait.total_seconds(), _STEP))
    line(t("Left where it is: `sverka up` goes on with it, and so does the same command.",
           "Прервано на этом месте: продолжит `sverka up` или та же команда."))  # fmt: skip


class _Bar:
    """A bar on a terminal; elsewhere a line for every stage."""

    def __init__(self, house: House, one: Backfill) -> None:
        """Begin with nothing done."""
        self._house = house
        self._profile = one.profile
        self._stage: Stage | None = None
        self._said: Text | None = None
        self._is_live = screen().is_terminal
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True), console=screen(), disable=not self._is_live,
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> "_Bar":
        """Show it."""
        self._bar.start()
        self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it as it stands."""
        self._bar.stop()

    def show(self, one: Backfill) -> None:
        """Show how far it is."""
        come = self._house.storage.backfills.progress(self._profile)
        total = come.listed if one.stage in (Stage.BRINGING, Stage.DONE) else None
        if self._task is not None:
            self._bar.update(self._task, description=say(STAGES[one.stage]), completed=come.done, total=total)
        if one.stage is not self._stage and not self._is_live:
            line(f"{say(STAGES[one.stage])}…")
        self._stage = one.stage

    def say(self, text: Text) -> None:
        """Say once what stands in the way."""
        if text != self._said:
            self._said = text
            warn(say(text))


def _sum_up(house: House, one: Backfill) -> int:
    """Say what came of it, and return how many orders were set aside."""
    come, left = house.storage.backfills.progress(one.profile), house.storage.backfills.count_left(one.profile)
    have = come.rung - come.waiting - left
    line(t(f"{one.store}: {come.done} of {come.listed} orders looked at, {have} have their records, {left} set aside.",
           f"{one.store}: просмотрено заказов {come.done} из {come.listed}, с записями {have}, отложено {left}."),
         BAD if left else GOOD)  # fmt: skip
    if left:
        _show_left(house, one)
    return left


def _show_left(house: House, one: Backfill) -> None:
    rows = [(str(ref), _why(house, ref)) for ref in house.storage.backfills.left(one.profile, _SHOWN)]
    table((t("Order", "Заказ"), t("Why it has no record", "Почему без записи")), rows, narrow=(0,))
    line(
        t(
            "Each is tried again when it changes, or by `sverka order sync`; all of them: `--status --json`.",
            "Каждый попробуют снова, когда он изменится, или по `sverka order sync`; все: `--status --json`.",
        )
    )


def _why(house: House, ref: OrderRef) -> str:
    """Return why an order has no record: what differs, else the last its journal says."""
    shown = house.storage.differences.list(ref, 1)
    if shown:
        return say(shown[0].difference.text)
    told = [one for one in house.storage.journal.timeline(ref) if one.event in _TELLS]
    return say(told[-1].text if told else _NONE)


def _status(name: str, *, as_json: bool) -> None:
    with at_home() as house:
        known = [_known(house, name)] if name else house.storage.backfills.list()
        if as_json:
            typer.echo(json.dumps([_data(house, one) for one in known], ensure_ascii=False))
            return
        if not known:
            line(
                t(
                    "No history was asked for yet; begin with `sverka backfill PROFILE --since DATE --preview`.",
                    "История ещё не запрашивалась; начните: `sverka backfill ПРОФИЛЬ --since ДАТА --preview`.",
                )
            )
        for one in known:
            _show(house, one)


def _show(house: House, one: Backfill) -> None:
    come = house.storage.backfills.progress(one.profile)
    state = t("paused", "приостановлено") if one.is_paused else say(STAGES[one.stage])
    line(f"{one.profile}: {one.store} → {one.office}, {moment(one.since)} UTC: {state}", STRONG)
    if one.stage is Stage.BRINGING and not one.is_paused and (left := _left_time(house, one, come)):
        line(t(f"about {age(left)} to go", f"осталось около {age(left)}"))
    _sum_up(house, one)


def _left_time(house: House, one: Backfill, come: Come) -> timedelta | None:
    """Return how long the rest takes at the rate so far, None before anything is done."""
    return (house.clock.now() - one.begun_at) * (come.listed - come.done) / come.done if come.done else None


def _data(house: House, one: Backfill) -> dict[str, Any]:
    come = house.storage.backfills.progress(one.profile)
    count = house.storage.backfills.count_left(one.profile)
    left: Sequence[OrderRef] = house.storage.backfills.left(one.profile, count) if count else ()
    return {
        "profile": one.profile,
        "store": one.store,
        "portal": one.office,
        "since": one.since.isoformat(),
        "stage": one.stage.value,
        "paused": one.is_paused,
        "listed": come.listed,
        "done": come.done,
        "waiting": come.waiting + come.put_off,
        "set_aside": [{"order": str(ref), "why": _why(house, ref)} for ref in left],
    }
