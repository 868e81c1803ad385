"""Events of the site: what an outbound webhook rings for, once its token is known to be ours."""

import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from sverka.domain.errors import Forged
from sverka.ports.notices import Notice, Subject

_ORDERS = {"ONSALEORDERSAVED", "ONSALEBEFOREORDERDELETE", "ONORDERENTITYSAVED", "ONORDERDELETED"}
"""The events whose id is the order's. Those of payments, shipments and properties carry the part's own id: no use."""


def read(body: bytes, token: str) -> list[Notice]:
    """Verify an event, a form or JSON, by its application token; an event that names no order rings for nothing.

    Raises:
        Forged: the token is not the one agreed on, or none was agreed on.

    """
    event, id_, given = _parts(body)
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Forged
    name = event.upper()
    return [Notice(Subject.ORDER, id_, name)] if name in _ORDERS and id_.isdigit() else []


def _parts(body: bytes) -> tuple[str, str, str]:
    """Return the event's name, the id it carries and its token; empty where they are not in the body."""
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("{"):
        try:
            data = json.loads(text)
        except ValueError:
            return "", "", ""
        fields, auth = _inner(_inner(data, "data"), "FIELDS"), _inner(data, "auth")
        return str(data.get("event", "")), str(fields.get("ID", "")), str(auth.get("application_token", ""))
    pairs = dict(parse_qsl(text))
    return pairs.get("event", ""), pairs.get("data[FIELDS][ID]", ""), pairs.get("auth[application_token]", "")


def _inner(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}
