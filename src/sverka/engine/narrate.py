"""The journal's sentences."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sverka.domain.commerce.value import Value, show
from sverka.domain.mapping.convert import value_key
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Change, Difference
from sverka.domain.text import Text
from sverka.engine.task import Task
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Ring

_WHERE = {Side.STORE: Text("the order", "заказ"), Side.OFFICE: Text("the record", "запись")}
_WROTE = re.compile(r"Wrote .* to (?P<where>the order|the record)(?:, by the row `(?P<row>.*)`)?$")
"""The sentence of `wrote`, and the shorter one that older journals have."""


def about(task: Task, at: datetime, event: Event, text: Text, rule: str = "") -> JournalLine:
    """Return a line about one order under one profile."""
    return JournalLine(at, event, text, task.order, task.profile.name, task.profile.office, rule)


def wrote(task: Task, at: datetime, change: Change, shown: Value) -> JournalLine:
    """Return the line of a write that landed; `after` is what the side shows, which need not be what was sent."""
    where, row = _WHERE[change.side], change.mapping.key
    text = Text(
        f"Wrote {change.field} to {where.en}, by the row `{row}`",
        f"Записано в {where.ru}: {change.field}, по строке `{row}`",
    )
    line = _moved(about(task, at, Event.WROTE, text, change.rule), change.field, change.old, shown)
    return replace(line, value_key=value_key(change.value))


def move_of(line: JournalLine) -> tuple[Side | None, str]:
    """Return the side a line of a write is about, and the profile's row it went by, as far as its sentence tells."""
    found = _WROTE.match(line.text.en)
    if found is None:
        return None, ""
    return next(side for side, where in _WHERE.items() if where.en == found["where"]), found["row"] or ""


def begun(task: Task, at: datetime) -> JournalLine:
    """Return the line of the decision to make a record; what it is born with is told once it is there."""
    text = Text("No record yet: one is to be made", "Записи ещё нет: создаётся")
    return about(task, at, Event.DECIDED, text, "K1")


def decided(task: Task, at: datetime, change: Change) -> JournalLine:
    """Return the line of a decision, before it is carried out."""
    source = change.side.other
    names = {Side.STORE: Text("store", "магазин"), Side.OFFICE: Text("back office", "CRM")}
    text = Text(
        f"{change.mapping.key}: {names[source].en} → {names[change.side].en}",
        f"{change.mapping.key}: {names[source].ru} → {names[change.side].ru}",
    )
    if change.notifies:
        text = Text(f"{text.en}; somebody is notified of it", f"{text.ru}; об этом уйдёт уведомление")
    return _moved(about(task, at, Event.DECIDED, text, change.rule), change.field, change.old, change.value)


def held(task: Task, at: datetime, difference: Difference) -> JournalLine:
    """Return the line of a field that stays different, with its reason."""
    line = about(task, at, Event.HELD, difference.text, difference.why.value)
    return _moved(line, difference.key, difference.store, difference.office)


def _moved(line: JournalLine, field: str, before: Value, after: Value) -> JournalLine:
    return replace(line, field=field, before=show(before), after=show(after))


_REASONS = (
    ("order sync", "проверить сейчас"),
    ("changed", "есть изменения"),
    ("decision", "решение"),
    (r"decision on (.+)", r"решение о \1"),
    ("retry", "повторить"),
    ("the contact was chosen", "выбран контакт"),
    (r"profile (.+) resumed", r"профиль \1 продолжает"),
    (r"profile (.+) switched on", r"профиль \1 включён"),
    (r"profile (.+) v(\d+)", r"применён профиль \1 v\2"),
    ("registered", "регистрация"),
)
"""The hub's own reasons to ring; a system's event keeps its name."""


def _in_russian(why: str) -> str:
    return next((re.sub(f"^{en}$", ru, why) for en, ru in _REASONS if re.fullmatch(en, why)), why)


OPERATOR = Text("The operator", "оператор")
"""Who rings when a person asks."""


def sweep_of(connection: str) -> Text:
    """Return who rings when a sweep has found something."""
    return Text(f"The sweep of {connection}", f"обход {connection}")


def rang(rings: Sequence[Ring], at: datetime, who: Text) -> list[JournalLine]:
    """Return a line for each bell."""
    return [
        JournalLine(
            at,
            Event.RANG,
            Text(f"{who.en} rang: {ring.why}", f"Звонок, {who.ru}: {_in_russian(ring.why)}"),
            ring.order,
            office=ring.office,
        )
        for ring in rings
    ]
