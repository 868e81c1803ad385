"""What becomes of every element of a file: read into an order, or kept as it came, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sverka.connectors.commerceml.documents import Paper, packages_of, paper_of
from sverka.connectors.commerceml.orders import Terms, order_of
from sverka.connectors.commerceml.xml import Piece, pieces_of, written
from sverka.connectors.commerceml.xml.words import element

_MARKS = "marks of the file: its schema, moment and formats, which readers of numbers and moments do not need"
_CATALOGUE = "a catalogue's, which is taken in whole and read by nobody yet"
_KEPT = {
    "Роль": "always the seller's, or told by the counterparty's own",
    "ХозОперация": "says what the document is; of any other kind than orders, payments and shipments",
    "ЦенаЗаЕдиницу": "a position's sum is read, of which it is a part",
    "Курс": "orders are kept in their own currency",
    "НомерВерсии": "the shop's count of saves; files of ours carry their own",
    "Номер1С": "another 1C's number, sent back as it came",
    "ИдКаталога": "the catalogue a product is of; products are known by their own ids",
    "Коэффициент": "one unit of the position's own measure",
    "ПолноеНаименование": "a person's full name, as his name says already",
    "КПП": "read for companies",
    "Отношение": "what a representative is",
    "ПочтовыйИндекс": "stands in the address as a whole",
    "Комментарий": "an address's own comment",
    "ДатаИзменения": "read as the moment of the last save",
}
"""Why elements of orders' documents are kept and not read, by their Russian names."""

_PLACES = {
    "Контрагенты": "of a counterparty that does not buy",
    "Представители": "of a representative, whose name alone is read",
    "БазоваяЕдиница": "the measure, whose code alone is read",
    "Единица": "the measure, whose code alone is read",
    "Скидки": "a discount's name; its sum is read",
    "Скидка": "a discount's name; its sum is read",
    "Налоги": "a tax's name; its sum is read",
    "Налог": "a tax's name; its sum is read",
    "СтавкиНалогов": "a rate's name; the rate is read",
    "СтавкаНалога": "a rate's name; the rate is read",
    "АдресРегистрации": "parts of an address, which is read as a whole",
    "Товары": "a shipment's goods; the order's are read",
    **dict.fromkeys((one.value for one in Paper), "of a payment's or a shipment's document: its order's says it too"),
}
"""Why elements are kept that stand in one of these, the innermost first."""


@dataclass(frozen=True)
class Row:
    """All elements of one path: how many there are, how many are read, and why the others are only kept."""

    path: str
    count: int
    read: int
    why: str


@dataclass(frozen=True)
class Account:
    """A file's elements, and which part of them came back whole after writing and reading again, from 0 to 1."""

    rows: Sequence[Row]
    share: float

    @property
    def unexplained(self) -> Sequence[str]:
        """The paths of which something is not read, and no reason is known."""
        return [row.path for row in self.rows if row.read < row.count and not row.why]


def account_of(data: bytes) -> Account:
    """Read a file, read its orders, write it again and count; raises `Damaged` where it is no CommerceML."""
    pieces = list(pieces_of([data]))
    for package in packages_of(pieces):
        if package.order is not None:
            order_of(package, Terms(UTC), datetime.now(UTC))
    count, read = Counter[str](), Counter[str]()
    for piece in pieces:
        names = tuple(frame.name for frame in piece.frames)
        paper = paper_of(piece.node) if piece.node.word == "Документ" else Paper.ORDER
        if paper is not Paper.ORDER:
            names = (*names, paper.value)
        for path, node in piece.node.walk(names):
            count["/".join(path)] += 1
            # What documents are asked for first is what they are, before anybody asks for them.
            read["/".join(path)] += node.is_read or node.word == "Документ"
    rows = [Row(path, count[path], read[path], _why(path)) for path in sorted(count)]
    again = list(pieces_of(written(pieces)))
    before, after = Counter(_elements(pieces)), Counter(_elements(again))
    whole = sum(before.values())
    return Account(rows, sum((before & after).values()) / whole if whole else 1.0)


def _elements(pieces: Iterable[Piece]) -> Iterator[tuple[object, ...]]:
    """Yield each element with its path, text and attributes, and each frame with its own."""
    frames = set[int]()
    for piece in pieces:
        names: tuple[str, ...] = ()
        for frame in piece.frames:
            names = (*names, frame.name)
            if frame.number not in frames:
                frames.add(frame.number)
                yield names, "", tuple(sorted(frame.attrs.items()))
        for path, node in piece.node.walk(names):
            yield path, node.text, tuple(sorted(node.attrs.items()))


def _why(path: str) -> str:
    words = [element(name) for name in path.split("/")]
    if "Документ" not in words:
        return _MARKS if words == ["КоммерческаяИнформация"] else _CATALOGUE
    places = (_PLACES[word] for word in reversed(words[:-1]) if word in _PLACES)
    return _KEPT.get(words[-1]) or next(places, "")
