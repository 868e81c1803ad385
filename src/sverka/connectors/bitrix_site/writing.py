"""Field values as commands of the site: as few as can be, and none that erases what it does not name."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sverka.connectors.bitrix_site.api import Command
from sverka.connectors.bitrix_site.dictionary import Property, Words
from sverka.connectors.bitrix_site.goods import LINES, line_commands
from sverka.connectors.bitrix_site.orders import PLAIN
from sverka.connectors.bitrix_site.parts import DELIVERY, PAYMENT, Part, Parts, plan_payments, plan_shipments
from sverka.connectors.bitrix_site.people import CODES, PROPERTY, property_for
from sverka.connectors.bitrix_site.rows import real_shipments, rows_of
from sverka.connectors.bitrix_site.values import raw_of, text_of
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import FileRef, Value, is_empty, lines_of
from sverka.domain.errors import Problem, Rejected
from sverka.domain.text import Text
from sverka.ports.files import Files, Upload

_NO_FIELD = Text(
    "This field of an order cannot be written on a 1C-Bitrix site; make it one-way in the profile.",
    "Это поле заказа нельзя записать на сайт 1С-Битрикс; сделайте соответствие односторонним.",
)
_NO_PROPERTY = Text(
    "Orders of this payer type have no such property; add it on the site with the same code.",
    "У заказов этого типа плательщика нет такого свойства; добавьте его на сайте с тем же кодом.",
)
_NO_FILES = Text(
    "This property is no longer one of files; correct it on the site, or the row of [fields], and apply the profile.",
    "Это свойство больше не файл; исправьте его на сайте или строку в [fields] и примените профиль.",
)
_NOT_A_FILE = Text(
    "This property is one of files now, and the profile takes it for something else; apply the profile again.",
    "Это свойство теперь файл, а в профиле оно другое; примените профиль ещё раз.",
)


def _not_plain(property_: Property, held: object) -> Text | None:
    """Return why a property is not written as other values are, None where it is; `held` is what it has now."""
    if property_.kind == "FILE":
        return _NOT_A_FILE
    if property_.kind in PLAIN or (property_.kind != "ADDRESS" and not isinstance(held, dict)):
        return None
    return Text(
        f"A property of the type {property_.kind} is only read; make its row of [fields] one-way.",
        f"Свойство типа {property_.kind} только читается; сделайте его строку в [fields] односторонней.",
    )


_NO_SERVICE = Text(
    "A shipment on the site always has a service and a status, a payment a pay system; choose one in the deal.",
    "У отгрузки на сайте всегда есть служба и статус, у оплаты – платёжная система; выберите их в сделке.",
)


_NO_USER = Text(
    "Who is responsible for an order is told by a user's number on the site; give the numbers in `values` of the row.",
    "Ответственный за заказ – это номер пользователя сайта; укажите номера в `values` этой строки.",
)


def parts_of(
    tree: Mapping[str, Any],
    fields: Mapping[str, Value],
    words: Words,
    files: Files | None = None,
) -> Parts:
    """Plan the commands for an order that shows `tree`; files that come are fetched here.

    A cancelled order takes no changes, so un-cancelling goes first and cancelling last.
    """
    found = Parts()
    kept = ("delivery.method", "payment.method", "delivery.status")
    nothing = [key for key in kept if key in fields and is_empty(fields[key])]
    found.refused.update({key: Rejected(_NO_SERVICE) for key in nothing})
    if not is_empty(told := fields.get("responsible")) and not text_of(told).isdigit():
        nothing.append("responsible")
        found.refused["responsible"] = Rejected(_NO_USER)
    fields = {key: value for key, value in fields.items() if key not in nothing}
    _properties(tree, fields, words, found, files or {})
    delivery = _lines(tree, fields, words, found)
    plan_shipments(tree, fields, delivery, found)
    plan_payments(tree, fields, found)
    head = _head(tree, fields)
    if head:
        found.commands.insert(len(found.commands) if fields.get("status") == CANCELLED else 0, head)
    known = {key for part in found.commands for key in part.keys} | found.refused.keys() | set(_QUIET)
    found.refused.update({key: Rejected(_NO_FIELD) for key in fields if key not in known})
    return found


_QUIET = (*DELIVERY, *PAYMENT, *LINES)
"""Fields whose value the order may show already, so that no command is needed, or that follow in a command of later."""

_HEAD = {"cancel_reason": "reasonCanceled", "comment.manager": "comments", "comment.customer": "userDescription",
         "responsible": "responsibleId"}  # fmt: skip
"""Fields of the order itself, the status apart."""


def _head(tree: Mapping[str, Any], fields: Mapping[str, Value]) -> Part | None:
    changes: dict[str, str] = {}
    if "status" in fields:
        if fields["status"] == CANCELLED:
            changes["canceled"] = "Y"
        else:
            changes["statusId"] = text_of(fields["status"])
            if tree.get("canceled") == "Y":
                changes["canceled"] = "N"
    changes |= {name: text_of(fields[key]) for key, name in _HEAD.items() if key in fields}
    keys = tuple(key for key in ("status", *_HEAD) if key in fields)
    return Part(keys, Command("sale.order.update", {"id": tree["id"], "fields": changes})) if changes else None


def _properties(tree: Mapping[str, Any], fields: Mapping[str, Value], words: Words, found: Parts, files: Files) -> None:
    """Plan the one call that sets properties: it erases every property it does not name, so it names them all."""
    rows = {str(row.get("orderPropsId")): row for row in rows_of(tree, "propertyValues")}
    values = {id_: row["value"] for id_, row in rows.items() if row.get("value") not in (None, "", [])}
    keys = []
    for key in (key for key in fields if key.startswith(PROPERTY) or key in CODES):
        property_ = property_for(key, tree, words)
        held = rows.get(property_.id, {}).get("value") if property_ else None
        why = _not_plain(property_, held) if property_ else _NO_PROPERTY
        if property_ is None or why:
            found.refused[key] = Rejected(why)
            continue
        values[property_.id] = raw_of(fields[key], property_, held)
        keys.append(key)
    for key, some in files.items():
        property_ = property_for(key, tree, words)
        if property_ is None or property_.kind != "FILE":
            found.refused[key] = Rejected(_NO_FILES if property_ else _NO_PROPERTY)
            continue
        try:
            values[property_.id] = _files(some, property_, rows.get(property_.id, {}).get("value"))
        except Problem as problem:
            found.refused[key] = problem
        else:
            keys.append(key)
    if keys:
        listed = [{"orderPropsId": id_, "value": value} for id_, value in values.items()]
        params = {"fields": {"order": {"id": tree["id"], "propertyValues": listed}}}
        has_files = any(isinstance(file, Upload) for held in files.values() for file in held)
        found.commands.append(Part(tuple(keys), Command("sale.propertyvalue.modify", params, has_files)))


def _files(held: Sequence[FileRef | Upload], property_: Property, before: Any) -> Any:
    """Return the files a property is to hold: those that stay as the site showed them, the others with their bytes."""
    shown = {str(one.get("id")): one for one in (before if isinstance(before, list) else [before]) if one}
    given: list[Any] = []
    for file in held:
        if isinstance(file, FileRef):
            given.append(shown.get(file.id, {"id": file.id}))
        else:
            loaded = file.load()
            given.append({"fileData": [loaded.name, base64.b64encode(loaded.content).decode("ascii")]})
    if property_.many:
        return given
    return given[0] if given else {"remove": "Y"}


def _lines(tree: Mapping[str, Any], fields: Mapping[str, Value], words: Words, found: Parts) -> Line | None:
    """Plan what goods the order is to have, and return the row among them that pays for a shipment it has not yet."""
    keys = tuple(key for key in LINES if key in fields)
    if not keys:
        return None
    wanted, delivery = list(lines_of(fields[keys[0]])), None
    if keys[0] == "lines" and not real_shipments(tree):
        ids = {" ".join(name.split()): id_ for id_, name in words.services.items()}
        paid = next((line for line in wanted if " ".join(line.name.split()) in ids), None)
        if paid is not None:
            wanted.remove(paid)
            delivery = replace(paid, product=ids[" ".join(paid.name.split())])
    try:
        found.commands += [
            Part(keys, command) for command in line_commands(tree, keys[0], tuple(wanted), words.products)
        ]
    except Rejected as problem:
        found.refused.update(dict.fromkeys(keys, problem))
    return delivery


def lost_files(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Collection[str], words: Words
) -> dict[str, Problem]:
    """Return the written properties, each as refused, where the site dropped a file while it kept the others.

    How a site takes an unchanged file back is not documented, so files are counted after every write of properties.
    """
    kept = {str(row.get("orderPropsId")): _held(row) for row in rows_of(after, "propertyValues")}
    lost = [
        str(row.get("code"))
        for row in rows_of(before, "propertyValues")
        if _is_file(row, words) and f"{PROPERTY}{row.get('code')}" not in fields
        if kept.get(str(row.get("orderPropsId")), 0) < _held(row)
    ]
    if not lost:
        return {}
    names = ", ".join(lost)
    text = Text(
        f"The site dropped the files of {names} while a property was written; put them back, and make the mappings of "
        "properties one-way in the profile.",
        f"При записи свойства сайт потерял файлы в {names}; верните их и сделайте соответствия свойств односторонними.",
    )
    return {key: Rejected(text) for key in fields if key.startswith(PROPERTY) or key in CODES}


def _held(row: Mapping[str, Any]) -> int:
    """Return how many files a property's row holds."""
    value = row.get("value")
    return len([one for one in value if one]) if isinstance(value, list) else int(bool(value))


def _is_file(row: Mapping[str, Any], words: Words) -> bool:
    property_ = words.properties.get(str(row.get("orderPropsId")))
    return property_ is not None and property_.kind == "FILE"
