"""Which types of fields can be kept in step at all, and the limits there are (R12)."""

from collections.abc import Iterator
from typing import Literal

from sverka.config.complaint import named
from sverka.config.tables.fields import FieldTable
from sverka.domain.mapping.by_name import folded
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.text import Text

Found = tuple[Literal["to", "way", "new_options", "by_name"], Text, bool]
"""The key of the row that is to blame, the sentence, and whether it keeps the profile from being applied."""

_EXACT = frozenset(
    {
        FieldType.NUMBER, FieldType.MONEY, FieldType.BOOLEAN, FieldType.DATE, FieldType.DATETIME, FieldType.PERSON,
        FieldType.URL,
    }
)  # fmt: skip
"""Types that cannot hold whatever comes."""

_GROUPS = (
    {FieldType.NUMBER, FieldType.MONEY, FieldType.BOOLEAN},
    {FieldType.DATE, FieldType.DATETIME},
    {FieldType.PERSON, FieldType.NUMBER},
)
"""Types that become one another; texts and lists become anything, and anything becomes a text."""


def check_types(row: FieldTable, store: Field, office: Field) -> Iterator[Found]:
    """Yield what keeps two fields apart, or is lost between them."""
    yield from _lines(office)
    yield from _flags(store, office)
    yield from _kinds(store, office)
    yield from _files(row, store, office)
    yield from _several(row, store, office)
    yield from _options(row, store, office)


def _lines(office: Field) -> Iterator[Found]:
    if office.type is FieldType.LINES:
        text = Text(
            f"`{office.key}` holds the deal's goods; they are filled by `lines` in [deal].",
            f"`{office.key}` – товары сделки; их заполняет `lines` в [deal].",
        )
        yield "to", text, True


def _flags(store: Field, office: Field) -> Iterator[Found]:
    for one, other in ((store, office), (office, store)):
        if one.type is FieldType.BOOLEAN and (other.many or one.many):
            text = Text(
                f"`{one.key}` is yes or no and cannot be multiple, as `{other.key}`: a CRM has no multiple yes or no; "
                "choose another field.",
                f"`{one.key}` – да/нет и не бывает множественным, как `{other.key}`: в CRM нет множественного "
                "«да/нет»; выберите другое поле.",
            )
            yield "to", text, True
            return


def _kinds(store: Field, office: Field) -> Iterator[Found]:
    if not {store.type, office.type} <= _EXACT:
        return
    if store.type is not office.type and not any({store.type, office.type} <= group for group in _GROUPS):
        ours, theirs = store.type.words, office.type.words
        text = Text(
            f"`{store.key}` is {ours.en} and `{office.key}` is {theirs.en}: neither can be made of the other; choose a "
            "field of the same type, or a text.",
            f"`{store.key}` – {ours.ru}, а `{office.key}` – {theirs.ru}: одно в другое не превратить; выберите поле "
            "того же типа или строку.",
        )
        yield "to", text, True


def _files(row: FieldTable, store: Field, office: Field) -> Iterator[Found]:
    if FieldType.FILE not in (store.type, office.type):
        return
    addresses = store.type in (FieldType.TEXT, FieldType.URL)
    if office.type is not FieldType.FILE or not (addresses or store.type is FieldType.FILE):
        ours, theirs = store.type.words, office.type.words
        text = Text(
            f"`{store.key}` is {ours.en} and `{office.key}` is {theirs.en}: files go to files only.",
            f"`{store.key}` – {ours.ru}, а `{office.key}` – {theirs.ru}: файлы передаются только в файлы.",
        )
        yield "to", text, True
    elif addresses and row.way is not Way.TO_OFFICE:
        text = Text(
            f"`{store.key}` holds addresses of files: the hub fetches them for the portal, and cannot put files behind "
            'an address; use way = "->".',
            f"в `{store.key}` адреса файлов: хаб скачивает их для портала, а положить файл по адресу не может; укажите "
            'way = "->".',
        )
        yield "way", text, True
    elif store.many and not office.many and store.type is FieldType.FILE:
        text = Text(
            f"`{store.key}` holds several files and `{office.key}` one; make it a field of several files.",
            f"в `{store.key}` несколько файлов, а в `{office.key}` один; сделайте поле множественным.",
        )
        yield "to", text, True
    elif office.many and not store.many and row.way is not Way.TO_OFFICE:
        text = Text(
            f'`{office.key}` holds several files and `{store.key}` one; use way = "->", or a property of several.',
            f'в `{office.key}` несколько файлов, а в `{store.key}` один; укажите way = "->" или сделайте свойство '
            "множественным.",
        )
        yield "way", text, True


def _several(row: FieldTable, store: Field, office: Field) -> Iterator[Found]:
    source, target = (office, store) if row.way is Way.TO_STORE else (store, office)
    if FieldType.FILE in (store.type, office.type) or source.many == target.many:
        return
    if row.way is Way.BOTH or (source.many and target.type is not FieldType.TEXT):
        one, many = (source, target) if target.many else (target, source)
        text = Text(
            f"`{many.key}` holds several values and `{one.key}` one: several become one text, and of other types they "
            "wait for a person.",
            f"в `{many.key}` несколько значений, а в `{one.key}` одно: несколько строк станут одной, а значения других "
            "типов будут ждать человека.",
        )
        yield "to", text, False


def _options(row: FieldTable, store: Field, office: Field) -> Iterator[Found]:
    if not row.by_name and row.new_options == "hold":
        return
    key: Literal["by_name", "new_options"] = "by_name" if row.by_name else "new_options"
    if office.type is not FieldType.CHOICE:
        text = Text(
            f"`{office.key}` is no list, so `{key}` means nothing there; take it out.",
            f"`{office.key}` – не список, и `{key}` там ничего не значит; уберите его.",
        )
        yield key, text, True
        return
    if row.new_options == "create" and (not office.key.startswith("UF_") or row.way is Way.TO_STORE):
        text = Text(
            "the hub adds options to user fields (UF_…) whose way goes to the portal; take `new_options` out.",
            "хаб добавляет варианты в пользовательские поля (UF_…), значения которых идут на портал; уберите "
            "`new_options`.",
        )
        yield "new_options", text, True
    known = {folded(name) for name in office.options.values()}
    pairs = row.values or {}
    missed = {id_: name for id_, name in store.options.items() if id_ not in pairs and folded(name) not in known}
    if missed:
        shown = named(missed)
        text = Text(
            f"the portal's list has no options named so; orders with them will wait for a person: {shown}.",
            f"в списке портала нет вариантов с такими названиями, заказы с ними будут ждать человека: {shown}.",
        )
        if row.new_options == "create":
            text = Text(
                f"the portal's list has no options named so; each is added with the first order that has it: {shown}.",
                "в списке портала нет вариантов с такими названиями, каждый добавится с первым таким заказом: "
                f"{shown}.",
            )
        yield key, text, False
