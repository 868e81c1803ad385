"""Pay systems: sale.paysystem.*, their REST handlers and settings."""

from __future__ import annotations

from functools import partial
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, to_int
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.records.values import universal_one
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import columns, shop_table
from sverka.sandbox.portal.sale.dictionaries import PERSON_TYPES
from sverka.sandbox.portal.sale.services import Upright, method, unchecked
from sverka.sandbox.portal.sale.totals import part_saved
from sverka.sandbox.portal.state import Item

HANDLERS = shop_table("pay_handler", columns(integer="ID! SORT", string="NAME* CODE*", any="SETTINGS*"), {"SORT": 100})
PAY_SYSTEMS = shop_table(
    "pay_system",
    columns(
        integer="ID! PERSON_TYPE_ID* SORT!",
        string="NAME* PSA_NAME! DESCRIPTION ACTION_FILE! RESULT_FILE! PS_MODE! ENCODING! XML_ID TARIFF!"
        " ENTITY_REGISTRY_TYPE*^ BX_REST_HANDLER*",
        boolean="ACTIVE NEW_WINDOW HAVE_PAYMENT! HAVE_ACTION! HAVE_RESULT! HAVE_PREPAY! HAVE_PRICE!"
        " HAVE_RESULT_RECEIVE! ALLOW_EDIT_PAYMENT! AUTO_CHANGE_1C! CAN_PRINT_CHECK!",
        char="IS_CASH!",
        any="SETTINGS^ LOGOTYPE",
    ),
    {
        "SORT": 100,
        "ACTIVE": "Y",
        "ALLOW_EDIT_PAYMENT": "Y",
        "HAVE_RESULT_RECEIVE": "Y",
        "IS_CASH": "N",
        "ENTITY_REGISTRY_TYPE": "ORDER",
        **dict.fromkeys(("RESULT_FILE", "PS_MODE", "ENCODING", "TARIFF")),
    },
)
_NO_SYSTEM = (400, "ERROR_PAY_SYSTEM_NOT_FOUND", "Pay system is not found")
_REGISTRIES = ("ORDER", "CRM_INVOICE", "CRM_QUOTE")


def _handler_checked(core: Core, given: Values, item: Item | None) -> None:
    settings = given.get("SETTINGS", {"CODES": {}})
    if not isinstance(settings, dict) or not isinstance(settings.get("CODES"), dict | list):
        raise unchecked("Required parameter SETTINGS[CODES] is not defined")
    twins = HANDLERS.where(core, CODE=given["CODE"]) if "CODE" in given else []
    if any(item is None or twin.id != item.id for twin in twins):
        code = "ERROR_UNEXPECTED_ANSWER" if item else "ERROR_HANDLER_ALREADY_EXIST"
        raise RestError(400, code, f"Handler {given['CODE']} already exists")


class PayHandlers(Upright):
    """REST handlers of pay systems; one in use is not deleted."""

    def _delete(self, core: Core, params: Params) -> Reply:
        handler = self.found(core, params)
        if PAY_SYSTEMS.where(core, ACTION_FILE=handler.values["CODE"]):
            raise RestError(400, "ERROR_PAY_SYSTEM_DELETE", "There are pay systems with this handler")
        return super()._delete(core, params)


def _checked(core: Core, given: Values, item: Item | None) -> None:
    if "BX_REST_HANDLER" in given:
        if not HANDLERS.where(core, CODE=given["BX_REST_HANDLER"]):
            raise RestError(400, "ERROR_HANDLER_NOT_FOUND", "Handler is not found")
        given["ACTION_FILE"] = given["BX_REST_HANDLER"]
    if "PERSON_TYPE_ID" in given and given["PERSON_TYPE_ID"] not in PERSON_TYPES.rows(core):
        raise RestError(400, "ERROR_PERSON_TYPE_NOT_FOUND", "Person type is not found")
    if given.get("ENTITY_REGISTRY_TYPE", "ORDER") not in _REGISTRIES:
        raise unchecked(f"ENTITY_REGISTRY_TYPE is one of {', '.join(_REGISTRIES)}")
    if given.get("NAME"):
        given["PSA_NAME"] = given["NAME"]
    if item is None:
        person = str(given["PERSON_TYPE_ID"])
        given["SETTINGS"] = {person: _read_settings(given.get("SETTINGS") or {})}


def _read_settings(raw: Any) -> Values:
    """Return settings as TYPE and VALUE by code."""
    if not isinstance(raw, dict):
        raise unchecked("SETTINGS is a map of codes")
    return {
        str(code): {
            "TYPE": str(line.get("TYPE") or "VALUE") if isinstance(line, dict) else "VALUE",
            "VALUE": line.get("VALUE") if isinstance(line, dict) else line,
        }
        for code, line in raw.items()
    }


def _system(core: Core, params: Params, name: str = "ID") -> Item:
    item = PAY_SYSTEMS.rows(core).get(params.number(name) or 0)
    if item is None:
        raise unchecked("Pay system is not found")
    return item


def settings_get(core: Core, params: Params) -> Reply:
    """Answer sale.paysystem.settings.get: the values by code, for one payer type."""
    held = _held(_system(core, params), params.number("PERSON_TYPE_ID"))
    return Reply({code: line["VALUE"] for code, line in held.items()} or [])


def _held(system: Item, person_type_id: int | None) -> Values:
    """Return the settings of a payer type, those of the pay system's own where it has none."""
    by_person: Values = system.values["SETTINGS"] or {}
    own: Values = by_person.get(str(system.values["PERSON_TYPE_ID"]), {})
    theirs: Values = by_person.get(str(person_type_id), {})
    return own | theirs


def settings_update(core: Core, params: Params) -> Reply:
    """Answer sale.paysystem.settings.update: the given settings change, the others stay."""
    system = _system(core, params)
    given = _read_settings(params.get("SETTINGS"))
    person = str(params.number("PERSON_TYPE_ID") or system.values["PERSON_TYPE_ID"])
    by_person = system.values["SETTINGS"] or {}
    system.values["SETTINGS"] = by_person | {person: by_person.get(person, {}) | given}
    return Reply(True)


def _payment(core: Core, params: Params) -> tuple[Item, Item]:
    system = _system(core, params, "PAY_SYSTEM_ID")
    payment = model.PAYMENTS.rows(core).get(params.number("PAYMENT_ID") or 0)
    if payment is None:
        raise unchecked("Payment is not found")
    return payment, system


def payment_settings(core: Core, params: Params) -> Reply:
    """Answer sale.paysystem.settings.payment.get: settings that name a column of the payment or order are filled in."""
    payment, system = _payment(core, params)
    order = model.ORDERS.rows(core).get(payment.values["orderId"])
    if order is None:
        raise RestError(400, "ERROR_INTERNAL_ORDER_NOT_FOUND", "Order is not found")
    sources = {"PAYMENT": (model.PAYMENTS, payment), "ORDER": (model.ORDERS, order)}
    answer: Values = {}
    for code, line in _held(system, to_int(order.values["personTypeId"])).items():
        table, record = sources.get(line["TYPE"], (None, None))
        spec = table.by_upper.get(str(line["VALUE"])) if table else None
        answer[code] = universal_one(core, spec, record.values[spec.name]) if record and spec else line["VALUE"]
    return Reply(answer or [])


def pay_payment(core: Core, params: Params) -> Reply:
    """Answer sale.paysystem.pay.payment: the payment is paid by this pay system."""
    payment, system = _payment(core, params)
    if payment.values["paid"] == "Y":
        raise RestError(400, "ERROR_PROCESS_REQUEST_RESULT", "The payment is paid already")
    payment.values |= {
        "paid": "Y", "datePaid": core.now(), "empPaidId": core.caller.user_id, "psStatus": "Y",
        "paySystemId": system.id, "paySystemName": system.values["NAME"], "psSum": payment.values["sum"],
        "psCurrency": payment.values["currency"], "psResponseDate": core.now(),
    }  # fmt: skip
    part_saved(core, payment.values["orderId"], ("ONPAYMENTENTITYSAVED", payment.id))
    return Reply(True)


_made = partial(method, scope="pay_system")
METHODS: list[Method] = [
    *PayHandlers(
        "sale.paysystem.handler", HANDLERS, scope="pay_system", typed=False, check=_handler_checked,
        missing=(400, "ERROR_HANDLER_NOT_FOUND", "Handler is not found"), needed=("ID", "FIELDS"),
    ).methods(),
    *Upright(
        "sale.paysystem", PAY_SYSTEMS, scope="pay_system", check=_checked, missing=_NO_SYSTEM,
        secret=frozenset({"BX_REST_HANDLER", "SETTINGS", "LOGOTYPE"}),
    ).methods(),
    _made("sale.paysystem.settings.get", settings_get, "ID", "PERSON_TYPE_ID", writes=False),
    _made("sale.paysystem.settings.update", settings_update, "ID", "SETTINGS"),
    _made("sale.paysystem.settings.payment.get", payment_settings, "PAYMENT_ID", "PAY_SYSTEM_ID", writes=False),
    _made("sale.paysystem.pay.payment", pay_payment, "PAYMENT_ID", "PAY_SYSTEM_ID"),
]  # fmt: skip
