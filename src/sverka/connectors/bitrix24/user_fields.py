"""User fields by whose they are: deals, leads, contacts and companies have methods of their own, invoices share one.

https://apidocs.bitrix24.com/api-reference/crm/universal/invoice.html says that those of invoices are made by
`userfieldconfig.*`, for the owner `CRM_SMART_INVOICE`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, DEAL, INVOICE, LEAD
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Client, as_list, as_map
from sverka.domain.commerce.party import COMPANY as COMPANY_KEYS
from sverka.domain.commerce.party import CONTACT as CONTACT_KEYS
from sverka.domain.kind import Kind
from sverka.domain.mapping.field import FieldType
from sverka.domain.text import Text
from sverka.ports.furnish import NewField
from sverka.ports.guard import Guard

_TYPES: Final[Mapping[FieldType, str]] = {
    FieldType.NUMBER: "double",
    FieldType.MONEY: "money",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
    FieldType.CHOICE: "enumeration",
    FieldType.PERSON: "employee",
    FieldType.FILE: "file",
    FieldType.URL: "url",
}
"""The portal's type for each of the hub's; anything else is a string."""

_PREFIX: Final = "UF_CRM_"
_LIST: Final = "enumeration"

Options = Sequence[tuple[str, str]]
"""New options: the name and the external id of each."""


@dataclass(frozen=True)
class HeldField:
    """A user field the portal has: its number there, its name, and the names of a list's options by id."""

    id: str
    name: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Owner(ABC):
    """Whose user fields: what keys of theirs begin with, their entity type, and what REST and people call them."""

    mark: str
    entity: int
    name: str
    words: Text

    def bare(self, key: str) -> str:
        """Return the portal's own name of a field."""
        return key.removeprefix(self.mark)

    @abstractmethod
    def find(self, client: Client, name: str, guard: Guard) -> HeldField | None:
        """Return a field as it is now, None where there is none."""

    @abstractmethod
    def make(self, client: Client, name: str, new: NewField, options: Options, guard: Guard) -> None:
        """Make a field, without obligation and out of the filter."""

    @abstractmethod
    def grow(self, client: Client, held: HeldField, options: Options, guard: Guard) -> None:
        """Add options to a list, beside those it has."""


class _OfItsOwn(Owner):
    """Records whose user fields have methods of their own, `crm.deal.userfield.*`."""

    def find(self, client: Client, name: str, guard: Guard) -> HeldField | None:
        told = client.call(self._method("list"), {"filter": {"FIELD_NAME": name}, "order": {"SORT": "ASC"}}, guard)
        for one in as_list(told):
            if isinstance(one, dict) and str(one.get("FIELD_NAME")) == name:
                lines = {str(line.get("ID")): str(line.get("VALUE")) for line in items_of(one, "LIST")}
                return HeldField(str(one.get("ID")), name, lines)
        return None

    def make(self, client: Client, name: str, new: NewField, options: Options, guard: Guard) -> None:
        label = {"ru": new.label.ru, "en": new.label.en}
        asked: dict[str, Any] = {
            "FIELD_NAME": name.removeprefix(_PREFIX),
            "USER_TYPE_ID": _TYPES.get(new.type, "string"),
            "MULTIPLE": "Y" if new.many else "N",
            "MANDATORY": "N",
            "SHOW_FILTER": "N",
            "EDIT_FORM_LABEL": label,
            "LIST_COLUMN_LABEL": label,
            "LIST_FILTER_LABEL": label,
        }
        if options:
            asked["LIST"] = [{"VALUE": option, "XML_ID": mark} for option, mark in options]
        client.call(self._method("add"), {"fields": asked}, guard)

    def grow(self, client: Client, held: HeldField, options: Options, guard: Guard) -> None:
        lines: list[dict[str, str]] = [{"ID": id_, "VALUE": option} for id_, option in held.options.items()]
        lines += [{"VALUE": option, "XML_ID": mark} for option, mark in options]
        client.call(self._method("update"), {"id": held.id, "fields": {"LIST": lines}}, guard)

    def _method(self, verb: str) -> str:
        return f"crm.{self.name.lower()}.userfield.{verb}"


class _Shared(Owner):
    """Records whose user fields are made by `userfieldconfig.*`; a list of fields tells no options there."""

    def find(self, client: Client, name: str, guard: Guard) -> HeldField | None:
        told = client.call("userfieldconfig.list", {"moduleId": "crm", "filter": {"fieldName": name}}, guard)
        for one in items_of(told, "fields"):
            if one.get("fieldName") == name and one.get("entityId") == self._owner:
                id_ = str(one.get("id"))
                is_list = one.get("userTypeId") == _LIST
                return HeldField(id_, name, self._options(client, id_, guard) if is_list else {})
        return None

    def make(self, client: Client, name: str, new: NewField, options: Options, guard: Guard) -> None:
        asked: dict[str, Any] = {
            "entityId": self._owner,
            "fieldName": name,
            "userTypeId": _TYPES.get(new.type, "string"),
            "multiple": "Y" if new.many else "N",
            "mandatory": "N",
            "showFilter": "N",
            "editFormLabel": {"ru": new.label.ru, "en": new.label.en},
        }
        if options:
            asked["enum"] = [{"value": option, "xmlId": mark} for option, mark in options]
        client.call("userfieldconfig.add", {"moduleId": "crm", "field": asked}, guard)

    def grow(self, client: Client, held: HeldField, options: Options, guard: Guard) -> None:
        lines: list[dict[str, str]] = [{"id": id_, "value": option} for id_, option in held.options.items()]
        lines += [{"value": option, "xmlId": mark} for option, mark in options]
        field = {"userTypeId": _LIST, "enum": lines}
        client.call("userfieldconfig.update", {"moduleId": "crm", "id": held.id, "field": field}, guard)

    def _options(self, client: Client, id_: str, guard: Guard) -> Mapping[str, str]:
        told = as_map(client.call("userfieldconfig.get", {"moduleId": "crm", "id": id_}, guard))
        lines = items_of(as_map(told.get("field")), "enum")
        return {str(line.get("id")): str(line.get("value")) for line in lines}

    @property
    def _owner(self) -> str:
        return f"CRM_{self.name}"


DEALS: Final = _OfItsOwn("", DEAL, "DEAL", Text("deals", "сделок"))
_OTHERS: Final = (
    _OfItsOwn(f"{Kind.LEAD}:", LEAD, "LEAD", Text("leads", "лидов")),
    _Shared(f"{Kind.INVOICE}:", INVOICE, "SMART_INVOICE", Text("invoices", "счетов")),
    _OfItsOwn(CONTACT_KEYS, CONTACT, "CONTACT", Text("contacts", "контактов")),
    _OfItsOwn(COMPANY_KEYS, COMPANY, "COMPANY", Text("companies", "компаний")),
)


def owner_of(key: str) -> Owner:
    """Return whose a field is that a catalogue names so."""
    return next((one for one in _OTHERS if key.startswith(one.mark)), DEALS)
