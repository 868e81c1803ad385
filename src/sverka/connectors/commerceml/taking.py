"""What a 1C says of orders, as fields to be set."""

from collections.abc import Iterable, Mapping

from sverka.connectors.commerceml.documents import Paper, paper_of
from sverka.connectors.commerceml.orders import CANCELED, PAID, SHIPPED, STATUS, STATUS_NAME, TRACK, status_of
from sverka.connectors.commerceml.values import is_true
from sverka.connectors.commerceml.xml import Node, Piece
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderId
from sverka.ports.exchange import Said


def wanted_of(pieces: Iterable[Piece]) -> list[Said]:
    """Return what the documents of a file say of orders.

    Only what is said counts: a document that does not mention its cancellation takes none back, so it speaks of the
    status apart from that (`status.code`).
    """
    found = []
    for piece in pieces:
        if piece.node.word != "Документ":
            continue
        paper, told = paper_of(piece.node), piece.node.requisites()
        said = _SAID.get(paper, _nothing)(piece.node, told)
        is_order = paper is Paper.ORDER
        id_, number = piece.node.told("Ид" if is_order else "Основание"), piece.node.told("Номер") if is_order else ""
        if said:
            found.append(Said(OrderId(id_), number, said))
    return found


def _nothing(document: Node, told: Mapping[str, str]) -> dict[str, Value]:
    del document, told
    return {}


def _order(document: Node, told: Mapping[str, str]) -> dict[str, Value]:
    said: dict[str, Value] = {}
    if is_true(told.get(CANCELED, "")) or is_true(document.told("ПометкаУдаления")):
        return {"status": CANCELLED}
    if told.get(STATUS) or told.get(STATUS_NAME):
        said["status" if CANCELED in told else "status.code"] = status_of(told)[0]
    if is_true(told.get("Заказ оплачен", "")):
        said["payment.paid"] = True
    if document.child("Комментарий") is not None and document.told("Комментарий"):
        said["comment.manager"] = document.told("Комментарий")
    return said


def _payment(_document: Node, told: Mapping[str, str]) -> dict[str, Value]:
    is_back = is_true(told.get(CANCELED, "")) or is_true(told.get("Признак возврата", ""))
    return {"payment.paid": True} if not is_back and _either(told, "Оплачен", PAID) else {}


def _shipment(_document: Node, told: Mapping[str, str]) -> dict[str, Value]:
    said: dict[str, Value] = {}
    if not is_true(told.get(CANCELED, "")):
        if _either(told, "Отгружен", SHIPPED):
            said["delivery.shipped"] = True
        if told.get(TRACK):
            said["delivery.track"] = told[TRACK]
    return said


def _either(told: Mapping[str, str], *names: str) -> bool:
    return any(is_true(told.get(name, "")) for name in names)


_SAID = {Paper.ORDER: _order, Paper.PAYMENT: _payment, Paper.SHIPMENT: _shipment}
