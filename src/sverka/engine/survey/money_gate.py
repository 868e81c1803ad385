"""The money gate: what goes to a record must add up to the order's own total, and what comes back must be goods."""

from decimal import Decimal

from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.money import ZERO, to_kopecks
from sverka.domain.commerce.value import Value, lines_of, show
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.text import Text
from sverka.engine.task import Task

_EMPTIED = Text(
    "The deal has no product rows left, and an order cannot be without goods; put them back, or cancel the deal.",
    "В сделке не осталось товаров, а заказ без них невозможен; верните товары или отмените сделку.",
)


def check_money(task: Task) -> None:
    """Hold a birth whose rows do not add up, and take money out of a patch; nothing is rounded away."""
    _check_office(task)
    _check_store(task)


def _check_office(task: Task) -> None:
    money = [change for change in task.plan.changes if change.side is Side.OFFICE and _is_money(change)]
    change = next((change for change in money if _is_lines(change.mapping)), None)
    mapping = change.mapping if change else _rows_behind(task, money)
    if mapping is None:
        return
    rebuilt = sum_of(lines_of(change.value if change else task.store.get(mapping.store_field)))
    if mapping.store_field == "lines.goods":
        rebuilt += _amount(task.store.get("delivery.price"))
    total = to_kopecks(_amount(task.store.get("total.net" if mapping.store_field == "lines.net" else "total")))
    if rebuilt == total:
        return
    text = Text(
        f"Lines and delivery add up to {rebuilt:f}, the order says {total:f}; mend the order in the store.",
        f"Позиции с доставкой дают {rebuilt:f}, а в заказе {total:f}; исправьте заказ в магазине.",
    )
    if task.is_birth:
        task.hold(Difference(mapping.key, Why.MONEY, total, rebuilt, text))
        return
    for one in money:
        task.stop([one], Difference(one.mapping.key, Why.MONEY, total, rebuilt, text))


def _rows_behind(task: Task, money: list[Change]) -> FieldMapping | None:
    """Return the mapping of the rows an amount is to be rebuilt from, though they do not move themselves."""
    if not any(change.mapping.store_field in ("total", "total.net") for change in money):
        return None
    rows = (mapping for mapping in task.profile.mappings if _is_lines(mapping) and mapping.allows(Side.OFFICE))
    return next((mapping for mapping in rows if lines_of(task.store.get(mapping.store_field))), None)


def _check_store(task: Task) -> None:
    """Take rows out of what goes to the store where no order could have them."""
    for change in [one for one in task.plan.changes if one.side is Side.STORE and _is_lines(one.mapping)]:
        lines = lines_of(change.value)
        odd = next((line for line in lines if line.quantity <= 0 or not line.name.strip()), None)
        if lines and odd is None:
            continue
        text = _EMPTIED
        if odd is not None:
            text = Text(
                f"The deal's row {show(odd)!r} is no goods of an order; give it a name and a quantity above zero.",
                f"Строка сделки {show(odd)!r} не может быть в заказе; укажите название и количество больше нуля.",
            )
        mapping = change.mapping
        shown = task.store.get(mapping.store_field), task.shown(mapping.office_field)
        task.stop([change], Difference(mapping.key, Why.MONEY, *shown, text))


def _is_lines(mapping: FieldMapping) -> bool:
    return mapping.office_type is FieldType.LINES


def _is_money(change: Change) -> bool:
    return change.mapping.office_type in (FieldType.LINES, FieldType.MONEY)


def _amount(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO
