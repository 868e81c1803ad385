"""The facets of a document: what its tables `[invoice]` and `[lead]` describe beside the deal."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.derive.said import marks_of
from sverka.config.derive.whole import derived, mapping, to_office
from sverka.config.schema import ProfileTable
from sverka.config.tables.fields import FieldTable
from sverka.config.tables.invoice import InvoiceTable
from sverka.config.tables.lead import LeadTable
from sverka.domain.commerce.value import Value
from sverka.domain.ids import ProfileName
from sverka.domain.kind import Kind
from sverka.domain.mapping.closing import HAS_DEAL, Closing
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.profile import Facet, NewOrder, Profile
from sverka.domain.mapping.routing import Route

_REACHED = {"phone": "{customer.phone}", "email": "{customer.email}", "companyTitle": "{company.name}"}
_PERSON = {
    **_REACHED,
    "name": "{customer.first_name}",
    "lastName": "{customer.last_name}",
    "secondName": "{customer.middle_name}",
    "fullName": "{customer.name}",
}


def facets(table: ProfileTable, profile: Profile, store: StoreSide, office: OfficeSide, route: Route) -> list[Profile]:
    """Return what a document describes beside the deal's profile; `route` is that of `[invoice.when]`."""
    found: list[Profile] = []
    if table.customer.create == "lead":
        lead = table.lead or LeadTable()
        profile = replace(profile, customer=replace(profile.customer, registers=lead.registrations))
        found.append(_lead(table, lead, profile, store, office.of(Kind.LEAD)))
        if lead.registrations:
            new = _new(lead, profile.new, lead.registered, _PERSON)
            found.append(_facet(profile, Facet.REGISTRATION, new, ()))
        if lead.company:
            found.append(_company(lead, profile))
    if table.invoice:
        found.append(_invoice(table, table.invoice, profile, store, office.of(Kind.INVOICE), route))
    return found


def _facet(profile: Profile, facet: Facet, new: NewRecord, mappings: Sequence[FieldMapping]) -> Profile:
    """Return a profile of the same document; what happens to its records never cancels an order."""
    anew = profile.brakes.on_record_deleted == "recreate"
    return replace(
        profile,
        name=ProfileName(f"{profile.name}:{facet}"),
        facet=facet,
        new=new,
        mappings=tuple(mappings),
        new_order=NewOrder(),
        customer=replace(profile.customer, create="none"),
        brakes=replace(profile.brakes, on_record_deleted="recreate" if anew else "release"),
        facets=(),
    )


def _lead(table: ProfileTable, lead: LeadTable, profile: Profile, store: StoreSide, office: OfficeSide) -> Profile:
    found = [*_goods(table, {"lines", "total", "currency"}), *marks_of(table.analytics)]
    if lead.comment:
        found.append(to_office("comment", "comment.customer", "comments", FieldType.TEXT))
    found += [mapping(key, row, store, office, table.customer) for key, row in _rows(table, lead, office).items()]
    title = lead.title or table.deal.title
    new = replace(_new(lead, profile.new, title, {**profile.new.texts, **_PERSON}), trace=profile.new.trace)
    return _facet(profile, Facet.LEAD, new, found)


def _rows(table: ProfileTable, lead: LeadTable, office: OfficeSide) -> dict[str, FieldTable]:
    """Return the lead's own rows, and those of the deal whose field leads have too.

    A list's options have ids of their own in leads, so its values stand in `[lead.fields]`.
    """
    shared = {
        key: row.model_copy(update={"way": Way.TO_OFFICE})
        for key, row in table.fields.items()
        if row.way is not Way.TO_STORE and not row.values and office.find(row.to)
    }
    taken = {row.to for row in lead.fields.values()} | ({"comments"} if lead.comment else set())
    return {key: row for key, row in shared.items() if row.to not in taken} | lead.fields


def _company(lead: LeadTable, profile: Profile) -> Profile:
    found = [_closing(lead.close_company)] if lead.close_company else []
    return _facet(profile, Facet.COMPANY, _new(lead, profile.new, "{company.name}", _REACHED), found)


def _new(lead: LeadTable, deal: NewRecord, title: str, texts: Mapping[str, str]) -> NewRecord:
    constants: dict[str, Value] = {"stageId": lead.stage, "sourceId": lead.source or deal.constants.get("sourceId")}
    found = {key: value for key, value in constants.items() if value}
    new = NewRecord(title=title, constants=found, picks=() if lead.source else deal.picks, texts=texts)
    return new.answered_by(lead.responsible or deal.in_turn or ((deal.responsible,) if deal.responsible else ()))


def _invoice(
    table: ProfileTable,
    invoice: InvoiceTable,
    profile: Profile,
    store: StoreSide,
    office: OfficeSide,
    route: Route,
) -> Profile:
    keys = {"status", *(["lines"] if invoice.lines else []), *(["total"] if invoice.amount else []), "currency"}
    found = _goods(table.model_copy(update={"status": invoice.status}), keys)
    found += [mapping(key, row, store, office, table.customer) for key, row in invoice.fields.items()]
    constants: dict[str, Value] = {"categoryId": invoice.pipeline} if invoice.pipeline else {}
    new = NewRecord(title=invoice.title, constants=constants).answered_by(invoice.responsible or ())
    return replace(_facet(profile, Facet.INVOICE, new, found), route=route)


def _goods(table: ProfileTable, keys: set[str]) -> list[FieldMapping]:
    """Return those of the mappings that the deal's own tables imply."""
    return [one for one in derived(table.model_copy(update={"fields": {}})) if one.key in keys]


def _closing(stage: str) -> FieldMapping:
    return FieldMapping(
        key="closing",
        store_field=HAS_DEAL,
        office_field="stageId",
        way=Way.TO_OFFICE,
        policy=Policy.STORE_WINS,
        converter=Closing(stage),
        office_type=FieldType.CHOICE,
        store_type=FieldType.BOOLEAN,
    )
