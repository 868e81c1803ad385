"""The mappings that `[customer] fields` implies: what is kept in step with the contact and the company."""

from collections.abc import Iterator

from sverka.config.tables.customer import CustomerTable, KeepTable
from sverka.config.tables.lead import LeadTable
from sverka.domain.commerce.order import REQUISITES
from sverka.domain.commerce.requisites import CHECKS
from sverka.domain.mapping.convert import Converter, Plain
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, WriteMode
from sverka.domain.mapping.profile import CustomerRule
from sverka.domain.mapping.reach import FullName, Reachable
from sverka.domain.mapping.requisite import Requisite

OFFICE_FIELDS = {
    "name": "contact.full_name",
    "phone": "contact.phone",
    "email": "contact.email",
    "address": "contact.address",
}
"""Where each row of `[customer] fields` goes, but for `company`, which is several."""

_SOURCES = {
    "name": "customer.name",
    "phone": "customer.phone",
    "email": "customer.email",
    "address": "delivery.address",
}


def customer_rule(table: CustomerTable, lead: LeadTable | None) -> CustomerRule:
    """Return how buyers are matched and made, and what becomes of leads that people turn into deals."""
    types = {"contact.type": table.contact_type, "company.type": table.company_type}
    return CustomerRule(
        match=tuple(table.match),
        create="none" if table.create == "none" else "contact",
        ambiguous=table.ambiguous,
        hand_set=table.bitrix_id,
        sources={f"company.{key}": source for key, source in table.company.items()},
        kinds=(table.phone_kind, table.email_kind),
        constants={key: value for key, value in types.items() if value},
        converted=lead.converted if lead else "set",
    )


def customer_mappings(table: CustomerTable) -> Iterator[FieldMapping]:
    """Yield the mappings of `fields`; what a contact is made with anyway needs none to be there if it is new.

    Their keys are the office's, `requisites.` for a company's: a row of [fields] may take the same order field too.
    """
    for key, row in table.fields.items():
        if key == "company":
            yield from _company(table, row)
        elif row.write is not WriteMode.IF_NEW or key == "address":
            converter: Converter = {
                "name": FullName(),
                "phone": reachable("contact.phone", table),
                "email": reachable("contact.email", table),
            }.get(key) or Plain()
            yield _mapping(OFFICE_FIELDS[key], _SOURCES[key], OFFICE_FIELDS[key], row, converter)


def reachable(office_field: str, table: CustomerTable) -> Reachable | None:
    """Return the converter of a party's phones or e-mails, None for another field."""
    name = office_field.partition(".")[2]
    kinds = {"phone": table.phone_kind, "email": table.email_kind}
    if not office_field.startswith(("contact.", "company.")) or name not in kinds:
        return None
    takes = table.other_kinds == "use"
    return Reachable("phone" if name == "phone" else "email", kinds[name], takes)


def _company(table: CustomerTable, row: KeepTable) -> Iterator[FieldMapping]:
    for key in ("name", *REQUISITES):
        if key == "name" and row.write is WriteMode.IF_NEW:
            continue
        source = f"company.{key}"
        office = "company.title" if key == "name" else source
        converter: Converter = Requisite(key) if key in CHECKS else Plain()
        yield _mapping(f"requisites.{key}", table.company.get(key, source), office, row, converter)  # type: ignore[call-overload]


def _mapping(key: str, source: str, office: str, row: KeepTable, converter: Converter) -> FieldMapping:
    reach = isinstance(converter, Reachable)
    return FieldMapping(
        key=key,
        store_field=source,
        office_field=office,
        way=row.way,
        policy=row.policy,
        write=row.write,
        converter=converter,
        office_type=FieldType.TEXT,
        store_type=FieldType.TEXT,
        ignore_unmapped=reach,
        one_in_store=reach,
    )
