"""What a portal holds: records, dictionaries, user fields, rows, comments and the history of stages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.crm.fields import CATALOGUE, DEAL, HAS_FUNNELS, NAMES, stage_dictionary
from sverka.sandbox.portal.records.specs import FieldSpec, Kind


@dataclass
class Multifield:
    """One phone, e-mail or the like of a record; `id` is its own within the portal."""

    id: int
    type_id: str
    value_type: str
    value: str


@dataclass
class Item:
    """A record of the CRM or of a plain table; `values` go by universal names, user fields by UF_ names."""

    entity_type_id: int
    id: int
    values: dict[str, Any] = field(default_factory=dict)
    fm: list[Multifield] = field(default_factory=list)


@dataclass
class Category:
    """A funnel of deals or of invoices; the one new records go to is the default."""

    id: int
    name: str
    sort: int = 200
    is_default: bool = False
    origin_id: str = ""
    originator_id: str = ""
    created: datetime | None = None


@dataclass
class Status:
    """One line of a dictionary; stages are lines of DEAL_STAGE, DEAL_STAGE_n, STATUS and the like."""

    id: int
    entity_id: str
    status_id: str
    name: str
    sort: int
    system: bool = False
    color: str = "#39A8EF"
    semantics: str | None = None
    extra_semantics: str = "process"
    category_id: int | None = None
    name_init: str = ""


@dataclass
class UserField:
    """A field a user added; `options` are (id, value, external id) of an enumeration."""

    id: int
    entity_id: str
    field_name: str
    kind: Kind
    multiple: bool = False
    mandatory: bool = False
    label: str = ""
    xml_id: str | None = None
    sort: int = 100
    settings: dict[str, Any] = field(default_factory=dict)
    options: list[tuple[int, str, str]] = field(default_factory=list)

    def spec(self) -> FieldSpec:
        """Return the field as the catalogue describes fields."""
        options = tuple((str(number), value) for number, value, _ in self.options)
        return FieldSpec(
            self.field_name, self.kind, self.field_name, multiple=self.multiple, options=options, user_field=True,
            mandatory=self.mandatory,
        )  # fmt: skip


@dataclass
class Row:
    """A product row; money in the owner's currency, `price` final with discount and tax."""

    id: int
    owner_type: str
    owner_id: int
    product_id: int
    product_name: str
    price: Decimal
    price_exclusive: Decimal
    price_netto: Decimal
    price_brutto: Decimal
    quantity: Decimal
    discount_type_id: int
    discount_rate: Decimal
    discount_sum: Decimal
    tax_rate: Decimal | None
    tax_included: bool
    measure_code: int
    sort: int

    @property
    def content(self) -> tuple[Any, ...]:
        """What the row says, without its id: two rows alike are the same to a change check."""
        return tuple(value for key, value in self.__dict__.items() if key != "id")


@dataclass
class Comment:
    """A comment in the timeline of a record."""

    id: int
    entity_type: str
    entity_id: int
    text: str
    author_id: int
    created: datetime


@dataclass
class StageMove:
    """One line of stage history; `type_id`: 1 created, 2 on the way, 3 final, 5 other funnel."""

    id: int
    entity_type_id: int
    type_id: int
    owner_id: int
    created: datetime
    category_id: int
    semantics: str
    stage_id: str


@dataclass
class User:
    """An employee; the integration's webhook acts as one of them."""

    id: int
    name: str
    last_name: str
    email: str
    admin: bool = False
    active: bool = True


@dataclass
class Robot:
    """An automation rule: a deal that enters `stage_id` is moved on to `to_stage_id` in the name of `user_id`."""

    stage_id: str
    to_stage_id: str
    user_id: int = 1


class State:
    """All data of one portal; not safe by itself, the portal's lock guards it."""

    def __init__(self) -> None:
        self.items: dict[int, dict[int, Item]] = {entity_type_id: {} for entity_type_id in CATALOGUE}
        self.users: dict[int, User] = {}
        self.funnels: dict[int, dict[int, Category]] = {entity_type_id: {} for entity_type_id in HAS_FUNNELS}
        self.statuses: dict[int, Status] = {}
        self.currencies: list[str] = []
        self.currency_details: dict[str, dict[str, Any]] = {}
        self.link_sorts: dict[tuple[int, int, str], dict[int, int]] = defaultdict(dict)
        self.user_fields: dict[int, UserField] = {}
        self.rows: dict[tuple[str, int], list[Row]] = defaultdict(list)
        self.comments: dict[int, Comment] = {}
        self.history: list[StageMove] = []
        self.robots: list[Robot] = []
        self.tables: dict[str, dict[int, Item]] = defaultdict(dict)
        self._last_ids: dict[str, int] = defaultdict(int)

    def next_id(self, kind: str) -> int:
        """Return the next id of a kind of thing; ids are never used twice, not even after a deletion."""
        self._last_ids[kind] += 1
        return self._last_ids[kind]

    def item(self, entity_type_id: int, item_id: int | None) -> Item | None:
        """Return the record, None when there is none."""
        return self.items[entity_type_id].get(item_id) if item_id is not None else None

    def specs(self, entity_type_id: int) -> dict[str, FieldSpec]:
        """Return all fields of an entity type, those of users included, by universal name or UF_ name."""
        entity_id = f"CRM_{NAMES[entity_type_id]}"
        own = {line.field_name: line.spec() for line in self.user_fields.values() if line.entity_id == entity_id}
        return {**CATALOGUE[entity_type_id], **own}

    def dictionary(self, entity_id: str) -> list[Status]:
        """Return the lines of a dictionary in their sort order."""
        return sorted((line for line in self.statuses.values() if line.entity_id == entity_id), key=lambda s: s.sort)

    @property
    def categories(self) -> dict[int, Category]:
        """Return the funnels of deals."""
        return self.funnels[DEAL]

    def default_funnel(self, entity_type_id: int) -> int:
        """Return the funnel new records go to, 0 where there are no funnels."""
        funnels = self.funnels.get(entity_type_id, {}).values()
        return next((funnel.id for funnel in funnels if funnel.is_default), 0)

    def stages(self, entity_type_id: int, category_id: int) -> list[Status]:
        """Return the stages of a funnel (of leads and quotes, whatever the funnel) in order."""
        return self.dictionary(stage_dictionary(entity_type_id, category_id))
