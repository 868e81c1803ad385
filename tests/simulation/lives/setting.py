"""The scene of one run: which sides there are, which fields are mapped and how, who has which habits."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from simulation.lives.habits import Habits, Robot
from simulation.lives.topics import STATUSES, TOLD, TOPICS
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.mapping.milestone import Milestone
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.profile import Brakes, Facet, NewOrder, Profile
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.mapping.status_map import StatusMap

CRM, ERP = OfficeName("crm"), OfficeName("erp")
SHOPS = (StoreName("shop"), StoreName("outlet"))
SALES, PRINT, WORKS = ProfileName("sales"), ProfileName("print"), ProfileName("works")
"""The profiles of a store: two funnels of the CRM, and the ERP."""


@dataclass(frozen=True)
class Line:
    """One mapping of a profile as the scene draws it.

    Of the rules that move stages: with `guard` none moves a thing back; with `tells` the shop mails its customers of
    some statuses.
    """

    topic: str
    policy: Policy = Policy.OFFICE_WINS
    way: Way | None = None
    guard: bool = False
    tells: bool = False


@dataclass(frozen=True)
class Setting:
    """What a run has. `profiles` names those of every store with their lines; the rest are habits of the world.

    `echoes` says that the hub's own writes ring too; `sweeps` that lost bells are found by sweeps at the end, else
    each change of anybody else's rings late. `hours` is by how much the sides' clocks are wrong. `bound` is how many
    visits a wave takes. `new_order` makes orders of deals opened by hand; `marks_late` has the store mark them later.
    With `lead` an order of an unknown buyer is a lead first, with `invoice` a deal has one.
    """

    profiles: Mapping[ProfileName, tuple[Line, ...]] = field(
        default_factory=lambda: {SALES: (Line("status"), Line("track", Policy.ASK))}
    )
    stores: int = 1
    orders: int = 1
    echoes: bool = False
    sweeps: bool = False
    lag: int = 0
    hours: int = 0
    bound: int = 200
    robots: tuple[tuple[Side, str, Value, Value, int], ...] = ()
    on_deleted: str = "release"
    new_order: bool = False
    lead: bool = False
    invoice: bool = False
    marks_late: bool = False

    @property
    def offices(self) -> tuple[OfficeName, ...]:
        """Return the back offices the profiles need."""
        return (CRM, ERP) if WORKS in self.profiles else (CRM,)

    @property
    def topics(self) -> tuple[str, ...]:
        """Return what is mapped anywhere."""
        return tuple(dict.fromkeys(line.topic for lines in self.profiles.values() for line in lines))

    def built(self) -> list[Profile]:
        """Return the profiles of all stores, as they are first applied."""
        plain = [
            replace(
                profile(ProfileName(f"{name}-{store}" if number else name), store, lines, self.on_deleted),
                new_order=NewOrder(("NEW",) if self.new_order and name == SALES and not number else ()),
            )
            for number, store in enumerate(SHOPS[: self.stores])
            for name, lines in self.profiles.items()
        ]
        return [with_facets(one, lead=self.lead, invoice=self.invoice) for one in plain]

    def habits(self, side: Side) -> Habits:
        """Return the habits of one side."""
        store = side is Side.STORE
        topics = [TOPICS[name] for name in self.topics]
        keeps = {
            (t.store_field if store else t.office_field): (t.store_keeps if store else t.office_keeps) for t in topics
        }
        refuses = {
            (t.store_field if store else t.office_field): (t.store_refuses if store else t.office_refuses)
            for t in topics
        }
        robots = [
            Robot(field, sees, sets, timedelta(seconds=after))
            for whose, field, sees, sets, after in self.robots
            if whose is side
        ]
        own = {topic.store_field: (topic.store or ("",))[0] for topic in topics} if store else {}
        named = {"status": "N", "lines": (), "currency": "RUB", "site": "here"} if store else {}
        return Habits(
            {key: keep for key, keep in keeps.items() if keep}, refuses, robots, {**own, **named}, self.marks_late
        )


def mapping(line: Line) -> FieldMapping:
    """Return a line of a profile as the engine takes it."""
    topic = TOPICS[line.topic]
    is_rule = topic.office_field == "stageId"
    return FieldMapping(
        line.topic,
        topic.store_field,
        topic.office_field,
        topic.way if topic.fixed else line.way or topic.way,
        Policy.STORE_WINS if topic.fixed else line.policy,
        topic.write,
        _converter(line),  # type: ignore[arg-type]
        topic.type,
        topic.store_type or topic.type,
        ignore_unmapped=topic.fixed,
        heavy=topic.heavy,
        notifies=TOLD if line.tells and is_rule else frozenset(),
    )


def _converter(line: Line) -> object:
    converter = TOPICS[line.topic].converter()
    match converter:
        case StatusMap() if line.guard:
            return replace(converter, guard=True)
        case Milestone() if line.guard:
            return replace(converter, course=tuple(STATUSES.course(Side.OFFICE)))
    return converter


def profile(name: ProfileName, store: StoreName, lines: tuple[Line, ...], on_deleted: str = "release") -> Profile:
    """Return a profile of a store: the second funnel takes every order besides, the ERP is another office."""
    kind = name.partition("-")[0]
    return Profile(
        name,
        store,
        ERP if kind == WORKS else CRM,
        route=Route((Condition("site", none_of=("elsewhere",)),), also=kind == PRINT),
        mappings=tuple(mapping(line) for line in lines),
        new=NewRecord("{order.number}", constants={"categoryId": kind}),
        brakes=Brakes(on_record_deleted=on_deleted),  # type: ignore[arg-type]
    )


def with_facets(profile: Profile, *, lead: bool, invoice: bool) -> Profile:
    """Return the sales profile with what may stand beside its deals; any other as it is."""
    if profile.name.partition("-")[0] != SALES:
        return profile
    wanted = [*([Facet.LEAD] if lead else []), *([Facet.INVOICE] if invoice else [])]
    return replace(profile, facets=tuple(_facet(profile, one) for one in wanted))


def _facet(profile: Profile, facet: Facet) -> Profile:
    mappings = [one for one in profile.mappings if one.office_field != "stageId" and not one.heavy]
    return replace(
        profile,
        name=ProfileName(f"{profile.name}:{facet}"),
        facet=facet,
        route=Route(),
        mappings=tuple(mappings),
        new=NewRecord("{order.number}"),
        new_order=NewOrder(),
        customer=replace(profile.customer, create="none"),
        brakes=replace(profile.brakes, on_record_deleted="release"),
        facets=(),
    )
