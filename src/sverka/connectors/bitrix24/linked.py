"""What a record to be written hangs on, as a portal takes it; and what is said where it lacks a field."""

from collections.abc import Mapping

from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.kinds import RecordKind, kind_of
from sverka.connectors.bitrix24.params import Param
from sverka.connectors.bitrix24.parties import entity_of, number_of
from sverka.domain.errors import Rejected
from sverka.domain.text import Text
from sverka.ports.backoffice import RecordWrite


def contacts_of(write: RecordWrite) -> tuple[str, ...]:
    """Return the portal's numbers of the contacts a record is linked to."""
    return tuple(number_of(one) for one in write.contacts if entity_of(one) == CONTACT)


def linked(write: RecordWrite) -> Mapping[str, Param]:
    """Return the fields that link a record to its contacts, its company and the record it hangs on."""
    contacts = contacts_of(write)
    companies = [number_of(one) for one in write.contacts if entity_of(one) == COMPANY]
    found: dict[str, Param] = {"contactIds": contacts} if contacts else {}
    if write.parent:
        parent = kind_of(write.parent)
        found[f"parentId{parent.entity}"] = parent.number_of(write.parent)
    return found | ({"companyId": companies[0]} if companies else {})


def no_field(key: str, kind: RecordKind) -> Rejected:
    """Return the refusal of a field that records of this kind do not have."""
    return Rejected(
        Text(
            f"The portal's {kind.name.en} have no field {key}; correct the profile or add the field.",
            f"У {kind.name.ru} портала нет поля {key}; исправьте профиль или добавьте поле.",
        )
    )
