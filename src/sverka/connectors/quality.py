"""The rules by which a connector's quality is told, each with what it asks."""

from collections.abc import Mapping
from typing import Final

from sverka.domain.text import Text

RULES: Final[Mapping[str, Text]] = {
    "partial_write": Text("a write sets the named fields and nothing else", "запись меняет только названные поля"),
    "read_back": Text("what a write returns is what a read shows", "ответ записи совпадает с чтением"),
    "set_wise": Text("many records share requests", "много записей – мало запросов"),
    "create_once": Text("a second birth with one origin finds the first", "повторное создание находит первое"),
    "unknown_order_is_gone": Text("an unknown order spoils no other", "неизвестный заказ не мешает другим"),
    "unknown_record_is_gone": Text("an unknown record spoils no other", "неизвестная запись не мешает другим"),
    "absence_confirmed": Text("what a list lacks is asked for by itself", "отсутствие в списке перепроверяется"),
    "changed_since_inclusive": Text("a sweep finds its own moment again", "обход захватывает свой момент"),
    "forged_refused": Text("a forged notice is refused", "поддельное уведомление отвергается"),
    "no_secret_shown": Text("no secret stands in any error", "в ошибках нет секретов"),
    "deletion_noticed": Text("a deletion is told", "об удалении становится известно"),
    "deletion_swept": Text("a sweep finds deletions too", "обход находит и удаления"),
    "webhooks_kept_alive": Text("webhooks that were dropped are put back", "отключённые вебхуки возвращаются"),
    "note_read_back": Text("a note that was added is read back", "добавленная заметка читается обратно"),
    "files_written": Text("files can be put into fields", "файлы можно записать в поля"),
    "mark_kept": Text("an order keeps the mark of its deal", "заказ хранит метку своей сделки"),
    "goods_written": Text("the goods of an order can be changed", "состав заказа можно менять"),
    "comments_kept": Text("what was said about an order is read", "сказанное о заказе читается"),
    "customers_listed": Text("customers are told apart from orders", "покупатели известны и без заказов"),
    "sections_told": Text("the products' sections are told", "разделы товаров известны"),
    "redirect_followed": Text("a moved address is said, not lost", "о переезде адреса сообщается"),
}
"""By name; a manifest's table `[quality]` names those that concern its connector."""
