"""`crm.currency.*`: currencies by their codes; the base one is the first of the portal's list."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sverka.sandbox.portal.core import Core, Event, Method, Reply
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.lines import order_lines
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import describe

_LANGUAGES = ("en", "ru")
_FORMATS = {
    "FORMAT_STRING": "#",
    "DEC_POINT": ".",
    "THOUSANDS_SEP": " ",
    "DECIMALS": "2",
    "THOUSANDS_VARIANT": "S",
    "HIDE_ZERO": "Y",
}
_SHOWN = ("FULL_NAME", "FORMAT_STRING", "DEC_POINT", "THOUSANDS_SEP", "DECIMALS")
_TEXTS = [
    FieldSpec("fullName", "string", "FULL_NAME"),
    FieldSpec("formatString", "string", "FORMAT_STRING"),
    FieldSpec("decPoint", "string", "DEC_POINT"),
    FieldSpec("thousandsVariant", "string", "THOUSANDS_VARIANT"),
    FieldSpec("thousandsSep", "string", "THOUSANDS_SEP"),
    FieldSpec("decimals", "int", "DECIMALS"),
    FieldSpec("hideZero", "char", "HIDE_ZERO"),
]


def _details(core: Core, code: str) -> dict[str, Any]:
    """Return what is known of a currency of the list, made up where nobody has said."""
    fresh = {
        "AMOUNT_CNT": "1",
        "AMOUNT": "1.0000",
        "SORT": str(100 + core.state.currencies.index(code)),
        "DATE_UPDATE": write_moment(core.now(), core.settings.zone),
        "LANG": {language: {"FULL_NAME": code, **_FORMATS} for language in _LANGUAGES},
    }
    return core.state.currency_details.setdefault(code, fresh)


def _out(core: Core, code: str) -> dict[str, Any]:
    details = _details(core, code)
    texts = details["LANG"].get("ru") or next(iter(details["LANG"].values()), {"FULL_NAME": code, **_FORMATS})
    return {
        "CURRENCY": code,
        **{name: details[name] for name in ("AMOUNT_CNT", "AMOUNT", "SORT", "DATE_UPDATE")},
        "BASE": "Y" if code == core.state.currencies[0] else "N",
        "LID": "ru",
        **{name: texts.get(name) for name in _SHOWN},
    }


def _code(core: Core, params: Params, refusal: RestError) -> str:
    code = str(params.get("id") or "").upper()
    if not code:
        raise refusal
    if code not in core.state.currencies:
        raise not_found(classic=True)
    return code


def _invalid_id() -> RestError:
    return RestError(400, "", "The parameter id is invalid or not defined.")


def currency_fields(core: Core, params: Params) -> Reply:
    """Answer crm.currency.fields."""
    del core, params
    specs = [
        FieldSpec("currency", "string", "CURRENCY"),
        FieldSpec("amountCnt", "int", "AMOUNT_CNT"),
        FieldSpec("amount", "double", "AMOUNT"),
        FieldSpec("base", "char", "BASE", read_only=True),
        FieldSpec("sort", "int", "SORT"),
        FieldSpec("dateUpdate", "datetime", "DATE_UPDATE", read_only=True),
        FieldSpec("lid", "string", "LID", read_only=True),
        *[FieldSpec(s.name, s.kind, s.upper, read_only=True) for s in _TEXTS if s.upper in _SHOWN],
    ]
    return Reply({spec.upper: describe(spec) for spec in specs})


def currency_list(core: Core, params: Params) -> Reply:
    """Answer crm.currency.list, the base currency first unless an order is given; the total is always 0."""
    lines = [_out(core, code) for code in core.state.currencies]
    return Reply(order_lines(lines, params.get("order"), ("SORT", "AMOUNT", "AMOUNT_CNT")), 0)


def currency_get(core: Core, params: Params) -> Reply:
    """Answer crm.currency.get: the currency with all its languages."""
    code = _code(core, params, not_found(classic=True))
    return Reply(_out(core, code) | {"LANG": _details(core, code)["LANG"]})


def currency_add(core: Core, params: Params) -> Reply:
    """Answer crm.currency.add with the code of the new currency."""
    given = _fields(params)
    for name in ("CURRENCY", "AMOUNT_CNT", "AMOUNT"):
        if given.get(name) in (None, ""):
            raise RestError(400, "ERROR_CORE", f'Undefined array key "{name}"')
    code = str(given["CURRENCY"]).upper()
    if len(code) != 3 or not code.isalpha():
        raise RestError(400, "ERROR_CORE", "The currency code must be three Latin letters.")
    if code in core.state.currencies:
        raise RestError(400, "ERROR_CORE", f"Currency {code} already exists.")
    numbers = _numbers(given)
    core.state.currencies.append(code)
    _details(core, code)["SORT"] = "100"
    _change(core, code, given, numbers)
    core.emit(Event("ONCRMCURRENCYADD", {"ID": code}))
    return Reply(code)


def currency_update(core: Core, params: Params) -> Reply:
    """Answer crm.currency.update; languages that are not given stay."""
    code = _code(core, params, _invalid_id())
    given = _fields(params)
    _change(core, code, given, _numbers(given))
    core.emit(Event("ONCRMCURRENCYUPDATE", {"ID": code}))
    return Reply(True)


def currency_delete(core: Core, params: Params) -> Reply:
    """Answer crm.currency.delete; the base currency stays."""
    if len(str(params.get("id") or "")) != 3:
        raise RestError(400, "", "Currency identifier must consist of 3 characters.")
    code = _code(core, params, _invalid_id())
    if code == core.state.currencies[0]:
        raise RestError(400, "", "Cannot delete base currency.")
    core.state.currencies.remove(code)
    core.state.currency_details.pop(code, None)
    core.emit(Event("ONCRMCURRENCYDELETE", {"ID": code}))
    return Reply(True)


def base_get(core: Core, params: Params) -> Reply:
    """Answer crm.currency.base.get."""
    del params
    return Reply(core.state.currencies[0])


def base_set(core: Core, params: Params) -> Reply:
    """Answer crm.currency.base.set; rates are not worked out anew."""
    _make_base(core, _code(core, params, _invalid_id()))
    return Reply(True)


def localizations_fields(core: Core, params: Params) -> Reply:
    """Answer crm.currency.localizations.fields."""
    del core, params
    return Reply({spec.upper: describe(spec) for spec in _TEXTS})


def localizations_get(core: Core, params: Params) -> Reply:
    """Answer crm.currency.localizations.get: how a currency is written, by language."""
    return Reply(_details(core, _code(core, params, _invalid_id()))["LANG"] or [])


def localizations_set(core: Core, params: Params) -> Reply:
    """Answer crm.currency.localizations.set; languages that are not given stay."""
    code = _code(core, params, _invalid_id())
    if not isinstance(params.get("localizations"), dict | list):
        raise RestError(400, "", "Parameter 'localizations' must be array.")
    _localize(core, code, params.get("localizations"))
    return Reply(True)


def localizations_delete(core: Core, params: Params) -> Reply:
    """Answer crm.currency.localizations.delete."""
    languages = _details(core, _code(core, params, _invalid_id()))["LANG"]
    if not isinstance(params.get("lids"), dict | list):
        raise RestError(400, "", "Parameter 'lids' must be array.")
    for _, language in entries(params.get("lids")):
        languages.pop(str(language), None)
    return Reply(True)


def _fields(params: Params) -> dict[str, Any]:
    if not isinstance(params.get("fields"), dict | list):
        raise RestError(400, "", "Parameter 'fields' must be array.")
    return params.mapping("fields")


def _numbers(given: dict[str, Any]) -> dict[str, str]:
    """Return the rate, its denomination and the sort as texts; RestError when one is no number."""
    numbers = {}
    for name, form in (("AMOUNT_CNT", "d"), ("AMOUNT", ".4f"), ("SORT", "d")):
        raw = given.get(name)
        if raw in (None, ""):
            continue
        try:
            number = Decimal(str(raw).strip()) if form == ".4f" else to_int(raw)
        except InvalidOperation:
            number = None
        if number is None or (name != "SORT" and number <= 0):
            raise RestError(400, "ERROR_CORE", f"Invalid value of field {name}")
        numbers[name] = format(number, form)
    return numbers


def _change(core: Core, code: str, given: dict[str, Any], numbers: dict[str, str]) -> None:
    _details(core, code).update(numbers, DATE_UPDATE=write_moment(core.now(), core.settings.zone))
    _localize(core, code, given.get("LANG"))
    if str(given.get("BASE")).upper() == "Y":
        _make_base(core, code)


def _localize(core: Core, code: str, given: Any) -> None:
    languages = _details(core, code)["LANG"]
    known = {spec.upper for spec in _TEXTS}
    for language, texts in entries(given):
        held = languages.get(language) or {"FULL_NAME": code, **_FORMATS}
        changed = {name: None if text is None else str(text) for name, text in entries(texts) if name in known}
        languages[language] = held | changed


def _make_base(core: Core, code: str) -> None:
    core.state.currencies.remove(code)
    core.state.currencies.insert(0, code)


METHODS = [
    Method("crm.currency.fields", currency_fields, classic=True),
    Method("crm.currency.list", currency_list, classic=True),
    Method("crm.currency.get", currency_get, classic=True),
    Method("crm.currency.add", currency_add, writes=True, classic=True),
    Method("crm.currency.update", currency_update, writes=True, classic=True),
    Method("crm.currency.delete", currency_delete, writes=True, classic=True),
    Method("crm.currency.base.get", base_get, classic=True),
    Method("crm.currency.base.set", base_set, writes=True, classic=True),
    Method("crm.currency.localizations.fields", localizations_fields, classic=True),
    Method("crm.currency.localizations.get", localizations_get, classic=True),
    Method("crm.currency.localizations.set", localizations_set, writes=True, classic=True),
    Method("crm.currency.localizations.delete", localizations_delete, writes=True, classic=True),
]
