"""Whose a back office's field is: a record's own, or its contact's or company's; and which of these can be made."""

from collections.abc import Mapping
from dataclasses import dataclass

from sverka.domain.commerce.party import COMPANY, CONTACT
from sverka.domain.kind import Kind
from sverka.domain.text import Text


@dataclass(frozen=True)
class Owner:
    """Owners of fields as people call them; in a catalogue of all kinds their keys begin with `mark`.

    New fields are made for them whose names begin with `beginning`.
    """

    words: Text
    mark: str = ""
    prefix: str = ""
    beginning: str = "UF_CRM_"

    def bare(self, key: str) -> str:
        """Return the owner's own name of a field."""
        return key.removeprefix(self.prefix)

    def makes(self, key: str) -> bool:
        """Tell whether a field of that name can be made."""
        return self.bare(key).startswith(self.beginning)


_RECORDS: Mapping[Kind, Owner] = {
    Kind.DEAL: Owner(Text("deals", "сделок")),
    Kind.LEAD: Owner(Text("leads", "лидов"), f"{Kind.LEAD}:"),
    Kind.INVOICE: Owner(Text("invoices", "счетов"), f"{Kind.INVOICE}:", beginning="UF_CRM_SMART_INVOICE_"),
}
_PARTIES = (
    Owner(Text("contacts", "контактов"), prefix=CONTACT),
    Owner(Text("companies", "компаний"), prefix=COMPANY),
)


def owner_of(key: str, kind: Kind = Kind.DEAL) -> Owner:
    """Return whose a field is that a row for records of a kind names."""
    return next((one for one in _PARTIES if key.startswith(one.prefix)), _RECORDS.get(kind, _RECORDS[Kind.DEAL]))
