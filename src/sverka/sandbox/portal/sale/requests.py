"""Orders a delivery service has taken: sale.delivery.request.*, by which it reports back."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.sale.columns import columns, shop_table
from sverka.sandbox.portal.sale.services import DELIVERIES
from sverka.sandbox.portal.sale.totals import drop_parts
from sverka.sandbox.portal.state import Item

REQUESTS = shop_table(
    "sale_delivery_request",
    columns(integer="DELIVERY_ID", string="REQUEST_ID", boolean="FINALIZE", any="STATUS PROPERTIES MESSAGES"),
)


def _no(code: str, text: str) -> RestError:
    return RestError(400, code, text)


def order_delivery(core: Core, delivery_id: int, request_id: str) -> None:
    """Note that a delivery service has taken an order under its own `request_id`; RestError without such a service."""
    if delivery_id not in DELIVERIES.rows(core):
        raise _no("DELIVERY_NOT_FOUND", "Delivery service has not been found")
    given = {"DELIVERY_ID": delivery_id, "REQUEST_ID": request_id, "PROPERTIES": [], "MESSAGES": []}
    REQUESTS.insert(core, given)


def _request(core: Core, params: Params) -> Item:
    if not params.get("DELIVERY_ID"):
        raise _no("DELIVERY_ID_NOT_SPECIFIED", "Delivery service is not specified")
    service = DELIVERIES.rows(core).get(params.number("DELIVERY_ID") or 0)
    if service is None:
        raise _no("DELIVERY_NOT_FOUND", "Delivery service has not been found")
    if not params.get("REQUEST_ID"):
        raise _no("REQUEST_ID_NOT_SPECIFIED", "Delivery request is not specified")
    found = REQUESTS.where(core, DELIVERY_ID=service.id, REQUEST_ID=str(params.get("REQUEST_ID")))
    if not found:
        raise _no("REQUEST_NOT_FOUND", "Delivery request has not been found")
    return found[0]


def request_update(core: Core, params: Params) -> Reply:
    """Answer sale.delivery.request.update: its status, properties (added, or all anew) and whether it is over."""
    request = _request(core, params)
    if all(params.get(name) is None for name in ("FINALIZE", "STATUS", "PROPERTIES")):
        raise _no("EMPTY_UPDATE_PAYLOAD", "There is nothing to update")
    for name in ("FINALIZE", "OVERWRITE_PROPERTIES"):
        if params.get(name) not in (None, "Y", "N"):
            raise _no(f"{name}_UNEXPECTED_VALUE", f"{name} is Y or N")
    values = {"STATUS": _status(params.get("STATUS"))} if params.has("STATUS") else {}
    if params.has("PROPERTIES"):
        kept = [] if params.get("OVERWRITE_PROPERTIES") == "Y" else request.values["PROPERTIES"]
        values["PROPERTIES"] = kept + _properties(params.get("PROPERTIES"))
    if params.get("FINALIZE") == "Y":
        values["FINALIZE"] = "Y"
    request.values |= values
    return Reply(True)


def _status(raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise _no("STATUS_UNEXPECTED_FORMAT", "STATUS is an object")
    if not raw.get("TEXT"):
        raise _no("STATUS_TEXT_NOT_SPECIFIED", "STATUS[TEXT] is not specified")
    if raw.get("SEMANTIC") not in ("process", "success"):
        raise _no("STATUS_SEMANTIC_NOT_SPECIFIED", "STATUS[SEMANTIC] is process or success")
    return raw


def _properties(raw: Any) -> list[Any]:
    lines = [line for _, line in entries(raw)]
    if not isinstance(raw, list | dict) or not all(isinstance(line, dict) for line in lines):
        raise _no("PROPERTIES_UNEXPECTED_FORMAT", "PROPERTIES is a list of objects")
    for name in ("NAME", "VALUE"):
        if not all(line.get(name) for line in lines):
            raise _no(f"PROPERTY_{name}_NOT_SPECIFIED", f"A property has a {name}")
    return lines


def request_message(core: Core, params: Params) -> Reply:
    """Answer sale.delivery.request.sendmessage."""
    request = _request(core, params)
    addressee, message = params.get("ADDRESSEE"), params.get("MESSAGE")
    if not addressee:
        raise _no("ADDRESSEE_IS_NOT_SPECIFIED", "Addressee is not specified")
    if addressee not in ("MANAGER", "RECIPIENT"):
        raise _no("ADDRESSEE_UNEXPECTED_VALUE", "Addressee is MANAGER or RECIPIENT")
    if not isinstance(message, dict) or not (message.get("SUBJECT") or message.get("BODY")):
        raise _no("MESSAGE_NOT_SPECIFIED", "A message has a SUBJECT or a BODY")
    status = message.get("STATUS")
    if status is not None:
        if not isinstance(status, dict) or not status.get("MESSAGE"):
            raise _no("MESSAGE_STATUS_NOT_SPECIFIED", "Message status is not specified")
        if not status.get("SEMANTIC"):
            raise _no("MESSAGE_STATUS_SEMANTIC_NOT_SPECIFIED", "Message status has a SEMANTIC")
        if status["SEMANTIC"] not in ("success", "process", "error"):
            raise _no("UNEXPECTED_MESSAGE_STATUS_SEMANTIC", "SEMANTIC is success, process or error")
    request.values["MESSAGES"] = [*request.values["MESSAGES"], {"ADDRESSEE": addressee, "MESSAGE": message}]
    return Reply(True)


def request_delete(core: Core, params: Params) -> Reply:
    """Answer sale.delivery.request.delete."""
    request = _request(core, params)
    drop_parts(core, REQUESTS, id=request.id)
    return Reply(True)


METHODS: list[Method] = [
    Method(f"sale.delivery.request.{name}", run, "delivery", writes=True, classic=True, admin_only=True)
    for name, run in (("update", request_update), ("sendmessage", request_message), ("delete", request_delete))
]
