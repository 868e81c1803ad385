"""An outgoing webhook's bell: an id and nothing else, told apart from a forgery by the application token alone."""

import hmac
from typing import Final
from urllib.parse import parse_qsl

from sverka.domain.errors import Forged
from sverka.ports.notices import Notice, Subject

EVENTS: Final = {
    "oncrmdealadd": Subject.RECORD,
    "oncrmdealupdate": Subject.RECORD,
    "oncrmdealdelete": Subject.RECORD,
    "oncrmdealmovetocategory": Subject.RECORD,
    "oncrmcontactadd": Subject.CUSTOMER,
    "oncrmcontactupdate": Subject.CUSTOMER,
    "oncrmcontactdelete": Subject.CUSTOMER,
}
"""The events that ring, in lower case: documents and portals do not agree on their case."""


def read(body: bytes, token: str) -> list[Notice]:
    """Return what a webhook's body rings for, nothing for other events; Forged without the agreed token."""
    try:
        told = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))
    except ValueError as error:
        raise Forged from error
    shown = told.get("auth[application_token]", "")
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        raise Forged
    event = told.get("event", "")
    subject = EVENTS.get(event.lower())
    record = told.get("data[FIELDS][ID]") or told.get("data[ID]") or ""
    if subject is None or not record.isdigit():
        return []
    return [Notice(subject, record, event=event.upper())]
