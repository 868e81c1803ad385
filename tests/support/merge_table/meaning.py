"""What each type takes for the same, and what a value becomes on the other side."""

from datetime import UTC, date, datetime
from decimal import Decimal

from support.merge_table.row import (
    AGREED,
    FIRST,
    IF_NEW,
    LEFT,
    OFFICE_WINS,
    RIGHT,
    STORE_WINS,
    Row,
    left,
    right,
)
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.convert import LineItems, Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.merge.plan import Why

STATUS = StatusMap((StatusRow("N", ("NEW",)), StatusRow("P", ("EXEC", "QUALITY")), StatusRow("F", ("WON",))), ("LOSE",))
SHARED = StatusMap(
    (StatusRow("N", ("NEW",)), StatusRow("P", ("EXEC", "QUALITY")), StatusRow("D", ("QUALITY", "SENT"), back=True)),
    ("LOSE", "APOLOGY"),
)
UNCANCELLED = StatusMap(STATUS.rows)

STATUSES = [
    Row("nobody moved from a stage without a counterpart", ("N", "ODD"), "N", "ODD", Why.KEPT, by=STATUS),
    Row("a status leads to the stage the hub sets", ("N", "NEW"), "P", "NEW", right("EXEC"), by=STATUS),
    Row("a stage leads back to its status", ("N", "NEW"), "N", "QUALITY", left("P"), by=STATUS),
    Row("a finer stage is not flattened back", ("P", "EXEC"), "P", "QUALITY", AGREED, by=STATUS),
    Row("a finer stage is left by the next status", ("P", "QUALITY"), "F", "QUALITY", right("WON"), by=STATUS),
    Row("a status that comes to mean the stage is no change", ("N", "QUALITY"), "P", "QUALITY", AGREED, by=STATUS),
    Row("a finer stage is no question, even when all is forgotten", "forgotten", "P", "QUALITY", AGREED, by=STATUS),
    Row("an empty status is filled from the stage", FIRST, "", "QUALITY", left("P", "first-sight"), by=STATUS),
    Row("a stage in two rows agrees with the one status", ("N", "NEW"), "P", "QUALITY", AGREED, by=SHARED),
    Row("a stage in two rows agrees with the other status", ("N", "NEW"), "D", "QUALITY", AGREED, by=SHARED),
    Row("a stage in two rows leads back along the row marked for it", ("N", "NEW"), "N", "QUALITY", left("D"),
        by=SHARED),
    Row("a status sets its first stage, though another row has it too", ("N", "NEW"), "D", "NEW", right("QUALITY"),
        by=SHARED),
    Row("a status moves on within a stage that means both", ("P", "QUALITY"), "D", "QUALITY", AGREED, by=SHARED),
    Row("a lost deal cancels the order", ("N", "NEW"), "N", "LOSE", left(CANCELLED), by=STATUS),
    Row("a deal lost for another reason cancels it too", ("N", "NEW"), "N", "APOLOGY", left(CANCELLED), by=SHARED),
    Row("a lost deal may change its reason", (CANCELLED, "LOSE"), CANCELLED, "APOLOGY", AGREED, by=SHARED),
    Row("a cancelled order loses the deal", ("P", "EXEC"), CANCELLED, "EXEC", right("LOSE"), by=STATUS),
    Row("cancelled on both sides", ("N", "NEW"), CANCELLED, "LOSE", AGREED, by=STATUS),
    Row("a restored order takes the deal up again", (CANCELLED, "LOSE"), "P", "LOSE", right("EXEC"), by=STATUS),
    Row("a deal taken up again restores the order", (CANCELLED, "LOSE"), CANCELLED, "EXEC", left("P"), by=STATUS),
    Row("cancelled here and won there: a person is asked", ("N", "NEW"), CANCELLED, "WON", Why.CONFLICT, by=STATUS),
    Row("a cancelled order is not un-cancelled by a default stage", FIRST, CANCELLED, "NEW", Why.CONFLICT, by=STATUS,
        policy=OFFICE_WINS),
    Row("a cancelled order is held where no stage means it", ("N", "NEW"), CANCELLED, "NEW", Why.UNMAPPED,
        by=UNCANCELLED),
    Row("a status without a stage is held", ("N", "NEW"), "X", "NEW", Why.UNMAPPED, by=STATUS),
    Row("a stage without a status is held", ("N", "NEW"), "N", "ODD", Why.UNMAPPED, by=STATUS),
    Row("a stage without a status is passed over where the profile says so", ("N", "NEW"), "N", "ODD", AGREED,
        by=STATUS, pass_over=True),
    Row("from a stage that was passed over the next status leads on", ("N", "ODD"), "P", "ODD", right("EXEC"),
        by=STATUS, pass_over=True),
    Row("a manager's stage is shown where stages only receive", ("N", "NEW"), "N", "EXEC", Why.KEPT, RIGHT, by=STATUS),
    Row("status and stage moved apart: the office wins", ("N", "NEW"), "P", "WON", left("F"), policy=OFFICE_WINS,
        by=STATUS),
    Row("a loser without a counterpart does not matter", ("N", "NEW"), "X", "WON", left("F"), policy=OFFICE_WINS,
        by=STATUS),
    Row("a winner without a counterpart is held, though the loser has one", ("N", "NEW"), "X", "WON", Why.UNMAPPED,
        policy=STORE_WINS, by=STATUS),
]  # fmt: skip

PAPER = ValueMap({"glossy": "45", "matte": "46"})
TWINS = ValueMap({"a4": "7", "letter": "7", "a3": "8"})
FLAG = ValueMap({"Y": "45", "N": "46"})
LISTS = [
    Row("a list value travels as its pair", ("matte", "46"), "glossy", "46", right("45"), by=PAPER),
    Row("a list value travels back as its pair", ("matte", "46"), "matte", "45", left("glossy"), by=PAPER),
    Row("an agreeing value is never an unmapped one", FIRST, "glossy", "45", AGREED, by=PAPER),
    Row("a list value without a pair is held", ("matte", "46"), "oak", "46", Why.UNMAPPED, by=PAPER),
    Row("an option without a pair is held", ("matte", "46"), "matte", "47", Why.UNMAPPED, by=PAPER),
    Row("a value without a counterpart fills nothing", FIRST, "oak", None, Why.UNMAPPED, by=PAPER),
    Row("a value without a counterpart is a question where the other side has one", FIRST, "oak", "46", Why.CONFLICT,
        by=PAPER),
    Row("a value without a counterpart is passed over where the profile says so", ("matte", "46"), "oak", "46", AGREED,
        by=PAPER, pass_over=True),
    Row("an option without a counterpart is passed over", ("matte", "46"), "matte", "47", AGREED, LEFT, by=PAPER,
        pass_over=True),
    Row("a value that is not written any more needs no counterpart", ("matte", "46"), "oak", "46", AGREED, RIGHT,
        by=PAPER, write=IF_NEW),
    Row("an emptied list value travels, for emptiness has a counterpart", ("matte", "46"), "", "46", right(None),
        by=PAPER),
    Row("several options have no order", FIRST, ("glossy", "matte"), ("46", "45"), AGREED, by=PAPER),
    Row("several options travel all", (("matte",), ("46",)), ("matte", "glossy"), ("46",), right(("46", "45")),
        by=PAPER),
    Row("one of several without a pair holds them all", (("matte",), ("46",)), ("matte", "oak"), ("46",),
        Why.UNMAPPED, by=PAPER),
    Row("two values that share an option are the same to it", ("a4", "7"), "letter", "7", AGREED, by=TWINS),
    Row("a shared option leads back to the first of its values", ("a3", "8"), "a3", "7", left("a4"), by=TWINS),
    Row("a shared option does not undo the other value", ("letter", "7"), "letter", "8", left("a3"), by=TWINS),
    Row("a flag is looked up by its letter", (False, "46"), True, "46", right("45"), by=FLAG),
]  # fmt: skip

NUMBER, PARSED = Plain(FieldType.NUMBER, FieldType.NUMBER), Plain(FieldType.TEXT, FieldType.NUMBER)
SPELLED, MONEY = Plain(FieldType.NUMBER, FieldType.TEXT), Plain(FieldType.MONEY, FieldType.MONEY)
YES, COUNTED = Plain(FieldType.TEXT, FieldType.BOOLEAN), Plain(FieldType.NUMBER, FieldType.BOOLEAN)
NUMBERS = [
    Row("100 agrees with 100.00", ("1", Decimal(1)), "100", Decimal("100.00"), AGREED, by=PARSED),
    Row("a sum agrees with itself to other places", (Decimal(1), Decimal(1)), Decimal("5.10"), Decimal("5.1"), AGREED,
        by=MONEY),
    Row("a kopeck is a difference", (Decimal(5), Decimal(5)), Decimal("5.01"), Decimal(5), right(Decimal("5.01")),
        by=MONEY),
    Row("a refund below zero travels", (Decimal(5), Decimal(5)), Decimal(-5), Decimal(5), right(Decimal(-5)), by=MONEY),
    Row("an emptied sum is no zero", (Decimal(5), Decimal(5)), None, Decimal(5), right(None), by=MONEY),
    Row("nothing and zero are not the same", (None, None), None, Decimal(0), left(Decimal(0)), by=MONEY),
    Row("a number is sent with all its places", (Decimal(1), Decimal(1)), Decimal("0.3333"), Decimal(1),
        right(Decimal("0.3333")), by=NUMBER),
    Row("a text travels as a number", ("1", Decimal(1)), "2,5", Decimal(1), right(Decimal("2.5")), by=PARSED),
    Row("a text with spaces in its thousands is a number", ("1", Decimal(1)), "1\u00a0000,50", Decimal(1),
        right(Decimal("1000.50")), by=PARSED),
    Row("a text that is no number is held", ("1", Decimal(1)), "one", Decimal(1), Why.UNMAPPED, by=PARSED),
    Row("a number travels back as a text", ("1", Decimal(1)), "1", Decimal("2.50"), left("2.5"), by=PARSED),
    Row("a zero is a value and travels", (Decimal(1), "1"), Decimal(0), "1", right("0"), by=SPELLED),
    Row("a number a person spelled his own way is the same", FIRST, Decimal("1.5"), "1,50", AGREED, by=SPELLED),
    Row("a no is a value and travels", (True, "Y"), False, "Y", right("N")),
    Row("a yes in words agrees with a flag", FIRST, "Да", True, AGREED, by=YES),
    Row("a no in words becomes a flag", ("да", True), "нет", True, right(False), by=YES),
    Row("neither yes nor no is held", ("да", True), "может быть", True, Why.UNMAPPED, by=YES),
    Row("a count becomes a flag", (Decimal(2), True), Decimal(0), True, right(False), by=COUNTED),
    Row("another count is the same flag", (Decimal(2), True), Decimal(3), True, AGREED, by=COUNTED),
]  # fmt: skip

DAY, NEXT_DAY = date(2026, 3, 1), date(2026, 3, 2)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
MORNING, EVENING = MIDNIGHT.replace(hour=9, minute=30), MIDNIGHT.replace(hour=23, minute=59)
TO_DAY, TO_MOMENT = Plain(FieldType.DATETIME, FieldType.DATE), Plain(FieldType.DATE, FieldType.DATETIME)
READ_DAY = Plain(FieldType.TEXT, FieldType.DATE)
DATES = [
    Row("the time of day is no part of a day", (MORNING, DAY), EVENING, DAY, AGREED, by=TO_DAY),
    Row("a moment becomes its day", (MORNING, DAY), MORNING.replace(day=2), DAY, right(NEXT_DAY), by=TO_DAY),
    Row("a day becomes its midnight", (MORNING, DAY), MORNING, NEXT_DAY, left(MIDNIGHT.replace(day=2)), by=TO_DAY),
    Row("a time of day set by a manager moves no day", (DAY, MIDNIGHT), DAY, MORNING, AGREED, by=TO_MOMENT),
    Row("a moment is asked for no day it agrees with", FIRST, DAY, MORNING, AGREED, by=TO_MOMENT),
    Row("a written day agrees with the day", FIRST, "2026-03-01", DAY, AGREED, by=READ_DAY),
    Row("a written moment is of the day it names", (None, None), "2026-03-02T01:00:00+03:00", None, right(NEXT_DAY),
        by=READ_DAY),
    Row("a text that is no day is held", ("2026-03-01", DAY), "завтра", DAY, Why.UNMAPPED, by=READ_DAY),
]  # fmt: skip

PHONE, EMAIL = Plain(FieldType.PHONE, FieldType.PHONE), Plain(FieldType.EMAIL, FieldType.EMAIL)
PEOPLE = [
    Row("a phone agrees with its own digits", FIRST, "8 999 000-00-01", "+79990000001", AGREED, by=PHONE),
    Row("a phone spelled otherwise has not changed", ("8 999 000-00-01", "+79990000001"), "+7 (999) 0000001",
        "+79990000001", AGREED, by=PHONE),
    Row("another phone travels as it is spelled", ("+79990000001", "+79990000001"), "8 999 000-00-02", "+79990000001",
        right("8 999 000-00-02"), by=PHONE),
    Row("a phone that is no number is compared as it stands", FIRST, "спросить Анну", "+79990000001", Why.CONFLICT,
        by=PHONE),
    Row("an e-mail has no case", ("Anna@example.test", "anna@example.test"), "ANNA@example.test", "anna@example.test",
        AGREED, by=EMAIL),
    Row("another e-mail travels", ("a@example.test", "a@example.test"), "b@example.test", "a@example.test",
        right("b@example.test"), by=EMAIL),
]  # fmt: skip

GOODS = LineItems()
MUGS = (Line("Mug", Decimal(3), Decimal("100.00")),)
SPLIT = (Line("Mug", Decimal(2), Decimal("66.66")), Line("Mug", Decimal(1), Decimal("33.34")))
POST = Line("Post", Decimal(1), Decimal("300.00"), kind="delivery")
CARDS, TAXED = Line("Cards", Decimal(1), Decimal("50.00")), Line("Mug", Decimal(1), Decimal(9), tax_rate=Decimal(20))
PAPER_ROLL = Line("Roll", Decimal("1.5"), Decimal("100.01"))
ROLL_ROW = Line("Roll × 1.5", Decimal(1), Decimal("100.01"))
ROWS_OF_GOODS = [
    Row("rows travel split so that each is exact", ((), ()), MUGS, (), right(SPLIT), RIGHT, by=GOODS),
    Row("rows agree split and turned round", FIRST, MUGS, SPLIT[::-1], AGREED, by=GOODS),
    Row("rows agree regrouped by a manager", ((*MUGS, CARDS), (*SPLIT, CARDS)), (*MUGS, CARDS), (CARDS, *MUGS), AGREED,
        by=GOODS),
    Row("a line that cannot be split is one row at its whole sum", (None, None), (PAPER_ROLL,), None,
        right((ROLL_ROW,)), RIGHT, by=GOODS),
    Row("a line that could not be split agrees with its row", FIRST, (PAPER_ROLL,), (ROLL_ROW,), AGREED, by=GOODS),
    Row("a line that could not be split agrees with itself", FIRST, (PAPER_ROLL,), (PAPER_ROLL,), AGREED, by=GOODS),
    Row("a delivery that was added travels as a row", (MUGS, SPLIT), (*MUGS, POST), SPLIT, right((*SPLIT, POST)), RIGHT,
        by=GOODS),
    Row("a delivery row that is missing is asked about", FIRST, (*MUGS, POST), SPLIT, Why.CONFLICT, RIGHT, by=GOODS),
    Row("a delivery agrees with a plain row of its name and price", FIRST, (CARDS, POST),
        (Line("Post", Decimal(1), Decimal(300)), CARDS), AGREED, by=GOODS),
    Row("a tax of 20 is a tax of 20.0", FIRST, (TAXED,),
        (Line("Mug", Decimal(1), Decimal(9), tax_rate=Decimal("20.0")),), AGREED, by=GOODS),
    Row("no tax is not a tax of zero", FIRST, (CARDS,), (Line("Cards", Decimal(1), Decimal(50), tax_rate=Decimal(0)),),
        Why.CONFLICT, by=GOODS),
    Row("another total of the same goods travels", ((CARDS,), (CARDS,)), (Line("Cards", Decimal(1), Decimal(60)),),
        (CARDS,), right((Line("Cards", Decimal(1), Decimal("60.00")),)), RIGHT, by=GOODS),
    Row("a discount that leaves the sum alone is nothing to a deal", ((CARDS,), (CARDS,)),
        (Line("Cards", Decimal(1), Decimal(50), discount=Decimal(5)),), (CARDS,), AGREED, RIGHT, by=GOODS),
    Row("a row a manager added is shown", ((CARDS,), (CARDS,)), (CARDS,), (CARDS, *MUGS), Why.KEPT, RIGHT, by=GOODS),
    Row("an emptied order empties the rows", ((CARDS,), (CARDS,)), (), (CARDS,), right(None), RIGHT, by=GOODS),
]  # fmt: skip
