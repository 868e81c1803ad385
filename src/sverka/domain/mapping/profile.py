"""A profile: one scenario of one store and one back office (R6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sverka.domain.commerce.customer import KeyKind
from sverka.domain.commerce.party import is_party
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.routing import SECTIONS, Route


@dataclass(frozen=True)
class NewOrder:
    """Which records that were opened by hand become orders: those that stand in one of these stages (K23).

    `defaults` are values of the order's fields where the record gives none (R114). `given` are fields an order is born
    with and that are not kept in step because of it: the client and the goods of its record (R8).
    """

    stages: tuple[str, ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict)
    given: Sequence[FieldMapping] = ()


@dataclass(frozen=True)
class CustomerRule:
    """How buyers are matched (in this order) and what is made of the unknown ones; `create` none makes nothing.

    Where several contacts answer to the key that decides, a person is asked, or the oldest is taken. `hand_set` is the
    order field in which a person may name the contact: then nothing else decides. `sources` name the order fields that
    stand for `company.inn` and the like; `kinds` are those of the phone and the e-mail of a new contact, `constants`
    the party fields of new contacts and companies with fixed values. `converted` says what becomes of a deal that a
    person makes of a lead: `set` gives it what a new deal is given, `link` fills what is empty and asks about the rest.
    With `registers` a customer becomes a lead with his account, before his first order.
    """

    match: tuple[KeyKind, ...] = ("phone", "email")
    create: Literal["contact", "none"] = "contact"
    ambiguous: Literal["ask", "oldest"] = "ask"
    hand_set: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, str] = ("MOBILE", "HOME")
    constants: Mapping[str, Value] = field(default_factory=dict)
    converted: Literal["set", "link"] = "set"
    registers: bool = False


@dataclass(frozen=True)
class Brakes:
    """When a profile stops by itself. `same_value_writes` within the window stop one field (K21).

    `writes_per_wave` is more than a bulk edit of a shop's makes (ADR 35); of more new customers than `registrations`
    no leads are made.
    """

    writes_per_wave: int = 5000
    registrations: int = 500
    same_value_writes: int = 4
    window_minutes: int = 10
    on_record_deleted: Literal["release", "recreate", "cancel_order"] = "release"


class Facet(StrEnum):
    """What a document describes beside its deal, each with records of its own: whose name has this behind a colon.

    `LEAD` is an order of an unknown buyer, `REGISTRATION` the new account of one without an order, `COMPANY` the
    company such a one buys for, `INVOICE` a deal's invoice.
    """

    DEAL = ""
    LEAD = "lead"
    REGISTRATION = "registration"
    COMPANY = "company"
    INVOICE = "invoice"


_KINDS = {
    Facet.LEAD: Kind.LEAD,
    Facet.REGISTRATION: Kind.LEAD,
    Facet.COMPANY: Kind.LEAD,
    Facet.INVOICE: Kind.INVOICE,
}


@dataclass(frozen=True)
class Switches:
    """What may be done under a profile. Without `create_records` it takes no order that has no record yet."""

    create_records: bool = True
    update_records: bool = True
    update_orders: bool = True


@dataclass(frozen=True)
class Profile:
    """One scenario: route, mappings, what new records look like, brakes. `version` counts its applied texts.

    `files_limit` is how many bytes a file may have to be carried.

    After an operator has resumed it, its halts are off until `allowed_until`. A document that describes more than a
    deal is a profile with `facets`: profiles of their own, which live and stop with it. One that is not `enabled` is
    not in force, whatever operators have said.
    """

    name: ProfileName
    store: StoreName
    office: OfficeName
    version: int = 1
    route: Route = field(default_factory=Route)
    mappings: Sequence[FieldMapping] = ()
    new: NewRecord = field(default_factory=NewRecord)
    new_order: NewOrder = field(default_factory=NewOrder)
    customer: CustomerRule = field(default_factory=CustomerRule)
    brakes: Brakes = field(default_factory=Brakes)
    switches: Switches = field(default_factory=Switches)
    enabled: bool = True
    files_limit: int = 20 * 2**20
    paused: str = ""
    allowed_until: datetime | None = None
    facet: Facet = Facet.DEAL
    facets: Sequence["Profile"] = ()

    @property
    def kind(self) -> Kind:
        """The kind of its records."""
        return _KINDS.get(self.facet, Kind.DEAL)

    @property
    def document(self) -> ProfileName:
        """The name of the document it is described in."""
        return document_of(self.name)

    @property
    def family(self) -> Sequence["Profile"]:
        """Everything its document describes, the deal first."""
        return (self, *self.facets)

    def beside(self, facet: Facet) -> "Profile | None":
        """Return that facet of the document, if it has it."""
        return next((one for one in self.facets if one.facet is facet), None)

    def standing(self, paused: str, allowed_until: datetime | None = None) -> "Profile":
        """Return it with its facets as they stand now: stopped for a reason, or let pass until a moment."""
        facets = tuple(one.standing(paused, allowed_until) for one in self.facets)
        return replace(self, paused=paused, allowed_until=allowed_until, facets=facets)

    def is_allowed(self, now: datetime) -> bool:
        """Tell whether an operator has looked and lets pass what would halt the profile."""
        return self.allowed_until is not None and now < self.allowed_until

    @property
    def keeps_clients(self) -> bool:
        """Whether it keeps fields of contacts or companies in step, so that their changes are its business."""
        return any(is_party(mapping.office_field) for mapping in self.mappings)

    def asks(self) -> frozenset[str]:
        """Return the order fields that decide whether and where a new record is made."""
        return self.route.fields() | ({SECTIONS} if self.new.by_section else frozenset())

    def aimed(self, fields: Mapping[str, Value]) -> "Profile":
        """Return the profile as it is for one order's new record: its pipeline, its source and the like decided."""
        new = self.new.aimed(fields)
        return self if new is self.new else replace(self, new=new)

    def mapping(self, key: str) -> FieldMapping | None:
        """Return the mapping of that key, if there is one."""
        return next((mapping for mapping in self.mappings if mapping.key == key), None)


def document_of(profile: ProfileName) -> ProfileName:
    """Return the name of the document a profile is described in; only facets have a colon in their names."""
    return ProfileName(profile.partition(":")[0])


def route(profiles: Sequence[Profile], fields: Mapping[str, Value]) -> Sequence[Profile]:
    """Return the profiles that take an order: the first that matches, and every match marked `also` (K14 fixes it)."""
    matching = [one for one in profiles if one.switches.create_records and one.route.takes(fields)]
    first = next((profile for profile in matching if not profile.route.also), None)
    return [profile for profile in matching if profile is first or profile.route.also]
