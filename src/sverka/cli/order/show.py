"""`sverka order show` and `decide`: an order's story, its differences, and a person's answer to one."""

import json
import shlex
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home, at_work
from sverka.cli.person import person
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import GOOD, STRONG, WARN, line, moment, table, whole
from sverka.cli.words import language, say, t
from sverka.domain.commerce.value import show as show_value
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OfficeName, OrderRef
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Binding, BindingState, Pair
from sverka.domain.merge.plan import Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.engine.survey.create import BIRTH
from sverka.operate.answer import answered
from sverka.operate.orders import bindings_of, difference_data, not_known
from sverka.operate.status import WHYS
from sverka.ports.journal import Event, JournalLine
from sverka.storage.conflicts import Shown
from sverka.storage.connections import SavedConnection

_EVENTS = {
    Event.RANG: Text("rang", "звонок"),
    Event.DECIDED: Text("decided", "решено"),
    Event.WROTE: Text("wrote", "записано"),
    Event.BOUND: Text("bound", "связано"),
    Event.RELEASED: Text("released", "отвязано"),
    Event.HELD: Text("held", "придержано"),
    Event.CLEARED: Text("cleared", "снято"),
    Event.DOUBT: Text("in doubt", "сомнение"),
    Event.RECOVERED: Text("recovered", "выяснено"),
    Event.ECHO: Text("echo", "эхо"),
    Event.PROBLEM: Text("problem", "помеха"),
    Event.FORGED: Text("forged", "подделка"),
    Event.HALTED: Text("halted", "стоп"),
    Event.APPLIED: Text("applied", "применено"),
}

_RULES = {
    "birth": "рождение", "moved-alone": "одна сторона", "one-way": "один путь", "store_wins": "магазин важнее",
    "office_wins": "портал важнее", "first-sight": "впервые", "append": "добавлено", "decision": "решение",
    "handover": "передача", "compare": "сверка", "conflict": "конфликт", "unmapped": "нет пары", "refused": "отказ",
    "kept": "оставлено", "money": "деньги", "brake": "тормоз", "gone": "удалено", "waiting": "ждёт",
    "guarded": "запрет", "route": "распределение", "adopt": "приём", "quiet": "ещё меняется",
}  # fmt: skip
"""The journal's names of rules, where a Russian story is told; a K number is a reference in any language."""

_SIDES = {Side.STORE: Text("store", "магазин"), Side.OFFICE: Text("portal", "портал")}
_WINNERS = {
    "store": Side.STORE, "магазин": Side.STORE, "office": Side.OFFICE, "portal": Side.OFFICE, "портал": Side.OFFICE,
}  # fmt: skip

Ref = Annotated[str, typer.Argument(metavar="STORE/ID", help=t("The order.", "Заказ."))]
By = Annotated[str, typer.Option(help=t("Who answers, for the journal; you if left out.", "Кто решает, для журнала."))]
Json = Annotated[bool, typer.Option("--json", help=t("For programs.", "Для программ."))]


def show(order: Ref, as_json: Json = False) -> None:
    """Tell an order's story: what rang, what was decided by which rule, what was written, what still differs."""
    ref = order_ref(order)
    with at_home() as house:
        story = house.storage.journal.timeline(ref)
        bindings = bindings_of(house, ref)
        differences = house.storage.differences.list(ref)
        if not (story or bindings or differences):
            raise Misconfigured(not_known(house, ref))
        waits = any(house.storage.accounts.waiting(OfficeName(one.name), [ref]) for one in _offices(house))
    if as_json:
        typer.echo(json.dumps(_data(ref, story, bindings, differences), ensure_ascii=False))
        return
    for binding in bindings:
        line(_bound(binding), STRONG)
    show_story(story)
    if bindings or differences:
        show_differences(differences)
    elif ref.is_record:
        line(no_order(ref), WARN)
    else:
        line(t("It has no record yet.", "Записи ещё нет."), WARN)
    if waits:
        line(t(f"It waits to be looked at; at once: `sverka order sync {ref}`.",
               f"Ждёт просмотра; сразу: `sverka order sync {ref}`."), WARN)  # fmt: skip


def _offices(house: House) -> Sequence[SavedConnection]:
    return house.storage.connections.list(Side.OFFICE)


def no_order(record: OrderRef) -> str:
    """Return the sentence about a record that is visited under its own name: its order's story is its order's."""
    return t(f"{record} is a record of the portal; if it became an order, its story above names it.",
             f"{record} – запись портала; если она стала заказом, он назван в её истории выше.")  # fmt: skip


def _bound(one: Binding) -> str:
    state = t(" (released)", " (отвязана)") if one.state is BindingState.RELEASED else ""
    return t(f"{one.order} ↔ {one.office}: {one.kind.value} {one.record}{state}, profile {one.profile}",
             f"{one.order} ↔ {one.office}: запись {one.record}{state}, профиль {one.profile}")  # fmt: skip


def show_story(story: Iterable[JournalLine]) -> None:
    """Print journal lines as a table; a write shows its values on a line of their own."""
    rows = []
    for one in story:
        told = say(one.text)
        if one.field and one.event is not Event.HELD:
            told += f"\n{one.before} → {one.after}"
        rows.append((moment(one.at), say(_EVENTS[one.event]), told, t(one.rule, _RULES.get(one.rule, one.rule))))
    table((t("Time (UTC)", "Время (UTC)"), t("Event", "Что"), t("Told", "Рассказ"), t("Rule", "Правило")), rows,
          narrow=(0, 1, 3))  # fmt: skip


def show_differences(differences: Sequence[Shown]) -> None:
    """Print what differs now, with the reason and both values."""
    if not differences:
        line(t("Nothing differs.", "Расхождений нет."), GOOD)
        return
    line(t("Differs now:", "Сейчас расходится:"), STRONG)
    for one in differences:
        found = one.difference
        line(f"  {one.order} {found.key} ({say(WHYS[found.why])}, {moment(one.since)} UTC)", WARN)
        whole_record = found.key == BIRTH
        if not whole_record and not (found.store is None and found.office is None):
            line(t(f"    store: {show_value(found.store)}", f"    магазин: {show_value(found.store)}"))
            line(t(f"    record: {show_value(found.office)}", f"    запись: {show_value(found.office)}"))
        line(f"    {say(found.text)}")
        if found.why is Why.REFUSED:
            line(t("    Once it is mended, try again:", "    Исправив, повторите:"))
            if whole_record:
                whole("    sverka doctor")
            whole(f"    sverka order sync {shlex.quote(str(one.order))}")
        if one.decision:
            line(f"    {_decided(one.decision)}")
        elif found.why.is_decided_by_sides and not whole_record:
            line(t("    Decide with one of:", "    Решить одной из команд:"))
            for command in _decisions(one, differences):
                whole(f"    {command}")


def _decided(decision: Decision) -> str:
    if decision.winner is None:
        return t("Decided: both stay as they are.", "Решено: обе стороны остаются как есть.")
    winner = say(_SIDES[decision.winner])
    return t(f"Decided: {winner} wins.", f"Решено: побеждает {winner}.")


def _decisions(one: Shown, others: Sequence[Shown]) -> list[str]:
    """Return the commands that answer a conflict, one for each side."""
    same = [o for o in others if (o.order, o.difference.key) == (one.order, one.difference.key)]
    words = ["sverka", "order", "decide", str(one.order), one.difference.key]
    profile = ["--profile", str(one.profile)] if len(same) > 1 else []
    return [shlex.join([*words, "--winner", name, *profile]) for name in ("store", "portal")]


def _data(
    ref: OrderRef, story: Sequence[JournalLine], bindings: Sequence[Binding], differences: Sequence[Shown]
) -> dict[str, Any]:
    return {
        "order": str(ref),
        "bindings": [
            {"office": b.office, "record": b.record, "profile": b.profile, "state": b.state.value} for b in bindings
        ],
        "timeline": [
            {
                "at": one.at.isoformat(),
                "event": one.event.value,
                "text": say(one.text),
                "profile": one.profile,
                "office": one.office,
                "rule": one.rule,
                "field": one.field,
                "before": "" if _is_birth(one) else one.before,
                "after": "" if _is_birth(one) else one.after,
                "wave": one.wave,
            }
            for one in story
        ],
        "differences": [difference_data(one, language()) for one in differences],
    }


def _is_birth(one: JournalLine) -> bool:
    return one.event is Event.HELD and one.field == BIRTH


def winning(name: str) -> Side:
    """Read the side whose value stays, in either language; bad usage where it is none."""
    found = _WINNERS.get(name.strip().lower())
    if found is None:
        raise typer.BadParameter(t(f"{name!r} is neither store nor portal.", f"{name!r} – не магазин и не портал."))
    return found


def decide(
    order: Ref,
    key: Annotated[str, typer.Argument(help=t("The field's key, as shown.", "Ключ поля, как показано."))],
    winner: Annotated[
        Side,
        typer.Option(
            parser=winning,
            metavar="store|portal",
            help=t("Whose value stays.", "Чьё значение остаётся: магазин|портал."),
        ),
    ],
    profile: Annotated[str, typer.Option(help=t("If several profiles differ.", "Если профилей несколько."))] = "",
    by: By = "",
) -> None:
    """Answer a conflict; void if either side has moved since."""
    ref = order_ref(order)
    with at_work() as house:
        found = [
            one
            for one in house.storage.differences.list(ref)
            if one.difference.key == key and profile in ("", one.profile)
        ]
        if len(found) != 1:
            raise Misconfigured(_which(ref, key, found))
        shown = found[0].difference
        if not shown.why.is_decided_by_sides:
            raise Misconfigured(
                Text(f"`{key}` is not a matter of who wins. {shown.text.en}",
                     f"Для `{key}` выбирать нечего. {shown.text.ru}")
            )  # fmt: skip
        answer = Decision(winner, Pair(shown.store, shown.office))
        told = answered(found[0], winner, person(by), house.clock.now())
        if not house.storage.differences.decide(ref, found[0].profile, key, answer, told):
            raise Misconfigured(
                Text(f"One side has moved meanwhile; look again with `sverka order show {ref}`.",
                     f"Одна из сторон успела измениться; посмотрите снова: `sverka order show {ref}`.")
            )  # fmt: skip
        hub = house.hub()
        every = [one for profile in hub.profiles() for one in profile.family]
        mappings = [one.mapping(key) for one in every if one.name == found[0].profile]
        travels = any(mapping and mapping.allows(winner.other) for mapping in mappings)
        ring_orders(hub, [ref], f"decision on {key}")
    value = show_value(shown.store if winner is Side.STORE else shown.office)
    line(_what_follows(key, value, travels=travels), GOOD)
    line(t(f"At once: `sverka order sync {ref}`.", f"Сразу: `sverka order sync {ref}`."))


def _which(ref: OrderRef, key: str, found: Sequence[Shown]) -> Text:
    if found:
        names = ", ".join(one.profile for one in found)
        return Text(
            f"`{key}` differs under several profiles; add --profile: {names}.",
            f"`{key}` расходится в нескольких профилях; добавьте --profile: {names}.",
        )
    return Text(
        f"{ref} has no difference `{key}`; see `sverka order show {ref}`.",
        f"У {ref} нет расхождения `{key}`; см. `sverka order show {ref}`.",
    )


def _what_follows(key: str, value: str, *, travels: bool) -> str:
    if travels:
        return t(f"Kept for the next visit: {key} becomes {value}.", f"При следующем визите: {key} станет {value}.")
    return t(
        f"Kept for the next visit: `{key}` does not travel that way, so both sides stay as they are.",
        f"При следующем визите: `{key}` в эту сторону не передаётся, обе стороны останутся как есть.",
    )
