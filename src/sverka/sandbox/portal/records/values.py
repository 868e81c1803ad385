"""Values of fields: what a field takes, and how each generation of methods writes it back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import read_day, read_moment, write_day, write_moment
from sverka.sandbox.portal.params import entries, to_int
from sverka.sandbox.portal.records.specs import FieldSpec

_TRUE, _FALSE = {"y", "1", "true"}, {"n", "0", "false", ""}
_NUMBERS = {
    "integer", "user", "employee", "iblock_element", "iblock_section", "crm_lead", "crm_deal", "crm_quote",
    "crm_category",
}  # fmt: skip
_BINDINGS = {"crm_company", "crm_contact"}


def clean(core: Core, spec: FieldSpec, raw: Any) -> Any:
    """Return the value as the portal keeps it; too long a text is cut without a word.

    Raises ValueError for a value the field does not take, RestError 100 for one value where a list is due.
    """
    if not spec.multiple:
        return _clean_one(core, spec, raw)
    if raw in (None, ""):
        return []
    if not isinstance(raw, list | dict):
        raise RestError(400, 100, "Expected iterable value for multiple field, but got string instead")
    values = [_clean_one(core, spec, value) for _, value in entries(raw) if value not in (None, "")]
    return [value for value in values if value] if spec.kind in _BINDINGS else values


def _clean_one(core: Core, spec: FieldSpec, raw: Any) -> Any:
    kind = spec.kind
    if kind == "boolean":
        return _flag(raw)
    if kind in _BINDINGS:
        return _number(raw) or 0
    if raw is None or raw == "":
        return None
    if kind == "double":
        return _decimal(raw, "0.01" if not spec.user_field else None)
    if kind in _NUMBERS:
        return _number(raw)
    if kind == "enumeration":
        return _option(spec, raw)
    if kind == "datetime":
        return read_moment(raw, core.settings.zone)
    if kind == "date":
        return read_day(raw, core.settings.zone)
    if kind == "file":
        return _file(core, raw)
    text = _text(raw)
    _check_dictionary(core, spec, text)
    return text[: spec.limit] if spec.limit else text


def _text(raw: Any) -> str:
    if isinstance(raw, list | dict):
        raise ValueError("a text is due")  # noqa: TRY004 - one kind of refusal for every bad value
    return str(raw)


def _flag(raw: Any) -> str:
    text = str("" if raw is None else raw).lower()
    if text in _TRUE:
        return "Y"
    if text in _FALSE:
        return "N"
    raise ValueError("Y or N is due")


def _number(raw: Any) -> int | None:
    if raw is None or raw == "":
        return None
    number = to_int(raw)
    if number is None:
        raise ValueError("a whole number is due")
    return number


def _decimal(raw: Any, step: str | None) -> Decimal:
    try:
        number = Decimal(str(raw).strip())
        rounded = number.quantize(Decimal(step)) if step else number
    except InvalidOperation as error:
        raise ValueError("a number is due") from error
    if not isfinite(float(rounded)):
        raise ValueError("a number is due")
    return rounded


def _option(spec: FieldSpec, raw: Any) -> int:
    number = to_int(raw)
    if number is None or str(number) not in dict(spec.options):
        raise ValueError("the id of a list item is due")
    return number


def _file(core: Core, raw: Any) -> dict[str, Any]:
    if isinstance(raw, dict) and "fileData" in raw:
        raw = raw["fileData"]
    if isinstance(raw, dict) and to_int(raw.get("id")) is not None:
        return {"id": to_int(raw["id"])}
    if isinstance(raw, list) and len(raw) == 2:
        return {"id": core.state.next_id("file"), "name": str(raw[0])}
    raise ValueError("a file is a name and its base64 content")


def _check_dictionary(core: Core, spec: FieldSpec, text: str) -> None:
    if spec.kind == "crm_currency" and text not in core.state.currencies:
        raise ValueError("no such currency")
    if spec.status_type and all(line.status_id != text for line in core.state.dictionary(spec.status_type)):
        raise ValueError("no such line in the dictionary")


def number_out(value: Decimal) -> int | float:
    """Return the JSON number of a sum: whole ones without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)


def universal(core: Core, spec: FieldSpec, value: Any) -> Any:
    """Return the value as `crm.item.*` answers it: numbers as numbers, an empty link as 0, nothing as null."""
    if spec.multiple:
        return [universal_one(core, spec, entry) for entry in value or []]
    return universal_one(core, spec, value)


def universal_one(core: Core, spec: FieldSpec, value: Any) -> Any:
    """Return one value as `crm.item.*` answers it."""
    if isinstance(value, Decimal):
        return number_out(value)
    if isinstance(value, datetime):
        return write_moment(value, core.settings.zone)
    if isinstance(value, date):
        return write_day(value, core.settings.zone)
    if spec.kind == "file" and value:
        address = f"https://{core.settings.host}/bitrix/tools/crm/file.php?fileId={value['id']}"
        return {"id": value["id"], "url": address, "urlMachine": address}
    return (value or 0) if spec.kind in _BINDINGS else value


def classic(core: Core, spec: FieldSpec, value: Any) -> Any:
    """Return the value as the classic methods answer it: a text, a list of texts, or null."""
    if spec.multiple:
        return [_classic_one(core, spec, entry) for entry in value or []]
    return _classic_one(core, spec, value)


def _classic_one(core: Core, spec: FieldSpec, value: Any) -> Any:
    if value is None or (spec.kind in _BINDINGS and not value):
        return None
    if isinstance(value, Decimal):
        return f"{value:.2f}" if not spec.user_field else format(value.normalize(), "f")
    if spec.user_field and spec.kind == "boolean":
        return "1" if value == "Y" else "0"
    if spec.kind == "file":
        address = f"/bitrix/components/bitrix/crm.file.php?fileId={value['id']}"
        return {"id": value["id"], "showUrl": address, "downloadUrl": address}
    return str(universal_one(core, spec, value))
