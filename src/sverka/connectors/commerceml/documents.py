"""Documents of a file put together: an order with its payments and shipments, which newer schemas keep apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sverka.connectors.commerceml.xml import Frame, Node, Piece, pieces_of, written

_ORDERS = {"заказ товара", "itemorder", "order"}
_ROOT = Frame("КоммерческаяИнформация", {"ВерсияСхемы": "2.10"}, 1)


class Paper(Enum):
    """What a document is."""

    ORDER = "order"
    PAYMENT = "payment"
    SHIPMENT = "shipment"
    OTHER = "other"


def paper_of(document: Node) -> Paper:
    """Tell what a document is by its operation, in either language."""
    operation = document.told("ХозОперация").casefold()
    if operation in _ORDERS:
        return Paper.ORDER
    if operation.startswith(("выплата", "эквайринг", "возврат ден")) or "payment" in operation:
        return Paper.PAYMENT
    return Paper.SHIPMENT if operation.startswith("отпуск") or "shipment" in operation else Paper.OTHER


@dataclass
class Package:
    """One order's documents. `order` may be missing where a file brings news of a payment or a shipment alone."""

    id: str
    order: Node | None = None
    payments: list[Node] = field(default_factory=list)
    shipments: list[Node] = field(default_factory=list)
    others: list[Node] = field(default_factory=list)

    def documents(self) -> list[Node]:
        """Return all of them, the order first."""
        return [*([self.order] if self.order is not None else []), *self.payments, *self.shipments, *self.others]

    def take(self, paper: Paper, document: Node) -> None:
        """Put a document in, in the place of an earlier one of the same id."""
        if paper is Paper.ORDER:
            self.order = document
            return
        group = {Paper.PAYMENT: self.payments, Paper.SHIPMENT: self.shipments}.get(paper, self.others)
        group[:] = [one for one in group if one.told("Ид") != document.told("Ид")]
        group.append(document)

    def over(self, older: "Package | None") -> "Package":
        """Return what is known once this has come after an older one: an order brings all its documents along."""
        if self.order is not None or older is None:
            return self
        known = Package(self.id, older.order, [*older.payments], [*older.shipments], [*older.others])
        for document in self.documents():
            known.take(paper_of(document), document)
        return known

    def packed(self) -> bytes:
        """Return the documents as a file, which `unpacked` reads again."""
        return b"".join(written(Piece((_ROOT,), document) for document in self.documents()))

    def copy(self) -> "Package":
        """Return a deep copy in Russian, for changes to be laid on."""
        made = Package(self.id)
        for document in self.documents():
            made.take(paper_of(document), document.in_russian())
        return made


def packages_of(pieces: Iterable[Piece]) -> Iterator[Package]:
    """Put the documents of a file together as they come: each order with the documents that follow it.

    One that follows another order's, as some engines list all payments last, makes a package of its own.
    """
    at_hand: Package | None = None
    for piece in pieces:
        if piece.node.word != "Документ":
            continue
        paper = paper_of(piece.node)
        owner = piece.node.told("Ид") if paper is Paper.ORDER else _order_of(piece.node)
        if at_hand is None or owner != at_hand.id or (paper is Paper.ORDER and at_hand.order is not None):
            if at_hand is not None:
                yield at_hand
            at_hand = Package(owner)
        at_hand.take(paper, piece.node)
    if at_hand is not None:
        yield at_hand


def unpacked(id_: str, body: bytes) -> Package:
    """Return the package that `packed` was called on; raises `Damaged` where it is none."""
    package = Package(id_)
    for piece in pieces_of([body]):
        package.take(paper_of(piece.node), piece.node)
    return package


def _order_of(document: Node) -> str:
    return document.told("Основание") or document.told("НомерЗаказа") or document.told("Ид")


def file_of(documents: Sequence[Node], schema: str, moment: str) -> bytes:
    """Return a file of documents for a site; `moment` is when it was made, in the site's time."""
    root = Frame("КоммерческаяИнформация", {"ВерсияСхемы": schema, "ДатаФормирования": moment}, 1)
    empty = Piece((), Node(root.name, attrs=root.attrs))
    return b"".join(written([Piece((root,), document) for document in documents] or [empty]))
