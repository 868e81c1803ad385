"""A person's answer to a difference, as the journal tells it."""

from datetime import datetime

from sverka.domain.commerce.value import show as show_value
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.storage.conflicts import Shown


def answered(one: Shown, winner: Side | None, by: str, now: datetime) -> JournalLine:
    """Return the journal's line of a person's answer, with both values as they were shown."""
    found = one.difference
    chosen = {
        Side.STORE: Text("the store's value stays", "остаётся значение магазина"),
        Side.OFFICE: Text("the portal's value stays", "остаётся значение портала"),
        None: Text("both stay as they are", "обе стороны остаются как есть"),
    }[winner]
    store, office = show_value(found.store), show_value(found.office)
    text = Text(
        f"{by} decided on `{found.key}` (store {store}, portal {office}): {chosen.en}.",
        f"{by}, решение о `{found.key}` (магазин {store}, портал {office}): {chosen.ru}.",
    )
    return JournalLine(now, Event.DECIDED, text, one.order, one.profile, rule="K22")


def who_answered(line: JournalLine) -> str:
    """Return whose answer such a line tells."""
    return line.text.en.partition(" decided on `")[0]
