"""The commands the connector knows, built with their parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sverka.connectors.bitrix24.wire.params import Param, Ref, encode

LEAD: Final = 1
DEAL: Final = 2
CONTACT: Final = 3
COMPANY: Final = 4
INVOICE: Final = 31
PAGE: Final = 50
"""Records a list answers at most, and commands a batch takes at most."""

LONGEST: Final = 40.0
"""Seconds of work packed into one request: a portal cuts at 60, and then nobody knows what was done."""

ADD: Final = "crm.item.add"
IMPORT: Final = "crm.item.batchImport"
UPDATE: Final = "crm.item.update"
SET_ROWS: Final = "crm.item.productrow.set"
COMMENT: Final = "crm.timeline.comment.add"
REQUISITE: Final = "crm.requisite"
BANK: Final = "crm.requisite.bankdetail"
ADDRESS: Final = "crm.address"

_KEPT_BESIDE = {f"{kind}.{verb}" for kind in (REQUISITE, BANK, ADDRESS) for verb in ("add", "update")}

WRITES: Final = frozenset({ADD, IMPORT, UPDATE, SET_ROWS, COMMENT, *_KEPT_BESIDE})
"""The methods that change a portal's records."""

READS: Final = frozenset(
    {
        "catalog.catalog.list", "catalog.product.list", "catalog.productProperty.list", "catalog.section.get",
        "crm.address.list", "crm.requisite.bankdetail.list", "crm.requisite.list", "crm.requisite.preset.list",
        "crm.category.list", "crm.deal.userfield.list", "crm.duplicate.findbycomm", "crm.item.fields", "crm.item.get",
        "crm.item.list", "crm.item.productrow.list", "crm.settings.mode.get", "crm.stagehistory.list",
        "crm.status.list", "crm.timeline.comment.get", "crm.timeline.comment.list",
        "event.get", "event.offline.list", "feature.get", "profile", "sale.order.list", "scope", "server.time",
        "user.get", "user.search",
    }
)  # fmt: skip
"""The methods that change nothing at all: after a lost answer they may be asked again."""


@dataclass(frozen=True)
class Command:
    """One method with its parameters; its `weight` is how many records it is about, where its cost goes by that."""

    method: str
    params: Mapping[str, Param]
    weight: int = 1

    @property
    def text(self) -> str:
        """The command as a batch carries it."""
        query = encode(self.params)
        return f"{self.method}?{query}" if query else self.method


def listed(
    entity: int, where: Mapping[str, Param], select: Sequence[str] = (), order: str = "id", start: int = -1
) -> Command:
    """Return the records that pass, in order; without counting unless a `start` is given."""
    params: dict[str, Param] = {"entityTypeId": entity, "useOriginalUfNames": "Y", "filter": where}
    if select:
        params["select"] = tuple(select)
    return Command("crm.item.list", {**params, "order": {order: "ASC"}, "start": start})


def got(entity: int, record: str) -> Command:
    """Return one record, straight from where it is kept."""
    return Command("crm.item.get", {"entityTypeId": entity, "id": record, "useOriginalUfNames": "Y"})


def added(entity: int, fields: Mapping[str, Param]) -> Command:
    """Make a record."""
    return Command(ADD, {"entityTypeId": entity, "useOriginalUfNames": "Y", "fields": fields})


def brought(entity: int, records: Sequence[Mapping[str, Param]]) -> Command:
    """Make records of the past, twenty at most: no robot runs, and the time each was made at may be told."""
    return Command(IMPORT, {"entityTypeId": entity, "useOriginalUfNames": "Y", "data": records}, len(records))


def updated(entity: int, record: str, fields: Mapping[str, Param]) -> Command:
    """Change a record."""
    return Command(UPDATE, {"entityTypeId": entity, "id": record, "useOriginalUfNames": "Y", "fields": fields})


def rows_set(owner: str, record: str | Ref, rows: Sequence[Mapping[str, Param]]) -> Command:
    """Replace a record's product rows; there must be one at least, for brackets cannot tell an empty list.

    `owner` is the letters of the record's kind.
    """
    return Command(SET_ROWS, {"ownerType": owner, "ownerId": record, "productRows": rows})


def rows_listed(owner: str, record: str | Ref, start: int = 0) -> Command:
    """Return a page of a record's product rows."""
    where: dict[str, Param] = {"=ownerType": owner, "=ownerId": record}
    return Command("crm.item.productrow.list", {"filter": where, "order": {"id": "ASC"}, "start": start})


def comments_listed(owner: str, record: str | Ref, start: int = 0, order: str = "ASC") -> Command:
    """Return a page of the comments of a record's timeline, oldest first unless the order is turned."""
    where: dict[str, Param] = {"ENTITY_ID": record, "ENTITY_TYPE": owner}
    return Command("crm.timeline.comment.list", {"filter": where, "order": {"ID": order}, "start": start})


def comment_added(owner: str, record: str | Ref, text: str) -> Command:
    """Put a comment into a record's timeline; its author is whoever the hub is on the portal."""
    return Command(COMMENT, {"fields": {"ENTITY_ID": record, "ENTITY_TYPE": owner, "COMMENT": text}})


def trace_added(trace: str, owner: str, record: str | Ref, contact: str) -> Command:
    """Tell what a visit to the site left behind, of the record that came of it and its contact."""
    told: list[Mapping[str, Param]] = [{"TYPE": owner, "ID": record}]
    if contact:
        told.append({"TYPE": "CONTACT", "ID": contact})
    return Command("crm.tracking.trace.add", {"TRACE": trace, "ENTITIES": told})


def comment_got(comment: str) -> Command:
    """Return one comment, which says what it stands under."""
    return Command("crm.timeline.comment.get", {"id": comment})


def found(kind: str, values: Sequence[str]) -> Command:
    """Return the contacts that have one of these phones or e-mails; `kind` is PHONE or EMAIL."""
    return Command("crm.duplicate.findbycomm", {"type": kind, "values": tuple(values), "entity_type": "CONTACT"})


def fields_of(entity: int) -> Command:
    """Return the catalogue of the fields of an entity type."""
    return Command("crm.item.fields", {"entityTypeId": entity, "useOriginalUfNames": "Y"})


def belongings(kind: str, where: Mapping[str, Param], start: int = 0) -> Command:
    """Return a page of requisites, bank details or addresses, the oldest first; addresses go by their requisites."""
    order: dict[str, Param] = {"ENTITY_ID" if kind == ADDRESS else "ID": "ASC"}
    return Command(f"{kind}.list", {"filter": where, "order": order, "start": start})


def presets() -> Command:
    """Return the templates requisites are made by."""
    return Command("crm.requisite.preset.list", {"order": {"SORT": "ASC", "ID": "ASC"}, "filter": {"ACTIVE": "Y"}})


def found_by_inn(inn: str) -> Command:
    """Return the requisites of companies with an INN."""
    where: dict[str, Param] = {"ENTITY_TYPE_ID": COMPANY, "RQ_INN": inn}
    return Command("crm.requisite.list", {"filter": where, "select": ("ID", "ENTITY_ID"), "order": {"ID": "ASC"}})


def stage_moves(entity: int, where: Mapping[str, Param]) -> Command:
    """Return a page of the history of stages of an entity type."""
    params: dict[str, Param] = {"entityTypeId": entity, "order": {"ID": "ASC"}, "start": -1}
    return Command("crm.stagehistory.list", {**params, "select": ("ID", "OWNER_ID", "CREATED_TIME"), "filter": where})


def statuses(dictionary: str, start: int = 0) -> Command:
    """Return the lines of one dictionary, a funnel's stages for example; a further page where one was promised."""
    params: dict[str, Param] = {"order": {"SORT": "ASC"}, "filter": {"ENTITY_ID": dictionary}}
    return Command("crm.status.list", {**params, "start": start} if start else params)


def funnels(entity: int = DEAL) -> Command:
    """Return the funnels of an entity type that has any."""
    return Command("crm.category.list", {"entityTypeId": entity})


def mode() -> Command:
    """Return 1 where the portal works with leads, 2 where it does without."""
    return Command("crm.settings.mode.get", {})


def employees(ids: Sequence[str]) -> Command:
    """Return employees by id, dismissed ones too; at most a page."""
    return Command("user.get", {"filter": {"ID": tuple(ids)}, "sort": "ID", "order": "ASC"})


def employees_by_name(name: str, start: int = 0) -> Command:
    """Return a page of those who work there, by words of their name or position; all of them without any."""
    where: dict[str, Param] = {"ACTIVE": "Y", "USER_TYPE": "employee"}
    if name:
        return Command("user.search", {"filter": {**where, "FIND": name}, "start": start})
    return Command("user.get", {"filter": where, "sort": "LAST_NAME", "order": "ASC", "start": start})


def user_fields() -> Command:
    """Return the deal's user fields with the options of the lists among them."""
    return Command("crm.deal.userfield.list", {"order": {"SORT": "ASC"}, "filter": {"LANG": "ru"}})
