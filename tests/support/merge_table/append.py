"""What is appended: what the source gained and the target lacks, and nothing a person deleted (K17)."""

from support.merge_table.row import (
    AGREED,
    APPEND,
    FIRST,
    FORGOTTEN,
    LEFT,
    NOTHING,
    RIGHT,
    STORE_WINS,
    Row,
    left,
    right,
)
from sverka.domain.mapping.convert import Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.merge.plan import Why

TAGS = Plain(FieldType.TEXT, FieldType.TEXT, store_many=True, office_many=True)
FILES = Plain(FieldType.FILE, FieldType.FILE, store_many=True, office_many=True)
PAPER = ValueMap({"glossy": "45", "matte": "46"})


def _files(says: str, base: object, store: tuple[str, ...], office: tuple[str, ...], then: object) -> Row:
    """Return a case of files, which each side knows by ids of its own: letters in the store, numbers in the office."""
    return Row(says, base, store, office, then, RIGHT, write=APPEND, by=FILES)  # type: ignore[arg-type]


def _tags(says: str, base: object, store: object, office: object, then: object, **more: object) -> Row:
    return Row(says, base, store, office, then, write=APPEND, by=TAGS, **more)  # type: ignore[arg-type]


APPENDED = [
    _tags("appended: what the source gained", (("1",), ("1",)), ("1", "2"), ("1",), right(("1", "2"))),
    _tags("appended the other way", (("1",), ("1",)), ("1",), ("1", "2"), left(("1", "2"))),
    _tags("appended: what the target got by itself stays", (("1",), ("1",)), ("1", "2"), ("1", "9"),
          right(("1", "9", "2")), way=RIGHT),
    _tags("appended: what a person deleted there is not revived", (("1", "3"), ("1", "3")), ("1", "3", "2"), ("1",),
          right(("1", "2")), way=RIGHT),
    _tags("appended: nothing where a person deleted everything", (("1", "2"), ("1",)), ("1",), None, AGREED, way=RIGHT),
    _tags("appended: what the source lost is not taken away", (("1", "2"), ("1", "2")), ("1",), ("1", "2"), AGREED),
    _tags("appended: what the target already has is not doubled", (("1",), ("1",)), ("1", "2"), ("1", "2", "9"), AGREED,
          way=RIGHT),
    _tags("appended: what was gained twice comes once", (("1",), ("1",)), ("1", "2", "2"), ("1",), right(("1", "2"))),
    _tags("appended: emptied and filled anew, only the new", (("1",), ("1",)), ("2",), ("1",), right(("1", "2"))),
    _tags("appended: both gained, and each gets the other's", (("1",), ("1",)), ("1", "2"), ("1", "9"),
          [right(("1", "9", "2")), left(("1", "2", "9"))]),
    _tags("appended: both gained, whatever the policy", (("1",), ("1",)), ("1", "2"), ("1", "9"),
          [right(("1", "9", "2")), left(("1", "2", "9"))], policy=STORE_WINS),
    _tags("appended: each lost what the other has: nothing is taken away or revived", (("1", "2"), ("1", "2")), ("1",),
          ("2",), AGREED),
    _tags("appended: both gained the same", (("1",), ("1",)), ("1", "2"), ("1", "2"), AGREED),
    _tags("appended: only the receiver gained, which is its own affair", (("1",), ("1",)), ("1",), ("1", "9"), AGREED,
          way=RIGHT),
    _tags("appended at first sight: all of it", FIRST, ("1", "2"), (), right(("1", "2"))),
    _tags("appended at first sight: nothing to where nothing may travel", FIRST, ("1", "2"), (), NOTHING, way=LEFT),
    _tags("appended at first sight: two different lists are asked about", FIRST, ("1", "2"), ("1",), Why.CONFLICT),
    _tags("appended when all is forgotten: what the target lacks may have been deleted", FORGOTTEN, ("1", "2"), ("1",),
          Why.CONFLICT),
    Row("appended: options, each as its pair", (("matte",), ("46",)), ("matte", "glossy"), ("46", "47"),
        right(("46", "47", "45")), RIGHT, write=APPEND, by=PAPER),
    Row("appended: an option without a pair is held", (("matte",), ("46",)), ("matte", "oak"), ("46",), Why.UNMAPPED,
        RIGHT, write=APPEND, by=PAPER),
    _files("files: each side has its own ids, and nobody moved", (("a",), ("901",)), ("a",), ("901",), NOTHING),
    _files("files: a gained one is sent beside those the other side has", (("a",), ("901",)), ("a", "b"), ("901",),
           right(("901", "b"))),
    _files("files: a gained one travels once, whatever id it got there", (("a", "b"), ("901", "902")), ("a", "b"),
           ("901", "902"), NOTHING),
    _files("files: the next one is sent alone", (("a", "b"), ("901", "902")), ("a", "b", "c"), ("901", "902"),
           right(("901", "902", "c"))),
    _files("files: a replaced one is sent, and the former stays", (("a",), ("901",)), ("b",), ("901",),
           right(("901", "b"))),
    _files("files: one deleted in the store is not taken away", (("a", "b"), ("901", "902")), ("a",), ("901", "902"),
           AGREED),
    _files("files: one deleted in the office is not sent again with the next", (("a",), ("901",)), ("a", "b"), (),
           right(("b",))),
    _files("files: at first sight an empty office gets all", FIRST, ("a", "b"), (), right(("a", "b"))),
    _files("files: at first sight nobody knows which is which", FIRST, ("a",), ("901",), Why.CONFLICT),
    Row("files: one gained in the office goes back once", (("a",), ("901",)), ("a",), ("901", "902"),
        left(("a", "902")), write=APPEND, by=FILES),
]  # fmt: skip
