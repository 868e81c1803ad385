"""A portal's bell: an id and nothing else, told apart from a forgery by the application token alone."""

import hmac
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl

from sverka.connectors.bitrix24.commands import COMPANY
from sverka.connectors.bitrix24.kinds import DEALS, INVOICES, LEADS
from sverka.connectors.bitrix24.parties.ids import party
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
    "oncrmcompanyadd": Subject.CUSTOMER,
    "oncrmcompanyupdate": Subject.CUSTOMER,
    "oncrmcompanydelete": Subject.CUSTOMER,
    "oncrmtimelinecommentadd": Subject.COMMENT,
    "oncrmleadadd": Subject.RECORD,
    "oncrmleadupdate": Subject.RECORD,
    "oncrmleaddelete": Subject.RECORD,
    "oncrmdynamicitemadd_31": Subject.RECORD,
    "oncrmdynamicitemupdate_31": Subject.RECORD,
    "oncrmdynamicitemdelete_31": Subject.RECORD,
}
"""The events that ring, in lower case: documents and portals do not agree on their case.

Invoices have those of smart processes, of which the ones of their own type are listened to.
"""

PING: Final = "ONOFFLINEEVENT"
"""The portal's own queue has news."""

PRODUCT_GONE: Final = "ONCRMPRODUCTDELETE"
"""A product was deleted from the portal's catalogue."""

REMOVED: Final = "ONAPPUNINSTALL"
"""The application was removed from the portal."""

_WITHOUT_RECORD: Final = {PING: Subject.QUEUE, REMOVED: Subject.REMOVED}


def read(body: bytes, token: str, product_gone: Callable[[str], None] = lambda _id: None) -> list[Notice]:
    """Return what a webhook's body rings for, nothing for other events; Forged without the agreed token.

    No order rings for a product; `product_gone` is told the id of one that was deleted.
    """
    try:
        told = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))
    except ValueError as error:
        raise Forged from error
    shown = told.get("auth[application_token]", "")
    if not token or not hmac.compare_digest(shown.encode(), token.encode()):
        raise Forged
    event = told.get("event", "").upper()
    if event in _WITHOUT_RECORD:
        return [Notice(_WITHOUT_RECORD[event], "", event=event)]
    if event.startswith("ONCRMDYNAMICITEM") and event.isalpha():
        # The event of all smart processes at once, as an outgoing webhook has it.
        event = f"{event}_{told.get('data[FIELDS][ENTITY_TYPE_ID]', '')}"
    id_ = told.get("data[FIELDS][ID]") or told.get("data[ID]") or ""
    if event == PRODUCT_GONE:
        product_gone(id_)
    found = notice(event, id_)
    return [found] if found else []


def notice(event: str, record: str) -> Notice | None:
    """Return the notice of an event on a record, None for an event that does not ring or names none."""
    subject = EVENTS.get(event.lower())
    if subject is None or not record.isdigit():
        return None
    told = event.lower()
    if subject is Subject.CUSTOMER:
        known = party(COMPANY, record) if told.startswith("oncrmcompany") else record
        return Notice(subject, known, event=event.upper())
    kind = LEADS if told.startswith("oncrmlead") else INVOICES if told.startswith("oncrmdynamic") else DEALS
    return Notice(subject, kind.id_of(record), event=event.upper(), kind=kind.kind)
