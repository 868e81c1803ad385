"""The money gate: what goes to a record must add up to the order's own total, to the kopeck."""

from decimal import Decimal

from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.money import ZERO, to_kopecks
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.text import Text
from sverka.engine.task import Task


def check_money(task: Task) -> None:
    """Hold a birth whose rows do not add up, and take money out of a patch; nothing is rounded away."""
    money = [change for change in task.plan.changes if change.side is Side.OFFICE and _is_money(change)]
    rows = next((change for change in money if change.mapping.office_type is FieldType.LINES), None)
    if rows is None:
        return
    rebuilt = sum_of(lines_of(rows.value))
    if rows.mapping.store_field == "lines.goods":
        rebuilt += _amount(task.store.get("delivery.price"))
    total = to_kopecks(_amount(task.store.get("total")))
    if rebuilt == total:
        return
    text = Text(
        f"Lines and delivery add up to {rebuilt:f}, the order says {total:f}; mend the order in the store.",
        f"Позиции с доставкой дают {rebuilt:f}, а в заказе {total:f}; исправьте заказ в магазине.",
    )
    if task.is_birth:
        task.hold(Difference(rows.mapping.key, Why.MONEY, total, rebuilt, text))
        return
    for change in money:
        task.stop([change], Difference(change.mapping.key, Why.MONEY, total, rebuilt, text))


def _is_money(change: Change) -> bool:
    return change.mapping.office_type in (FieldType.LINES, FieldType.MONEY)


def _amount(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO
