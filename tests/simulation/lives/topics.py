"""The fields of the simulation: what people of either side set each to, how a side keeps it, how it is mapped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from simulation.lives.habits import Keep
from sverka.domain.commerce.lines import Line as Row
from sverka.domain.commerce.reached import digits
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.mapping.convert import LineItems, Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import Side, Way, WriteMode
from sverka.domain.mapping.files import Files
from sverka.domain.mapping.milestone import Handover, Milestone
from sverka.domain.mapping.said import Said
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.ports.comments import COMMENTS, TIMELINE

STATUSES = StatusMap(
    (
        StatusRow("N", ("NEW",)),
        StatusRow("P", ("EXECUTING", "QUALITY"), back=True),
        StatusRow("R", ("READY", "QUALITY", "C2:NEW")),
        StatusRow("F", ("WON", "C2:WON")),
    ),
    ("LOSE", "APOLOGY"),
)
"""Many to many: QUALITY means P or R, and leads back to P; X and ODD have no counterpart. The second funnel is C2."""

COURSE: Mapping[Side, tuple[str, ...]] = {
    Side.STORE: ("N", "P", "R", "F"),
    Side.OFFICE: ("NEW", "EXECUTING", "QUALITY", "READY", "C2:NEW", "WON", "C2:WON"),
}
"""The order in which things go on, as a person would say it."""

TOLD = frozenset({"R", "F"})
"""Statuses of which the shop mails its customers."""

PAPER = {"glossy": "45", "matte": "46"}

Values = tuple[Value, ...]


@dataclass(frozen=True)
class Topic:
    """One mapped field of the simulation: the values people give it on each side, and how it is mapped.

    One that is `fixed` is a rule beside the status map: its way and its policy are its own.
    """

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
    fixed: bool = False
    store_type: FieldType | None = None

    @property
    def is_file(self) -> bool:
        """Whether its values are files, each named by what is in it."""
        return self.type is FieldType.FILE

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
_PAPERS: Values = ((), ("a",), ("a", "b"), ("b",), ("b", "c"))
"""Files by what is in them; each side keeps them under ids of its own."""

_STAGES: Values = ("NEW", "EXECUTING", "QUALITY", "READY", "WON", "LOSE", "APOLOGY", "ODD")
_FLAG: Values = (False, True)


def _rule(
    field: str, store: Values, converter: Milestone | Handover, way: Way = Way.TO_OFFICE, office: Values = _STAGES
) -> Topic:
    kind = FieldType.BOOLEAN if store == _FLAG else FieldType.CHOICE
    return Topic(field, "stageId", store, office, lambda: converter, FieldType.CHOICE, way, fixed=True, store_type=kind)


TOPICS: Mapping[str, Topic] = {
    "status": Topic("status", "stageId", ("N", "P", "R", "F", "cancelled", "X"), _STAGES,
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
    "hard": Topic("property.hard", "UF_HARD", ("", "good", "bad", "fine"), ("", "good", "evil", "fine"),
                  store_refuses=("evil",), office_refuses=("bad",)),
    "total": Topic("total", "opportunity", (), (Decimal(1), Decimal("130.00")),
                   lambda: Plain(FieldType.MONEY, FieldType.MONEY), FieldType.MONEY, way=Way.TO_OFFICE),
    "lines": Topic("lines", "rows", (), ((), goods("77.00")), LineItems, FieldType.LINES, way=Way.TO_OFFICE,
                   heavy=True, office_keeps=_rows_in_office),
    "files": Topic("property.files", "UF_FILES", _PAPERS, _PAPERS, lambda: Files(store_many=True, office_many=True),
                   FieldType.FILE, way=Way.TO_OFFICE, write=WriteMode.APPEND),
    "docs": Topic("property.docs", "UF_DOCS", _PAPERS, _PAPERS, lambda: Files(store_many=True, office_many=True),
                  FieldType.FILE),
    "comments": Topic(COMMENTS, TIMELINE, (), (), lambda: Said(for_buyer="!"), FieldType.COMMENTS,
                      write=WriteMode.APPEND, heavy=True),
    "paid": _rule("paid", _FLAG, Milestone(("READY",), ("C2:NEW", "WON", "C2:WON"), STATUSES.cancel)),
    "shipped": _rule("shipped", _FLAG, Milestone(("QUALITY",), ("READY", "WON"), STATUSES.cancel, way=Way.BOTH),
                     Way.BOTH),
    "refunded": _rule("refund", ("", "part", "full"),
                      Milestone(("APOLOGY",), (), STATUSES.cancel, values=("full",))),
    "handover": _rule("status", (), Handover({"READY": "C2:NEW"}), office=(*_STAGES, "C2:NEW", "C2:WON")),
}  # fmt: skip
