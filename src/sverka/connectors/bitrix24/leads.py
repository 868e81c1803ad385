"""How a buyer is reached, where he is a lead: a lead carries his phone and e-mail itself, as a contact does."""

from collections.abc import Mapping
from typing import Final

from sverka.connectors.bitrix24.params import Param
from sverka.ports.backoffice import RecordWrite

REACHED: Final = {"phone": ("PHONE", "MOBILE"), "email": ("EMAIL", "HOME")}
"""The keys under which a new lead is given a phone and an e-mail, with the portal's names of them."""


def reached(write: RecordWrite) -> Mapping[str, Param]:
    """Return the phones and e-mails of a lead to be made, as the portal takes them."""
    lines = [
        {"typeId": REACHED[key][0], "valueType": REACHED[key][1], "value": value}
        for key, value in write.fields.items()
        if key in REACHED and isinstance(value, str) and value
    ]
    return {"fm": lines} if lines else {}
