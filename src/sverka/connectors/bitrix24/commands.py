"""The commands the connector knows, built with their parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sverka.connectors.bitrix24.params import Param, Ref, encode

DEAL: Final = 2
CONTACT: Final = 3
COMPANY: Final = 4
PAGE: Final = 50
"""Records a list answers at most, and commands a batch takes at most."""

ADD: Final = "crm.item.add"
UPDATE: Final = "crm.item.update"
SET_ROWS: Final = "crm.item.productrow.set"
REQUISITE: Final = "crm.requisite"
BANK: Final = "crm.requisite.bankdetail"
ADDRESS: Final = "crm.address"

WRITES: Final = frozenset(
    {ADD, UPDATE, SET_ROWS, *(f"{kind}.{verb}" for kind in (REQUISITE, BANK, ADDRESS) for verb in ("add", "update"))}
)
"""The methods that change a portal's records."""

READS: Final = frozenset(
    {
        "crm.address.list", "crm.category.list", "crm.deal.userfield.list", "crm.duplicate.findbycomm",
        "crm.item.fields", "crm.item.get", "crm.item.list", "crm.item.productrow.list",
        "crm.requisite.bankdetail.list", "crm.requisite.list", "crm.requisite.preset.list", "crm.settings.mode.get",
        "crm.stagehistory.list", "crm.status.list", "event.get", "event.offline.list", "feature.get", "profile",
        "scope",
    }
)  # fmt: skip
"""The methods that change nothing at all: after a lost answer they may be asked again."""


@dataclass(frozen=True)
class Command:
    """One method with its parameters."""

    method: str
    params: Mapping[str, Param]

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


def updated(record: str, fields: Mapping[str, Param], entity: int = DEAL) -> Command:
    """Change a record, a deal unless another type is given."""
    return Command(UPDATE, {"entityTypeId": entity, "id": record, "useOriginalUfNames": "Y", "fields": fields})


def rows_set(record: str | Ref, rows: Sequence[Mapping[str, Param]]) -> Command:
    """Replace a deal's product rows; there must be one at least, for brackets cannot tell an empty list."""
    return Command(SET_ROWS, {"ownerType": "D", "ownerId": record, "productRows": rows})


def rows_listed(record: str | Ref, start: int = 0) -> Command:
    """Return a page of a deal's product rows."""
    where: dict[str, Param] = {"=ownerType": "D", "=ownerId": record}
    return Command("crm.item.productrow.list", {"filter": where, "order": {"id": "ASC"}, "start": start})


def found(kind: str, values: Sequence[str]) -> Command:
    """Return the contacts that have one of these phones or e-mails; `kind` is PHONE or EMAIL."""
    return Command("crm.duplicate.findbycomm", {"type": kind, "values": tuple(values), "entity_type": "CONTACT"})


def fields_of(entity: int) -> Command:
    """Return the catalogue of a record type's fields."""
    return Command("crm.item.fields", {"entityTypeId": entity, "useOriginalUfNames": "Y"})


def deal_fields() -> Command:
    """Return the catalogue of a deal's fields."""
    return fields_of(DEAL)


def belongings(kind: str, where: Mapping[str, Param], select: Sequence[str] = ()) -> Command:
    """Return a page of requisites, bank details or addresses, the oldest first."""
    params: dict[str, Param] = {"filter": where, "select": tuple(select)} if select else {"filter": where}
    return Command(f"{kind}.list", params if kind == ADDRESS else {**params, "order": {"ID": "ASC"}})


def presets() -> Command:
    """Return the templates requisites are made by."""
    return Command("crm.requisite.preset.list", {"order": {"SORT": "ASC", "ID": "ASC"}, "filter": {"ACTIVE": "Y"}})


def stage_moves(where: Mapping[str, Param]) -> Command:
    """Return a page of the history of deals' stages."""
    params: dict[str, Param] = {"entityTypeId": DEAL, "order": {"ID": "ASC"}, "start": -1}
    return Command("crm.stagehistory.list", {**params, "select": ("ID", "OWNER_ID", "CREATED_TIME"), "filter": where})


def statuses(dictionary: str, start: int = 0) -> Command:
    """Return the lines of one dictionary, a funnel's stages for example; a further page where one was promised."""
    params: dict[str, Param] = {"order": {"SORT": "ASC"}, "filter": {"ENTITY_ID": dictionary}}
    return Command("crm.status.list", {**params, "start": start} if start else params)


def funnels() -> Command:
    """Return the funnels of deals."""
    return Command("crm.category.list", {"entityTypeId": DEAL})


def mode() -> Command:
    """Return 1 where the portal works with leads, 2 where it does without."""
    return Command("crm.settings.mode.get", {})


def user_fields() -> Command:
    """Return the deal's user fields with the options of the lists among them."""
    return Command("crm.deal.userfield.list", {"order": {"SORT": "ASC"}, "filter": {"LANG": "ru"}})
