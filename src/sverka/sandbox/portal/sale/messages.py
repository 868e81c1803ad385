"""Senders of messages an application adds (messageservice.*), and the messages handed to them."""

from __future__ import annotations

import re
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale.columns import columns, shop_table
from sverka.sandbox.portal.state import Item

SENDERS = shop_table("message_sender", columns(string="client CODE TYPE HANDLER", any="NAME DESCRIPTION"))
MESSAGES = shop_table("message", columns(string="sender MESSAGE_ID to text STATUS"), {"STATUS": "queued"})
_INVALID = "ERROR_SENDER_VALIDATION_FAILURE"
_STATUSES = ("queued", "sent", "delivered", "undelivered", "failed")


def _client(core: Core) -> str:
    application = core.caller.application
    return application.client_id if application else ""


def _no(code: str, text: str) -> RestError:
    return RestError(400, code, text)


def _code(params: Params) -> str:
    code = params.get("CODE")
    if code in (None, ""):
        raise _no(_INVALID, "Empty sender code!")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", str(code)):
        raise _no(_INVALID, "Wrong sender code!")
    return str(code)


def _own(core: Core, client: str, code: str) -> Item:
    found = SENDERS.where(core, client=client, CODE=code)
    if not found:
        raise _no("ERROR_SENDER_NOT_FOUND", "Sender not found!")
    return found[0]


def sender_add(core: Core, params: Params) -> Reply:
    """Answer messageservice.sender.add: a sender of the calling application."""
    client = _client(core)
    if not params.raw:
        raise _no(_INVALID, "Empty data!")
    code = _code(params)
    for name, text in (
        ("NAME", "Empty sender NAME!"),
        ("TYPE", "Empty sender message TYPE!"),
        ("HANDLER", "Empty sender HANDLER!"),
    ):
        if not params.get(name):
            raise _no(_INVALID, text)
    if params.get("TYPE") != "SMS":
        raise _no(_INVALID, "Unknown sender message TYPE!")
    if SENDERS.where(core, client=client, CODE=code):
        raise _no("ERROR_SENDER_ALREADY_INSTALLED", "Sender already installed!")
    given = {name: params.get(name) for name in ("TYPE", "HANDLER", "NAME", "DESCRIPTION")}
    SENDERS.insert(core, given | {"client": client, "CODE": code})
    return Reply(True)


def sender_update(core: Core, params: Params) -> Reply:
    """Answer messageservice.sender.update."""
    client = _client(core)
    if not params.get("CODE"):
        raise _no("ERROR_SENDER_CODE_REQUIRED", "CODE is required!")
    given: Values = {name: params.get(name) for name in ("HANDLER", "NAME", "DESCRIPTION") if params.get(name)}
    if not given:
        raise _no("ERROR_SENDER_OTHER_PARAMS_REQUIRED", "At least one other parameter is required!")
    _own(core, client, str(params.get("CODE"))).values.update(given)
    return Reply(True)


def sender_list(core: Core, params: Params) -> Reply:
    """Answer messageservice.sender.list: the codes of the application's senders."""
    del params
    return Reply([sender.values["CODE"] for sender in SENDERS.where(core, client=_client(core))])


def sender_delete(core: Core, params: Params) -> Reply:
    """Answer messageservice.sender.delete."""
    sender = _own(core, _client(core), _code(params))
    del SENDERS.rows(core)[sender.id]
    return Reply(True)


def status_update(core: Core, params: Params) -> Reply:
    """Answer messageservice.message.status.update: how a message handed to the application's sender fared."""
    client, code = _client(core), _code(params)
    wanted: Any = str(params.get("MESSAGE_ID") or "")
    found = MESSAGES.where(core, sender=f"{client} {code}", MESSAGE_ID=wanted)
    if not found:
        raise _no("ERROR_MESSAGE_NOT_FOUND", "Message not found!")
    if params.get("STATUS") not in _STATUSES:
        raise _no("ERROR_MESSAGE_STATUS_INCORRECT", "Message status incorrect!")
    found[0].values["STATUS"] = params.get("STATUS")
    return Reply(True)


def queue_message(core: Core, code: str, to: str, text: str) -> Item:
    """Hand a message to the sender with this code and return it; RestError when there is none."""
    senders = SENDERS.where(core, CODE=code)
    if not senders:
        raise _no("ERROR_SENDER_NOT_FOUND", "Sender not found!")
    sender = senders[0].values
    message = MESSAGES.insert(core, {"sender": f"{sender['client']} {code}", "to": to, "text": text})
    message.values["MESSAGE_ID"] = f"{message.id:032x}"
    return message


METHODS: list[Method] = [
    Method(
        f"messageservice.{name}", run, "messageservice", writes=name != "sender.list", classic=True, app_only=True,
        admin_only=True,
    )
    for name, run in (
        ("sender.add", sender_add),
        ("sender.update", sender_update),
        ("sender.list", sender_list),
        ("sender.delete", sender_delete),
        ("message.status.update", status_update),
    )
]  # fmt: skip
