"""What a store's connection can and cannot do, said before it goes live."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sverka.cli.screen import GOOD, STRONG, line, table
from sverka.cli.words import say, t
from sverka.connectors.registry import Manifest
from sverka.domain.mapping.field import Field
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS, KeepsComments
from sverka.ports.customers import KeepsCustomers
from sverka.ports.files import KeepsFiles
from sverka.ports.sections import KnowsSections
from sverka.ports.store import Store

_SHOWN = 10
"""How many fields are named; of many more it is enough to know how many."""


@dataclass(frozen=True)
class Ability:
    """Something a profile may ask of a store; `rule` is the rule of quality whose reason says why one cannot.

    `otherwise` says what follows for the person where a store cannot, `when` on what it depends where it can.
    """

    name: Text
    rule: str
    has: Callable[[Store, Manifest, Collection[str]], bool]
    otherwise: Text
    when: Text | None = None


ABILITIES: Sequence[Ability] = (
    Ability(
        Text("tells of changes at once, signed", "сразу сообщает об изменениях, с подписью"),
        "forged_refused",
        lambda store, *_: store.can.signs_notices,
        Text("Sweeps find changes, every few minutes.", "Изменения находит обход, раз в несколько минут."),
        Text("Once the notices are set up on the other side.", "Когда уведомления настроены на той стороне."),
    ),
    Ability(
        Text("shows that an order was deleted", "показывает, что заказ удалён"),
        "deletion_noticed",
        lambda store, *_: store.can.sees_deletions,
        Text(
            "The deal of a deleted order stays; close it by hand.",
            "Сделка удалённого заказа остаётся; закройте её сами.",
        ),
    ),
    Ability(
        Text("changes the goods of an order", "меняет состав заказа"),
        "goods_written",
        lambda store, *_: bool(store.can.writes & {"lines", "lines.goods"}),
        Text("Goods travel to the portal only.", "Товары передаются только на портал."),
    ),
    Ability(
        Text("makes orders of deals", "создаёт заказы по сделкам"),
        "mark_kept",
        lambda store, *_: store.can.keeps_mark,
        Text("Orders begin in the store only.", "Заказы начинаются только в магазине."),
    ),
    Ability(
        Text("passes comments", "передаёт комментарии"),
        "comments_kept",
        lambda store, _, keys: isinstance(store, KeepsComments) and COMMENTS in keys,
        Text("Comments stay where they were written.", "Комментарии остаются там, где написаны."),
    ),
    Ability(
        Text("gives the files of orders to the portal", "отдаёт файлы заказов на портал"),
        "files_written",
        lambda store, *_: isinstance(store, KeepsFiles),
        Text("Files stay in the shop.", "Файлы остаются в магазине."),
    ),
    Ability(
        Text("takes files of deals", "принимает файлы сделок"),
        "files_written",
        lambda _, manifest, __: _keeps(manifest, "files_written"),
        Text("Files stay on the portal.", "Файлы остаются на портале."),
    ),
    Ability(
        Text("shows earlier customers", "показывает прежних покупателей"),
        "customers_listed",
        lambda store, *_: isinstance(store, KeepsCustomers),
        Text("A buyer is known by his orders only.", "Покупатель известен только по своим заказам."),
    ),
    Ability(
        Text("routes by the products' sections", "распределяет заказы по разделам товаров"),
        "sections_told",
        lambda store, *_: isinstance(store, KnowsSections),
        Text("Route by other fields of the order.", "Распределяйте по другим полям заказа."),
    ),
)


def rows_of(store: Store, manifest: Manifest, fields: Sequence[Field]) -> Sequence[tuple[str, bool, str]]:
    """Return each ability in the person's words, whether the store has it, and why it has not or what follows."""
    keys = {field.key for field in fields}
    return [
        (say(one.name), can, say(one.when or Text("", "")) if can else say(_why(one, manifest)))
        for one, can in ((one, one.has(store, manifest, keys)) for one in ABILITIES)
    ]


def _keeps(manifest: Manifest, rule: str) -> bool:
    kept = manifest.quality.get(rule)
    return kept is not None and kept.level == "done"


def _why(one: Ability, manifest: Manifest) -> Text:
    kept = manifest.quality.get(one.rule)
    if kept and kept.level == "exempt" and kept.reason:
        return kept.reason
    if kept and kept.level == "done":
        show = f"`sverka connector show {manifest.kind}`"
        return Text(
            f"{one.otherwise.en} A setting may bring it: {show}.",
            f"{one.otherwise.ru} Возможно, не хватает настройки: {show}.",
        )
    return one.otherwise


def tell_abilities(name: str, store: Store, manifest: Manifest, fields: Sequence[Field]) -> None:
    """Print what can be set and what is only read, and the abilities; a profile cannot ask for more."""
    line()
    line(t(f"What {name} can and cannot do:", f"Что умеет и чего не умеет {name}:"), STRONG)
    told = [field for field in fields if field.writable]
    line(f"  + {t('It can be told', 'Сюда можно записать')}: {_some(told)}", GOOD)
    line(f"  – {t('It is only read', 'Только читается')}: {_some([one for one in fields if not one.writable])}")
    yes, no = t("yes", "да"), t("no", "нет")
    rows = [(what, yes if can else no, why) for what, can, why in rows_of(store, manifest, fields)]
    table(("", t("Here", "Здесь"), t("Why, or what follows", "Почему и что из этого следует")), rows, narrow=(1,))
    line(t("A profile that asks for more is refused by `sverka profile check`.",
           "Профиль, который требует большего, не пройдёт `sverka profile check`."))  # fmt: skip


def _some(fields: Sequence[Field]) -> str:
    names = [say(one.label) for one in fields]
    over = len(names) - _SHOWN
    more = t(f" and {over} more", f" и ещё {over}") if over > 0 else ""
    return (", ".join(names[:_SHOWN]) or t("nothing", "ничего")) + more + "."
