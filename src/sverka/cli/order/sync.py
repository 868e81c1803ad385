"""`sverka order sync`: looks at orders now, in this process, and says what came of it."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_work
from sverka.cli.order.show import no_order, show_differences, show_story
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import BAD, STRONG, fail, line, moment, warn
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.kind import Kind
from sverka.domain.merge.binding import BindingState
from sverka.domain.merge.plan import Why
from sverka.domain.text import Text
from sverka.engine.by_hand.send import left_to_people
from sverka.engine.hub import Hub
from sverka.engine.survey.create import BIRTH
from sverka.engine.wave import run_wave
from sverka.operate.orders import ask_again, bindings_of
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Claim, Intent, Outcome, Storage, Terms

_SOON = timedelta(seconds=5)
"""A visit put off by no more than this is waited for; a later one is told."""

_STEP = 0.5
"""Seconds between looks at an office that another process holds."""

_BIRTH_RULES, _GONE_RULE = ("K1", "K23"), "K19"
"""The rules the journal names where a record or an order is made, and where a side has lost what was there."""

Visiting = tuple[OrderRef, OfficeName]


@dataclass
class Watch:
    """A storage that notes which visits are over; everything is the real storage's."""

    storage: Storage
    left: set[Visiting]
    put_off: dict[Visiting, datetime] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)

    def commit(self, claim: Claim, outcome: Outcome, now: datetime, terms: Terms) -> Sequence[Intent]:
        """Commit, and note what became of the visits asked for."""
        intents = self.storage.commit(claim, outcome, now, terms)
        self.left -= {(visit.order, claim.office) for visit in outcome.done}
        for again in outcome.again:
            key = (again.visit.order, claim.office)
            if key in self.left and again.due_at > now + _SOON:
                self.put_off[key] = again.due_at
                self.left.discard(key)
        return intents


def sync(
    orders: Annotated[list[str], typer.Argument(metavar="STORE/ID...", help=t("The orders.", "Заказы."))],
    recreate: Annotated[
        bool, typer.Option("--recreate", help=t("Make a record that is gone anew.", "Создать пропавшую запись заново."))
    ] = False,
    send: Annotated[
        bool,
        typer.Option("--send", help=t("Send what a profile leaves to people.", "Отправить то, что оставлено людям.")),
    ] = False,
    wait_seconds: Annotated[
        float, typer.Option(min=0.0, help=t("How long to wait for a busy hub.", "Сколько ждать занятый хаб."))
    ] = 60.0,
) -> None:
    """Look at orders now and write what has to be written; exit code 1 where a visit is put off."""
    refs = list(dict.fromkeys(order_ref(text) for text in orders))
    with at_work() as house:
        if recreate:
            _make_anew(house, refs)
        since = house.clock.now()
        if send:
            _send(house, refs)
        hub = house.hub()
        rings = ask_again(house, hub, refs)
        watch = Watch(house.storage, {(ring.order, ring.office) for ring in rings})
        _run(replace(hub, storage=cast("Storage", watch)), watch, timedelta(seconds=wait_seconds))
        story = {ref: [one for one in house.storage.journal.timeline(ref) if one.at >= since] for ref in refs}
        unknown = [ref for ref in refs if _is_unknown(house, ref, story[ref])]
        asked = {(ring.order, ring.office) for ring in rings if ring.order not in unknown}
        late = {*watch.put_off, *watch.left}
        _count(story, asked, late)
        for ref in refs:
            if ref not in unknown:
                _tell(house, ref, story[ref], is_late=any(one[0] == ref for one in late))
        _tell_late(house, watch)
        for ref in unknown:
            if ref.is_record:
                fail(t(f"There is no record {ref.mark}.", f"Нет записи {ref.mark}."))
            else:
                fail(t(f"There is no order {ref.id} in the store {ref.store}.",
                       f"В магазине {ref.store} нет заказа {ref.id}."))  # fmt: skip
    if late or unknown:
        raise typer.Exit(1)


def _tell_late(house: House, watch: Watch) -> None:
    for (ref, office), due in sorted(watch.put_off.items()):
        line(t(f"{ref} is put off by {office} until {moment(due)} UTC.",
               f"{ref}: {office} отложен до {moment(due)} UTC."), BAD)  # fmt: skip
    for ref, office in sorted(watch.left):
        line(t(f"{ref} still waits for {office}; is another process busy with it?",
               f"{ref} всё ещё ждёт {office}; возможно, занят другой процесс."), BAD)  # fmt: skip
    _name_what_is_paused(house, {str(name) for ref, office in watch.put_off for name in (ref.store, office)})


def _make_anew(house: House, refs: Sequence[OrderRef]) -> None:
    left = {ref: _left(house, ref) for ref in refs}
    for ref in refs:
        if not left[ref] and not any(one.state is BindingState.RELEASED for one in bindings_of(house, ref)):
            raise Misconfigured(
                Text(f"{ref} has no released record; leave --recreate out.",
                     f"У {ref} нет отвязанной записи; уберите --recreate.")
            )  # fmt: skip
    text = Text("An operator asks for the record to be made.", "Оператор просит создать запись.")
    for ref in refs:
        asked = JournalLine(house.clock.now(), Event.APPLIED, text, ref, rule="K19")
        house.storage.make_anew(ref, asked, left[ref])


def _send(house: House, refs: Sequence[OrderRef]) -> None:
    hub = house.hub()
    text = Text("An operator sends the order to the portal.", "Оператор отправляет заказ на портал.")
    for ref in refs:
        owed = left_to_people(hub, ref)
        house.storage.make_anew(ref, JournalLine(house.clock.now(), Event.APPLIED, text, ref, rule="by hand"), owed)
        if not owed:
            warn(t(f"{ref}: nothing to send by hand; it has or had its record, or no profile with "
                   "`create_deals = false` takes it.",
                   f"{ref}: отправлять вручную нечего; запись есть или была, или ни один профиль с "
                   "`create_deals = false` его не берёт."))  # fmt: skip


def _left(house: House, ref: OrderRef) -> list[tuple[OfficeName, ProfileName, Kind]]:
    """Return the profiles, with their back offices, under which the order is only listed since a restore (K20).

    A record without an order is not among them: saving it is what makes its order.
    """
    if ref.is_record:
        return []
    known = {one.name: one for profile in house.hub().profiles() for one in profile.family}
    shown = [(one.difference.key, one.difference.why, one.profile) for one in house.storage.differences.list(ref)]
    return [
        (known[profile].office, profile, known[profile].kind)
        for key, why, profile in shown
        if (key, why) == (BIRTH, Why.WAITING) and profile in known
    ]


def _run(hub: Hub, watch: Watch, patience: timedelta) -> None:
    """Run waves until every visit asked for is over, or the patience with another process is."""
    until = hub.clock.now() + patience
    while watch.left and hub.clock.now() <= until:
        for office in sorted({office for _, office in watch.left}):
            if run_wave(hub, office) is not None:
                until = hub.clock.now() + patience
            elif hub.storage.due(office, hub.clock.now()) is None:
                # Another process has made the visits meanwhile.
                watch.left -= {one for one in watch.left if one[1] == office}
            else:
                hub.clock.sleep(_STEP)


def _count(story: Mapping[OrderRef, Sequence[JournalLine]], asked: Collection[Visiting], busy: Set[Visiting]) -> None:
    """Print what came of it in each back office, by what was confirmed and not by what was tried."""
    lines = [one for some in story.values() for one in some]
    for office in sorted({office for _, office in asked}):
        looked = sum(one[1] == office and one not in busy for one in asked)
        mine = [one for one in lines if one.office == office]
        made = sum(one.event is Event.BOUND and one.rule in _BIRTH_RULES for one in mine)
        found = sum(one.event is Event.BOUND and one.rule not in _BIRTH_RULES for one in mine)
        written = sum(one.event is Event.WROTE for one in mine)
        more = t(f", {found} found again", f", найдено снова {found}") if found else ""
        line(t(f"{office}: {looked} looked at, {made} made{more}, {written} fields written",
               f"{office}: посмотрено {looked}, создано {made}{more}, записано полей {written}"))  # fmt: skip


def _is_unknown(house: House, ref: OrderRef, story: Sequence[JournalLine]) -> bool:
    """Tell whether the store has no such order and never had a record of it."""
    said = any(one.event is Event.HELD and one.rule == _GONE_RULE for one in story)
    return said and not bindings_of(house, ref)


def _name_what_is_paused(house: House, names: Collection[str]) -> None:
    for one in house.storage.connections.list():
        if one.paused and one.name in names:
            line(t(f"The connection {one.name} is stopped; go on with `sverka connection resume {one.name}`.",
                   f"Подключение {one.name} остановлено; продолжить: `sverka connection resume {one.name}`."),
                 BAD)  # fmt: skip
    for saved in house.storage.profiles.list(active_only=True):
        profile = house.profile(saved)
        if saved.paused and {profile.store, profile.office} <= set(names):
            line(t(f"The profile {saved.name} is paused; go on with `sverka profile resume {saved.name}`.",
                   f"Профиль {saved.name} остановлен; продолжить: `sverka profile resume {saved.name}`."),
                 BAD)  # fmt: skip


def _tell(house: House, ref: OrderRef, story: Sequence[JournalLine], *, is_late: bool) -> None:
    line()
    bindings = bindings_of(house, ref)
    for one in bindings:
        state = t("released", "отвязана") if one.state is BindingState.RELEASED else t("bound", "связана")
        line(t(f"{ref} ↔ {one.office} {one.record} ({state}, {one.profile})",
               f"{ref} ↔ {one.office} {one.record} ({state}, {one.profile})"), STRONG)  # fmt: skip
    show_story(story)
    differences = house.storage.differences.list(ref)
    if differences or (bindings and not is_late):
        show_differences(differences)
    elif ref.is_record:
        line(no_order(ref))
    elif not bindings and not is_late:
        warn(t(f"{ref} has no record: no profile's [when] takes it, or it could not be read.",
               f"У {ref} нет записи: ни один [when] его не берёт, или он не прочитан."))  # fmt: skip
