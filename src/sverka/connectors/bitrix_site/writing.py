"""Field values as commands of the site: as few as can be, and none that erases what it does not name."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sverka.connectors.bitrix_site.api import Command
from sverka.connectors.bitrix_site.dictionary import Property, Words
from sverka.connectors.bitrix_site.goods import LINES, line_commands
from sverka.connectors.bitrix_site.orders import real_shipments, rows_of
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import FileRef, Value, is_empty, many
from sverka.domain.errors import Problem, Rejected
from sverka.domain.text import Text
from sverka.ports.files import Files, Upload

_PROPERTY = "property."
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
_NO_SHIPMENT = Text(
    "The order has no shipment to write to; add one on the site, then retry.",
    "У заказа нет отгрузки, в которую можно записать; добавьте её на сайте и повторите.",
)
_NO_SERVICE = Text(
    "An order on the site always has a delivery service and a pay system; choose one in the deal.",
    "У заказа на сайте всегда есть служба доставки и платёжная система; выберите их в сделке.",
)
_NO_PAYMENT = Text(
    "The order has no payment to mark; add one on the site, then retry.",
    "У заказа нет оплаты, которую можно отметить; добавьте её на сайте и повторите.",
)


@dataclass(frozen=True)
class Part:
    """One command and the field keys that stand or fall with it."""

    keys: tuple[str, ...]
    command: Command


@dataclass
class Parts:
    """The commands that set an order's fields, and the fields that no command can set."""

    commands: list[Part] = field(default_factory=list)
    refused: dict[str, Problem] = field(default_factory=dict)


def parts_of(tree: Mapping[str, Any], fields: Mapping[str, Value], words: Words, files: Files | None = None) -> Parts:
    """Plan the commands for an order that shows `tree`; files that come are fetched here.

    A cancelled order takes no changes, so un-cancelling goes first and cancelling last.
    """
    found = Parts()
    nothing = [key for key in ("delivery.method", "payment.method") if key in fields and is_empty(fields[key])]
    found.refused.update({key: Rejected(_NO_SERVICE) for key in nothing})
    fields = {key: value for key, value in fields.items() if key not in nothing}
    _properties(tree, fields, words, found, files or {})
    _shipments(tree, fields, found)
    _payments(tree, fields, found)
    _lines(tree, fields, found)
    head = _head(tree, fields)
    if head:
        found.commands.insert(len(found.commands) if fields.get("status") == CANCELLED else 0, head)
    known = {key for part in found.commands for key in part.keys} | found.refused.keys() | set(_QUIET)
    found.refused.update({key: Rejected(_NO_FIELD) for key in fields if key not in known})
    return found


_QUIET = ("delivery.shipped", "payment.paid", "delivery.track", "payment.method", *LINES)
"""Fields whose value the order may show already, so that no command is needed."""


def _head(tree: Mapping[str, Any], fields: Mapping[str, Value]) -> Part | None:
    changes: dict[str, str] = {}
    if "status" in fields:
        if fields["status"] == CANCELLED:
            changes["canceled"] = "Y"
        else:
            changes["statusId"] = _text(fields["status"])
            if tree.get("canceled") == "Y":
                changes["canceled"] = "N"
    for key, name in (("cancel_reason", "reasonCanceled"), ("comment.manager", "comments")):
        if key in fields:
            changes[name] = _text(fields[key])
    keys = tuple(key for key in ("status", "cancel_reason", "comment.manager") if key in fields)
    return Part(keys, Command("sale.order.update", {"id": tree["id"], "fields": changes})) if changes else None


def _properties(tree: Mapping[str, Any], fields: Mapping[str, Value], words: Words, found: Parts, files: Files) -> None:
    """Plan the one call that sets properties: it erases every property it does not name, so it names them all."""
    rows = {str(row.get("orderPropsId")): row for row in rows_of(tree, "propertyValues")}
    values = {id_: row["value"] for id_, row in rows.items() if row.get("value") not in (None, "", [])}
    keys = []
    for key in (key for key in fields if key.startswith(_PROPERTY)):
        property_ = _find(tree, key.removeprefix(_PROPERTY), words)
        if property_ is None or property_.kind == "FILE":
            found.refused[key] = Rejected(_NOT_A_FILE if property_ else _NO_PROPERTY)
            continue
        values[property_.id] = _raw(fields[key], property_, rows.get(property_.id, {}).get("value"))
        keys.append(key)
    for key, held in files.items():
        property_ = _find(tree, key.removeprefix(_PROPERTY), words)
        if property_ is None or property_.kind != "FILE":
            found.refused[key] = Rejected(_NO_FILES if property_ else _NO_PROPERTY)
            continue
        try:
            values[property_.id] = _files(held, property_, rows.get(property_.id, {}).get("value"))
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


def _find(tree: Mapping[str, Any], code: str, words: Words) -> Property | None:
    payer = str(tree.get("personTypeId"))
    twins = (one for one in words.properties.values() if one.code == code and one.person_type == payer)
    return next(twins, None)


def _shipments(tree: Mapping[str, Any], fields: Mapping[str, Value], found: Parts) -> None:
    keys = [key for key in ("delivery.track", "delivery.shipped", "delivery.method") if key in fields]
    shipments = real_shipments(tree)
    if keys and not shipments:
        found.refused.update({key: Rejected(_NO_SHIPMENT) for key in keys})
        return
    for index, row in enumerate(shipments):
        changes: dict[str, str] = {}
        moved = []
        if "delivery.track" in fields and index == 0:
            changes["trackingNumber"] = _text(fields["delivery.track"])
            moved.append("delivery.track")
        if "delivery.method" in fields and index == 0:
            changes["deliveryId"] = _text(fields["delivery.method"])
            moved.append("delivery.method")
        shipped = _flag(fields.get("delivery.shipped"))
        if "delivery.shipped" in fields and shipped != row.get("deducted"):
            changes["deducted"] = shipped
            moved.append("delivery.shipped")
        if moved:
            found.commands.append(Part(tuple(moved), _shipment(row, changes)))


def _shipment(row: Mapping[str, Any], changes: Mapping[str, str]) -> Command:
    """Change a shipment; the site wants its service and both flags in every update, and allows before it ships."""
    kept = {"deliveryId": row.get("deliveryId"), "allowDelivery": row.get("allowDelivery") or "N"}
    kept["deducted"] = row.get("deducted") or "N"
    if changes.get("deducted") == "Y":
        kept["allowDelivery"] = "Y"
    return Command("sale.shipment.update", {"id": row["id"], "fields": {**kept, **changes}})


def _lines(tree: Mapping[str, Any], fields: Mapping[str, Value], found: Parts) -> None:
    keys = tuple(key for key in LINES if key in fields)
    if keys:
        try:
            found.commands += [Part(keys, command) for command in line_commands(tree, keys[0], fields[keys[0]])]
        except Rejected as problem:
            found.refused.update(dict.fromkeys(keys, problem))


def _payments(tree: Mapping[str, Any], fields: Mapping[str, Value], found: Parts) -> None:
    keys = [key for key in ("payment.paid", "payment.method") if key in fields]
    payments = rows_of(tree, "payments")
    if keys and not payments:
        found.refused.update({key: Rejected(_NO_PAYMENT) for key in keys})
        return
    for index, row in enumerate(payments):
        changes = {"paySystemId": row.get("paySystemId")}
        moved = []
        if "payment.method" in fields and index == 0:
            changes["paySystemId"] = _text(fields["payment.method"])
            moved.append("payment.method")
        if "payment.paid" in fields and row.get("paid") != _flag(fields["payment.paid"]):
            changes["paid"] = _flag(fields["payment.paid"])
            moved.append("payment.paid")
        if moved:
            command = Command("sale.payment.update", {"id": row["id"], "fields": changes})
            found.commands.append(Part(tuple(moved), command))


def _raw(value: Value, property_: Property, before: Any) -> Any:
    """Return a property's value as the site takes it; a day keeps the form it had."""
    if property_.many:
        return [_scalar(item, property_.kind, before) for item in many(value)] or [""]
    first = next(iter(many(value)), None)
    return _scalar(first, property_.kind, before)


def _scalar(value: Value, kind: str, before: Any) -> str:
    if kind in ("Y/N", "CHECKBOX"):
        return "" if is_empty(value) else _flag(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat() if str(before or "")[4:5] == "-" else value.strftime("%d.%m.%Y")
    return _text(value)


def _flag(value: Value) -> str:
    return "Y" if value is True or value == "Y" else "N"


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _flag(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case tuple():
            return ", ".join(_text(item) for item in value)
        case _:
            return str(value)


def lost_files(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Collection[str], words: Words
) -> dict[str, Problem]:
    """Return the written properties, each as refused, where the site dropped a file while it kept the others.

    How a site takes an unchanged file back is not documented, so it is looked at after every write of properties.
    """
    kept = {str(row.get("orderPropsId")) for row in rows_of(after, "propertyValues") if row.get("value")}
    lost = [
        str(row.get("code"))
        for row in rows_of(before, "propertyValues")
        if row.get("value") and _is_file(row, words) and str(row.get("orderPropsId")) not in kept
        if f"{_PROPERTY}{row.get('code')}" not in fields
    ]
    if not lost:
        return {}
    names = ", ".join(lost)
    text = Text(
        f"The site dropped the files of {names} while a property was written; put them back, and make the mappings of "
        "properties one-way in the profile.",
        f"При записи свойства сайт потерял файлы в {names}; верните их и сделайте соответствия свойств односторонними.",
    )
    return {key: Rejected(text) for key in fields if key.startswith(_PROPERTY)}


def _is_file(row: Mapping[str, Any], words: Words) -> bool:
    property_ = words.properties.get(str(row.get("orderPropsId")))
    return property_ is not None and property_.kind == "FILE"


def keys_of(parts: Sequence[Part]) -> set[str]:
    """Return the field keys that some commands carry."""
    return {key for part in parts for key in part.keys}
