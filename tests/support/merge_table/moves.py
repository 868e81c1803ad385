"""Who moved, and what the way, the policy and the write mode make of it."""

from decimal import Decimal

from support.merge_table.row import (
    AGREED,
    FIRST,
    IF_EMPTY,
    IF_NEW,
    LEFT,
    NOTHING,
    OFFICE_WINS,
    RIGHT,
    STORE_WINS,
    Row,
    left,
    right,
)
from sverka.domain.merge.plan import Why

NOBODY_MOVED = [
    Row("nobody moved", ("a", "a"), "a", "a", NOTHING),
    Row("nobody moved, though the two were never equal: what was seen is what counts", ("a", "b"), "a", "b", Why.KEPT),
    Row("nobody moved, and a one-way field keeps what the receiver made of it", ("a", "A"), "a", "A", Why.KEPT, RIGHT),
    Row("nobody moved: a number written with other zeros is the same", (Decimal(1), Decimal(2)), Decimal("1.0"),
        Decimal("2.00"), Why.KEPT),
    Row("both moved alike", ("a", "a"), "b", "b", AGREED),
    Row("our own write came back", ("a", "a"), "b", "b", AGREED, RIGHT),
    Row("both emptied, each in its own way", ("a", "a"), "", None, AGREED),
    Row("moved there and back between two visits", ("b", "a"), "b", "a", Why.KEPT),
    Row("one moved to what the other has shown all along", ("b", "a"), "a", "a", AGREED),
    Row("spaces around a text mean nothing", ("a", "a"), " a ", "a", AGREED),
    Row("spaces within a text are somebody's doing", ("a b", "a b"), "a  b", "a b", right("a  b")),
    Row("the case of a text is somebody's doing", ("a", "a"), "A", "a", right("A")),
]  # fmt: skip
ONE_MOVED = [
    Row("the store moved, the office follows", ("a", "a"), "b", "a", right("b", "moved-alone")),
    Row("the office moved, the store follows", ("a", "a"), "a", "b", left("b", "moved-alone")),
    Row("the store moved, whatever the policy", ("a", "a"), "b", "a", right("b", "moved-alone"), policy=OFFICE_WINS),
    Row("the office moved, whatever the policy", ("a", "a"), "a", "b", left("b", "moved-alone"), policy=STORE_WINS),
    Row("the store was emptied, the office follows", ("a", "a"), "", "a", right(None)),
    Row("the office was emptied, the store follows", ("a", "a"), "a", None, left(None)),
    Row("an empty side that was filled fills the other", ("", None), "a", None, right("a", "moved-alone")),
    Row("what was kept differently is left, until its source moves", ("long", "lo"), "longer", "lo", right("longer")),
    Row("what was kept differently travels back when its keeper moves on", ("long", "lo"), "long", "low", left("low")),
]
ONE_WAY = [
    Row("the source of a one-way field moved", ("a", "a"), "b", "a", right("b", "one-way"), RIGHT),
    Row("the source of a one-way field moved, the other way", ("a", "a"), "a", "b", left("b", "one-way"), LEFT),
    Row("the source of a one-way field was emptied", ("a", "a"), None, "a", right(None, "one-way"), RIGHT),
    Row("only the receiver moved: shown, not overwritten", ("a", "a"), "a", "b", Why.KEPT, RIGHT),
    Row("only the receiver moved: shown, the other way", ("a", "a"), "b", "a", Why.KEPT, LEFT),
    Row("only the receiver moved: no policy lets it win", ("a", "a"), "a", "b", Why.KEPT, RIGHT, OFFICE_WINS),
    Row("only the receiver was emptied: it is not filled again", ("a", "a"), "a", None, Why.KEPT, RIGHT),
    Row("the receiver came back to what the source shows", ("a", "b"), "a", "a", AGREED, RIGHT),
    Row("both moved: the one way decides and not the policy", ("a", "a"), "b", "c", right("b", "one-way"), RIGHT,
        OFFICE_WINS),
    Row("both moved: the one way decides, the other way", ("a", "a"), "b", "c", left("c", "one-way"), LEFT, STORE_WINS),
]  # fmt: skip
BOTH_MOVED = [
    Row("both moved apart: a person is asked", ("a", "a"), "b", "c", Why.CONFLICT),
    Row("both moved apart: the store wins", ("a", "a"), "b", "c", right("b", "store_wins"), policy=STORE_WINS),
    Row("both moved apart: the office wins", ("a", "a"), "b", "c", left("c", "office_wins"), policy=OFFICE_WINS),
    Row("one emptied, one changed: a person is asked", ("a", "a"), "", "c", Why.CONFLICT),
    Row("one emptied, one changed: the winner's emptiness travels", ("a", "a"), "", "c", right(None),
        policy=STORE_WINS),
    Row("one changed, one emptied: the winner's value fills again", ("a", "a"), "b", None, right("b"),
        policy=STORE_WINS),
    Row("both swapped their values: they moved apart", ("a", "b"), "b", "a", Why.CONFLICT),
]  # fmt: skip
FIRST_SIGHT = [
    Row("first sight of two equal values", FIRST, "a", "a", AGREED),
    Row("first sight of two empty sides", FIRST, "", None, AGREED),
    Row("an empty office is filled", FIRST, "a", None, right("a", "first-sight")),
    Row("an empty store is filled", FIRST, "", "a", left("a", "first-sight")),
    Row("an empty side is filled, whoever would win", FIRST, "", "a", left("a"), policy=STORE_WINS),
    Row("an empty office is filled by a zero", FIRST, Decimal(0), None, right("0")),
    Row("an empty office is filled by a no", FIRST, False, None, right("N")),
    Row("an empty list is an empty side", FIRST, "a", (), right("a", "first-sight")),
    Row("an empty office is filled along its one way", FIRST, "a", "", right("a", "first-sight"), RIGHT),
    Row("an empty store is left where nothing may travel to it", FIRST, "", "a", Why.KEPT, RIGHT),
    Row("an empty office is left where nothing may travel to it", FIRST, "a", "", Why.KEPT, LEFT),
    Row("two different values are asked about", FIRST, "a", "b", Why.CONFLICT),
    Row("two different values are asked about, whatever the policy", FIRST, "a", "b", Why.CONFLICT, policy=STORE_WINS),
    Row("two different values are asked about, whatever the way", FIRST, "a", "b", Why.CONFLICT, RIGHT),
]
MODES = [
    Row("written at birth only: a later change stays where it is", ("a", "a"), "b", "a", AGREED, RIGHT, write=IF_NEW),
    Row("written at birth only: a later emptying too", ("a", "a"), "", "a", AGREED, RIGHT, write=IF_NEW),
    Row("written at birth only: an empty side of an old record is not filled", FIRST, "a", None, AGREED, RIGHT,
        write=IF_NEW),
    Row("written at birth only: what a manager made of it is shown", ("a", "a"), "a", "b", Why.KEPT, RIGHT,
        write=IF_NEW),
    Row("written at birth only: two different values at first sight are asked about", FIRST, "a", "b", Why.CONFLICT,
        RIGHT, write=IF_NEW),
    Row("written if empty: it is", ("", None), "b", None, right("b"), write=IF_EMPTY),
    Row("written if empty: it is not", ("a", "a"), "b", "a", AGREED, write=IF_EMPTY),
    Row("written if empty: a zero is not empty", ("", Decimal(0)), "5", Decimal(0), AGREED, write=IF_EMPTY),
    Row("written if empty: at first sight it is filled", FIRST, "a", None, right("a", "first-sight"), write=IF_EMPTY),
    Row("written if empty: nothing is emptied either", ("a", "a"), "", "a", AGREED, write=IF_EMPTY),
    Row("written if empty: back to the store too", ("", "a"), "", "b", left("b"), write=IF_EMPTY),
    Row("written if empty: emptied there and changed here, it is filled anew", ("a", "a"), "b", None, right("b"),
        RIGHT, write=IF_EMPTY),
]  # fmt: skip
