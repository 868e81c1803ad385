"""Webhooks of the shop: what one rings for, once its signature is known to be ours."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from sverka.domain.errors import Forged
from sverka.ports.notices import Notice, Subject

_SIGNATURE = "x-wc-webhook-signature"
_TOPIC = "x-wc-webhook-topic"
_REGISTERED = "customer.created"
_EDITED = "customer.updated"
_BUYER = "customer"
"""The role of those who registered to buy: the topic is rung for a new manager of the shop as well."""


def read(headers: Mapping[str, str], body: bytes, secret: str) -> list[Notice]:
    """Verify a webhook; one about anything but an order or a customer rings for nothing.

    The ping that a new webhook sends is not signed; it rings for no order, so nothing hangs on who sent it.

    Raises:
        Forged: the signature is not ours, is missing, or no secret was agreed on.

    """
    given = headers.get(_SIGNATURE, "")
    if not given and _TOPIC not in headers:
        ping = dict(parse_qsl(body[:100].decode("ascii", "replace"))).get("webhook_id", "")
        if ping.isdigit():
            return [Notice(Subject.PING, ping, "ping")]
    right = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    if not secret or not hmac.compare_digest(given.encode(), right):
        raise Forged
    topic = headers.get(_TOPIC, "")
    if not topic.startswith("order.") and topic not in (_REGISTERED, _EDITED):
        return []
    try:
        data = json.loads(body)
    except ValueError:
        return []
    told = data if isinstance(data, dict) else {}
    id_ = str(told.get("id", ""))
    if not id_.isdigit() or (topic == _REGISTERED and told.get("role") != _BUYER):
        return []
    subject = {_REGISTERED: Subject.REGISTRATION, _EDITED: Subject.CUSTOMER}.get(topic, Subject.ORDER)
    return [Notice(subject, id_, topic)]
