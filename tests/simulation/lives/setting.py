"""The scene of one run: which sides there are, which fields are mapped and how, who has which habits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from simulation.lives.sides import Habits, Keep, Robot
from sverka.domain.commerce.lines import Line as Row
from sverka.domain.commerce.reached import digits
from sverka.domain.commerce.value import Value, lines_of, many
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.convert import LineItems, Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.profile import Brakes, NewOrder, Profile
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.mapping.status_map import StatusMap, StatusRow

CRM, ERP = OfficeName("crm"), OfficeName("erp")
SHOPS = (StoreName("shop"), StoreName("outlet"))
SALES, PRINT, WORKS = ProfileName("sales"), ProfileName("print"), ProfileName("works")
"""The profiles of a store: two funnels of the CRM, and the ERP."""

STATUSES = StatusMap(
    (
        StatusRow("N", ("NEW",)),
        StatusRow("P", ("EXECUTING", "QUALITY"), back=True),
        StatusRow("R", ("READY", "QUALITY")),
        StatusRow("F", ("WON",)),
    ),
    ("LOSE", "APOLOGY"),
)
"""Many to many: QUALITY means P or R, and leads back to P; X and ODD have no counterpart."""

PAPER = {"glossy": "45", "matte": "46"}

Values = tuple[Value, ...]


@dataclass(frozen=True)
class Topic:
    """One mapped field of the simulation: the values people give it on each side, and how it is mapped."""

    store_field: str
    office_field: str
    store: Values
    office: Values
    converter: Callable[[], object] = Plain
    type: FieldType = FieldType.TEXT
    way: Way = Way.BOTH
    write: WriteMode = WriteMode.OVERWRITE
    heavy: bool = False
    store_keeps: Keep | None = None
    office_keeps: Keep | None = None
    store_refuses: Values = ()
    office_refuses: Values = ()

    def values(self, side: Side) -> Values:
        """Return what people on that side set the field to."""
        return self.store if side is Side.STORE else self.office


def _phone_in_shop(given: Value, _before: Value) -> Value:
    known = digits(str(given or ""))
    return f"+{known}" if known else given


def _phone_in_office(given: Value, _before: Value) -> Value:
    known = digits(str(given or ""))
    return f"8{known[1:]}" if known else given


def _cut(given: Value, _before: Value) -> Value:
    return given[:6] if isinstance(given, str) else given


def _own_ids(given: Value, before: Value) -> Value:
    """Keep files under ids of one's own: what is not known here is uploaded, and numbered on."""
    taken = [int(str(one)[1:]) for one in (*many(before), *many(given)) if str(one).startswith("o")]
    last = max(taken, default=0)
    kept: list[Value] = []
    for one in many(given):
        if not str(one).startswith("o"):
            last += 1
        kept.append(one if str(one).startswith("o") else f"o{last}")
    return tuple(kept)


def _rows_in_office(given: Value, _before: Value) -> Value:
    rounded = [replace(row, total=row.total.quantize(Decimal("0.01"))) for row in lines_of(given)]
    return tuple(sorted(rounded, key=lambda row: row.name, reverse=True))


def goods(total: str) -> Values:
    """Return the line items of an order of that total, delivery among them."""
    amount = Decimal(total)
    return (
        Row("Mug", Decimal(3), amount - 30),
        Row("Courier", Decimal(1), Decimal(30), kind="delivery"),
    )


TOTALS = ("100.00", "130.00", "100.01")
_SETS: Values = ((), ("t1",), ("t2",), ("t1", "t2"), ("t3", "t1"))
TOPICS: Mapping[str, Topic] = {
    "status": Topic("status", "stageId", ("N", "P", "R", "F", "cancelled", "X"),
                    ("NEW", "EXECUTING", "QUALITY", "READY", "WON", "LOSE", "APOLOGY", "ODD"),
                    lambda: STATUSES, FieldType.CHOICE),
    "track": Topic("delivery.track", "UF_TRACK", ("", "A", "B", "C"), ("", "A", "B", "C")),
    "paper": Topic("property.paper", "UF_PAPER", ("", "glossy", "matte", "odd"), ("", "45", "46", "47"),
                   lambda: ValueMap(PAPER), FieldType.CHOICE),
    "phone": Topic("property.phone", "UF_PHONE", ("", "+79990000001", "8 (999) 000-00-02", "8-999-000-00-01"),
                   ("", "89990000001", "+7 999 000 00 02", "89990000003"),
                   lambda: Plain(FieldType.PHONE, FieldType.PHONE), FieldType.PHONE,
                   store_keeps=_phone_in_shop, office_keeps=_phone_in_office),
    "note": Topic("comment.manager", "COMMENTS", ("", "abcdefgh", "abcdefxy", "short"), ("", "abcdef", "manual"),
                  office_keeps=_cut),
    "tags": Topic("property.tags", "UF_TAGS", _SETS, _SETS,
                  lambda: Plain(store_many=True, office_many=True), write=WriteMode.APPEND),
    "files": Topic("property.files", "UF_FILES", ((), ("s1",), ("s1", "s2"), ("s2",)), ((), ("o1",), ("o2",)),
                   lambda: Plain(FieldType.FILE, FieldType.FILE, store_many=True, office_many=True), FieldType.FILE,
                   way=Way.TO_OFFICE, write=WriteMode.APPEND, office_keeps=_own_ids),
    "hard": Topic("property.hard", "UF_HARD", ("", "good", "bad", "fine"), ("", "good", "evil", "fine"),
                  store_refuses=("evil",), office_refuses=("bad",)),
    "total": Topic("total", "opportunity", (), (Decimal(1), Decimal("130.00")),
                   lambda: Plain(FieldType.MONEY, FieldType.MONEY), FieldType.MONEY, way=Way.TO_OFFICE),
    "lines": Topic("lines", "rows", (), ((), goods("77.00")), LineItems, FieldType.LINES, way=Way.TO_OFFICE,
                   heavy=True, office_keeps=_rows_in_office),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One mapping of a profile as the scene draws it."""

    topic: str
    policy: Policy = Policy.OFFICE_WINS
    way: Way | None = None


@dataclass(frozen=True)
class Setting:
    """What a run has. `profiles` names those of every store with their lines; the rest are habits of the world.

    `echoes` says that the hub's own writes ring too; `sweeps` that lost bells are found by sweeps at the end, else
    each change of anybody else's rings late. `hours` is by how much the sides' clocks are wrong. `bound` is how many
    visits a wave takes. `new_order` makes orders of deals opened by hand; `marks_late` has the store mark them later.
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
        return [
            replace(
                profile(ProfileName(f"{name}-{store}" if number else name), store, lines, self.on_deleted),
                new_order=NewOrder(("NEW",) if self.new_order and name == SALES and not number else ()),
            )
            for number, store in enumerate(SHOPS[: self.stores])
            for name, lines in self.profiles.items()
        ]

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
    return FieldMapping(
        line.topic,
        topic.store_field,
        topic.office_field,
        line.way or topic.way,
        line.policy,
        topic.write,
        topic.converter(),  # type: ignore[arg-type]
        topic.type,
        topic.type,
        heavy=topic.heavy,
    )


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
