"""What can be wrong with `[when]`: fields orders do not have, values they never show, bounds on texts."""

from collections.abc import Iterator
from typing import TypeAlias

from sverka.config.catalogue import StoreSide
from sverka.config.complaint import Complaint, choices, options
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.config.tables.when import ConditionTable
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]


def check_when(document: Document, store: StoreSide) -> Complaints:
    """Yield what is wrong with the conditions, those of the groups too."""
    for path, key, condition in document.table.when.every():
        field = store.find(key)
        if field is None:
            tail = choices(key, ["also", "any", *store.keys()])
            text = Text(f"orders have no field `{key}`.{tail.en}", f"у заказов нет поля `{key}`.{tail.ru}")
            yield document.complain(path, text)
            continue
        yield from _bounds(document, path, condition, field, sure=store.lists(key))
        for part, values in (("is", condition.is_), ("not", condition.not_)):
            for value in values or ():
                if field.options and value not in field.options:
                    tail = options(value, dict(field.options))
                    text = Text(
                        f"`{key}` has no value `{value}`, so this part never matches.{tail.en}",
                        f"у `{key}` нет значения `{value}`, это условие никогда не сработает.{tail.ru}",
                    )
                    yield document.complain((*path, part), text, bad=False)


def _bounds(document: Document, path: Path, condition: ConditionTable, field: Field, *, sure: bool) -> Complaints:
    key = field.key
    numeric = field.type in (FieldType.MONEY, FieldType.NUMBER)
    bounded = condition.at_least is not None or condition.at_most is not None
    if bounded and not numeric and sure:
        text = Text(
            f"`{key}` is no number; `at_least` and `at_most` are for numbers.",
            f"`{key}` – не число; `at_least` и `at_most` только для чисел.",
        )
        yield document.complain(path, text)
    if numeric and (condition.is_ or condition.not_):
        text = Text(
            f"`{key}` is a number, and texts compare with it digit by digit; use `at_least` and `at_most`.",
            f"`{key}` – число, а тексты сравниваются с ним посимвольно; используйте `at_least` и `at_most`.",
        )
        yield document.complain(path, text, bad=False)
