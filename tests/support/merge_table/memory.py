"""What is no longer known, what was refused, what a person decided, and what cannot be seen."""

from decimal import Decimal

from support.merge_table.row import (
    AGREED,
    APPEND,
    ASK,
    FIRST,
    FORGOTTEN,
    IF_EMPTY,
    IF_NEW,
    LEFT,
    NOTHING,
    RIGHT,
    STORE_WINS,
    Row,
    chose,
    left,
    right,
)
from sverka.domain.commerce.lines import Line
from sverka.domain.mapping.convert import LineItems, Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.merge.plan import Why

PAPER = ValueMap({"glossy": "45", "matte": "46"})
MENDED, OTHERWISE = ValueMap({"glossy": "45", "matte": "46", "oak": "47"}), ValueMap({"glossy": "46", "matte": "45"})
STATUS = StatusMap((StatusRow("N", ("NEW",)), StatusRow("P", ("EXEC",))))
FINER = StatusMap((StatusRow("N", ("NEW",)), StatusRow("P", ("EXEC", "QUALITY"))))
TAGS = Plain(FieldType.TEXT, FieldType.TEXT, store_many=True, office_many=True)
MONEY, NUMBER = Plain(FieldType.MONEY, FieldType.MONEY), Plain(FieldType.TEXT, FieldType.NUMBER)
MUGS = (Line("Mug", Decimal(3), Decimal("99.00")),)

MEMORY_LOST = [
    Row("forgotten, but the two agree: nobody is asked", FORGOTTEN, "a", "a", AGREED),
    Row("forgotten, but both are empty: nobody is asked", FORGOTTEN, "", None, AGREED, by=STATUS),
    Row("forgotten and different: a person is asked", FORGOTTEN, "a", "b", Why.CONFLICT),
    Row("forgotten: the policy has no say", FORGOTTEN, "a", "b", Why.CONFLICT, policy=STORE_WINS),
    Row("forgotten: the way has no say", FORGOTTEN, "a", "b", Why.CONFLICT, RIGHT),
    Row("forgotten: an empty side is not filled, for it may have been emptied", FORGOTTEN, "a", None, Why.CONFLICT),
    Row("forgotten: an empty store is not filled either", FORGOTTEN, "", "b", Why.CONFLICT, LEFT),
    Row("forgotten: not even an empty side that is filled whenever it is empty", FORGOTTEN, "a", None, Why.CONFLICT,
        write=IF_EMPTY),
    Row("forgotten: a value without a counterpart is a question like any other", FORGOTTEN, "oak", "46", Why.CONFLICT,
        by=PAPER),
    Row("forgotten: a question is not passed over", FORGOTTEN, "oak", "46", Why.CONFLICT, by=PAPER, pass_over=True),
]  # fmt: skip
REMEMBERED_OTHERWISE = [
    Row("a mended map: nobody moved", ("matte", "46"), "matte", "46", NOTHING, by=MENDED, taken={"converter": PAPER}),
    Row("a mended map: what agrees under it is memory, and the store moved", ("matte", "46"), "oak", "46", right("47"),
        by=MENDED, taken={"converter": PAPER}),
    Row("a mended map: a pair that was kept apart is a question", ("oak", "46"), "oak", "46", Why.CONFLICT, by=MENDED,
        taken={"converter": PAPER}),
    Row("another map: what it sees differently is asked about", ("matte", "46"), "matte", "46", Why.CONFLICT,
        by=OTHERWISE, taken={"converter": PAPER}),
    Row("another map: what has come to agree under it is no question", ("matte", "46"), "matte", "45", AGREED,
        by=OTHERWISE, taken={"converter": PAPER}),
    Row("a finer status map: its new stage means the same", ("P", "EXEC"), "P", "QUALITY", AGREED, by=FINER,
        taken={"converter": STATUS}),
    Row("another status map: two empty sides were an agreement under any", ("", None), "P", None, right("EXEC"),
        by=FINER, taken={"converter": STATUS}),
    Row("another type: 1 still means 1", ("1", Decimal(1)), "2", Decimal(1), right(Decimal(2)), by=NUMBER,
        taken={"converter": Plain()}),
    Row("another type: what it cannot compare is asked about", ("one", Decimal(1)), "2", Decimal(1), Why.CONFLICT,
        by=NUMBER, taken={"converter": Plain()}),
    Row("another way: the memory stays", ("a", "a"), "b", "a", right("b", "one-way"), RIGHT, taken={"way": LEFT}),
    Row("another way: what was kept apart under it is asked about", ("a", "b"), "a", "b", Why.CONFLICT, LEFT,
        taken={"way": RIGHT}),
    Row("another policy is no other mapping", ("a", "b"), "c", "d", right("c"), policy=STORE_WINS,
        taken={"policy": ASK}),
    Row("another write mode is no other mapping", (("1",), ("9",)), ("1", "2"), ("9",), right(("9", "2")), write=APPEND,
        by=TAGS, taken={"write": IF_EMPTY}),
    Row("another field of the store: the pair says nothing of it", ("a", "a"), "b", "a", Why.CONFLICT,
        taken={"store_field": "s2"}),
    Row("another field of the office: the pair says nothing of it", ("a", "a"), "a", "b", Why.CONFLICT,
        taken={"office_field": "o2"}),
    Row("another field of the office that shows the same is agreed on", ("a", "a"), "a", "a", AGREED,
        taken={"office_field": "o2"}),
]  # fmt: skip
REFUSED = [
    Row("a refused value is not sent again", ("a", "a"), "b", "a", Why.REFUSED, refused="b"),
    Row("another value is sent, though one was refused", ("a", "a"), "c", "a", right("c"), refused="b"),
    Row("a refused emptiness is not sent again", ("a", "a"), "", "a", Why.REFUSED, refused=None),
    Row("a value is sent, though emptiness was refused", ("a", "a"), "b", "a", right("b"), refused=None),
    Row("what was refused is the converted value", ("matte", "46"), "glossy", "46", Why.REFUSED, by=PAPER,
        refused="45"),
    Row("a refused sum is the same with other zeros", (Decimal(1), Decimal(1)), Decimal("5.0"), Decimal(1), Why.REFUSED,
        by=MONEY, refused=Decimal("5.00")),
    Row("refused rows are held as they were sent", ((), ()), MUGS, (), Why.REFUSED, RIGHT, by=LineItems(),
        refused=MUGS),
    Row("a refused value at first sight fills nothing", FIRST, "a", None, Why.REFUSED, refused="a"),
    Row("a refused value that the other side took by itself is agreed on", ("a", "a"), "b", "b", AGREED, refused="b"),
    Row("a refused value that was taken back is forgiven", ("a", "a"), "a", "a", NOTHING, refused="b"),
    Row("a refused value wins nothing by policy", ("a", "a"), "b", "c", Why.REFUSED, policy=STORE_WINS, refused="b"),
    Row("what is appended is refused as the list it was sent in", (("1",), ("1",)), ("1", "2"), ("1",), Why.REFUSED,
        write=APPEND, by=TAGS, refused=("1", "2")),
]  # fmt: skip
DECIDED = [
    Row("a person chose the store", ("a", "a"), "b", "c", right("b", "decision"),
        decision=chose(Side.STORE, "b", "c")),
    Row("a person chose the office, against the policy", ("a", "a"), "b", "c", left("c", "decision"),
        policy=STORE_WINS, decision=chose(Side.OFFICE, "b", "c")),
    Row("a choice is void once the store has moved", ("a", "a"), "b2", "c", Why.CONFLICT,
        decision=chose(Side.STORE, "b", "c")),
    Row("a choice is void once the office has moved", ("a", "a"), "b", "c2", Why.CONFLICT,
        decision=chose(Side.STORE, "b", "c")),
    Row("a void choice leaves the policy its say", ("a", "a"), "b2", "c", right("b2", "store_wins"), policy=STORE_WINS,
        decision=chose(Side.OFFICE, "b", "c")),
    Row("a choice ends what was forgotten", FORGOTTEN, "b", "c", right("b", "decision"),
        decision=chose(Side.STORE, "b", "c")),
    Row("a choice ends a first sight", FIRST, "b", "c", left("c", "decision"), decision=chose(Side.OFFICE, "b", "c")),
    Row("a choice of emptiness empties", FORGOTTEN, "", "c", right(None, "decision"),
        decision=chose(Side.STORE, "", "c")),
    Row("a chosen value without a counterpart is held", FORGOTTEN, "oak", "46", Why.UNMAPPED, by=PAPER,
        decision=chose(Side.STORE, "oak", "46")),
    Row("a chosen value that was refused is still refused", FORGOTTEN, "b", "c", Why.REFUSED, refused="b",
        decision=chose(Side.STORE, "b", "c")),
    Row("a choice overrules what the one way keeps", ("a", "a"), "a", "b", right("a", "decision"), RIGHT,
        decision=chose(Side.STORE, "a", "b")),
    Row("a choice of the receiver leaves both as they are, for nothing travels against the way", FORGOTTEN, "a", "b",
        [AGREED, Why.KEPT], RIGHT, decision=chose(Side.OFFICE, "a", "b")),
    Row("a choice of the receiver leaves both as they are, the other way", ("a", "a"), "b", "c",
        [AGREED, Why.KEPT], LEFT, decision=chose(Side.STORE, "b", "c")),
    Row("a choice fills only what is empty where only that is filled", FORGOTTEN, "a", "b", AGREED, write=IF_EMPTY,
        decision=chose(Side.STORE, "a", "b")),
    Row("a choice about two that stayed apart is carried out", ("a", "b"), "a", "b", right("a", "decision"),
        decision=chose(Side.STORE, "a", "b")),
    Row("apart and unmoved, and passed over by the profile", ("odd", "46"), "odd", "46", NOTHING, by=PAPER,
        pass_over=True),
    Row("apart and unmoved, where only the new is filled", ("a", "b"), "a", "b", NOTHING, write=IF_NEW),
    Row("a choice between values that agree is no choice", FORGOTTEN, "a", "a ", AGREED,
        decision=chose(Side.STORE, "a", "a ")),
]  # fmt: skip
LEFT_OUT = [
    Row("a heavy field that was not read is passed over", ("a", "a"), "b", None, NOTHING, unread=True),
    Row("a heavy field that was not read fills nothing at first sight", FIRST, "b", None, NOTHING, unread=True),
    Row("a heavy field that was not read is no emptiness to be carried back", ("a", "a"), "a", None, NOTHING,
        unread=True),
    Row("a field the office has no more is no emptied one", ("a", "a"), "a", None, Why.GONE, lacks=True),
    Row("a field the office has no more is not filled", FIRST, "a", None, Why.GONE, lacks=True),
    Row("a field the office has no more is told of, though the store is empty too", FORGOTTEN, None, None, Why.GONE,
        lacks=True),
]  # fmt: skip
