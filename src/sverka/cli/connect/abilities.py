"""What a store's connection can and cannot do, said before it goes live."""

from collections.abc import Callable, Sequence

from sverka.cli.screen import GOOD, line
from sverka.cli.words import say, t
from sverka.domain.mapping.field import Field
from sverka.domain.text import Text
from sverka.ports.comments import KeepsComments
from sverka.ports.customers import KeepsCustomers
from sverka.ports.files import KeepsFiles
from sverka.ports.sections import KnowsSections
from sverka.ports.store import Store

_SHOWN = 12
"""How many fields are named; of many more it is enough to know how many."""

_ABILITIES: Sequence[tuple[Callable[[Store], bool], Text]] = (
    (lambda store: store.can.signs_notices,
     Text("sign its notices (the hub looks for itself)", "подписывать уведомления (хаб смотрит сам)")),
    (lambda store: store.can.sees_deletions,
     Text("show that an order was deleted", "показывать, что заказ удалён")),
    (lambda store: bool(store.can.writes & {"lines", "lines.goods"}),
     Text("change the goods of an order", "менять состав заказа")),
    (lambda store: store.can.keeps_mark, Text("make orders of deals", "создавать заказы по сделкам")),
    (lambda store: isinstance(store, KeepsComments), Text("keep comments in step", "вести комментарии")),
    (lambda store: isinstance(store, KeepsFiles), Text("pass files", "передавать файлы")),
    (lambda store: isinstance(store, KeepsCustomers), Text("show earlier customers", "показывать прежних покупателей")),
    (lambda store: isinstance(store, KnowsSections),
     Text("route by the products' sections", "распределять по разделам товаров")),
)  # fmt: skip


def abilities(store: Store, fields: Sequence[Field]) -> tuple[Text, Text | None]:
    """Return what can be set in the store's orders, and what the connection cannot do; None where that is nothing."""
    told = [field.label for field in fields if field.writable]
    en, ru = _some([one.en for one in told], "and {} more"), _some([one.ru for one in told], "и ещё {}")
    sets = Text(f"It can be told: {en or 'nothing'}.", f"Сюда можно записать: {ru or 'ничего'}.")
    lacks = [text for can, text in _ABILITIES if not can(store)]
    cannot = Text(
        f"It cannot: {'; '.join(one.en for one in lacks)}.", f"Не умеет: {'; '.join(one.ru for one in lacks)}."
    )
    return sets, cannot if lacks else None


def _some(names: Sequence[str], more: str) -> str:
    over = len(names) - _SHOWN
    return ", ".join([*names[:_SHOWN], *([more.format(over)] if over > 0 else [])])


def tell_abilities(store: Store, fields: Sequence[Field]) -> None:
    """Print both; what a profile asks beyond them is refused when it is checked."""
    sets, cannot = abilities(store, fields)
    line(f"  + {say(sets)}", GOOD)
    if cannot:
        line(f"  – {say(cannot)}")
        line(t("    A profile that asks for it is refused by `sverka profile check`.",
               "    Профиль, который этого требует, не пройдёт `sverka profile check`."))  # fmt: skip
