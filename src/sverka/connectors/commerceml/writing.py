"""What is to be set, laid on an order's documents; and the documents a shop is sent for it.

The shop reads a document whole: a position that is not in it is taken out of the order, and an order without
`Отменен` = true is not cancelled any more. So an order is sent as it was shown, but for what is to be set.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sverka.connectors.commerceml import says
from sverka.connectors.commerceml.documents import Package
from sverka.connectors.commerceml.orders import CANCELED, PAID, SHIPPED, STATUS, STATUS_NAME, TRACK
from sverka.connectors.commerceml.values import is_true
from sverka.connectors.commerceml.xml import Node
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem, Rejected

WRITES = frozenset({"status", "comment.manager", "payment.paid", "delivery.shipped", "delivery.track"})
"""Field keys that a shop takes from 1C."""

_ORDER = ("Ид", "Номер", "Номер1С", "Дата", "Время", "ХозОперация", "Роль", "Валюта", "Курс", "Сумма", "Комментарий")
_KEPT = ("Скидки", "Налоги", "Товары")
_PART = ("Ид", "Номер", "Номер1С", "Основание", "Дата", "Время", "ХозОперация", "Роль", "Валюта", "Курс", "Сумма")
_FOR_PAYMENT = ("Метод оплаты ИД", "Метод оплаты")
_FOR_SHIPMENT = ("Метод доставки ИД", "Метод доставки", "Сумма доставки")


@dataclass
class Draft:
    """An order's documents as they are to be; `touched` are those whose own document changes, besides the order's."""

    package: Package
    moves_status: bool = False
    touched: list[Node] = field(default_factory=list)
    refused: dict[str, Problem] = field(default_factory=dict)
    set: dict[str, Value] = field(default_factory=dict)

    def touch(self, document: Node) -> None:
        """Have a payment's or a shipment's document sent too."""
        if document not in self.touched:
            self.touched.append(document)


def draft_of(package: Package, fields: Mapping[str, Value]) -> Draft:
    """Lay the fields on a copy of the documents; what cannot be set is refused with its reason, and nothing else."""
    draft = Draft(package.copy())
    for key, value in fields.items():
        try:
            _SETTERS[key](draft, value)
        except KeyError:
            draft.refused[key] = Rejected()
        except Rejected as problem:
            draft.refused[key] = problem
        else:
            draft.set[key] = value
    return draft


def _set_status(draft: Draft, value: Value) -> None:
    order, status = draft.package.order, str(value or "")
    if order is None or not status:
        raise Rejected(says.cannot("status"))
    order.put_requisite(CANCELED, "true" if status == CANCELLED else "false")
    if status != CANCELLED:
        draft.moves_status = True
        has_id = STATUS in order.requisites()
        order.put_requisite(STATUS_NAME, f"[{status}]" if has_id else status)
        if has_id:
            order.put_requisite(STATUS, status)


def _set_comment(draft: Draft, value: Value) -> None:
    if draft.package.order is not None:
        draft.package.order.put("Комментарий", str(value or ""))


def _set_paid(draft: Draft, value: Value) -> None:
    documents = draft.package.payments
    _mark(draft, documents, PAID, value, says_none="payment.paid", says_back="unpay")


def _set_shipped(draft: Draft, value: Value) -> None:
    _mark(draft, draft.package.shipments, SHIPPED, value, says_none="delivery", says_back="unship")


def _mark(draft: Draft, documents: list[Node], mark: str, value: Value, *, says_none: str, says_back: str) -> None:
    alive = [one for one in documents if not is_true(one.requisites().get(CANCELED, ""))]
    if not alive:
        raise Rejected(says.cannot(says_none))
    unlike = [one for one in alive if is_true(one.requisites().get(mark, "")) != bool(value)]
    if unlike and not value:
        raise Rejected(says.cannot(says_back))
    for one in unlike:
        one.put_requisite(mark, "true")
        draft.touch(one)


def _set_track(draft: Draft, value: Value) -> None:
    if not draft.package.shipments:
        raise Rejected(says.cannot("delivery"))
    first = draft.package.shipments[0]
    first.put_requisite(TRACK, str(value or ""))
    draft.touch(first)


_SETTERS: Mapping[str, Callable[[Draft, Value], None]] = {
    "status": _set_status,
    "comment.manager": _set_comment,
    "payment.paid": _set_paid,
    "delivery.shipped": _set_shipped,
    "delivery.track": _set_track,
}


def documents_of(draft: Draft, version: str) -> list[Node]:
    """Return the documents to be sent; `version` must be another one each time, or the shop passes them over."""
    order = draft.package.order
    if order is None:
        return []
    made = _some(order, [*_ORDER, *_KEPT])
    _in_words(made, "Заказ товара", version)
    told = order.requisites()
    made.put_requisite(CANCELED, "true" if is_true(told.get(CANCELED, "")) else "false")
    if draft.moves_status:
        # Engines whose statuses have no ids know them by their names.
        name = STATUS if STATUS in told else STATUS_NAME
        made.put_requisite(name, told[name])
    return [made, *(_part(one, version, draft.package.payments) for one in draft.touched)]


def _part(document: Node, version: str, payments: Collection[Node]) -> Node:
    """Return a payment's or a shipment's document; what is `Оплачено` on the way out is `Оплачен` on the way in."""
    is_payment = document in payments
    made = _some(document, [*_PART, *(() if is_payment else ("Товары",))])
    _in_words(made, "Выплата безналичных денег" if is_payment else "Отпуск товара", version)
    told = document.requisites()
    for name in _FOR_PAYMENT if is_payment else _FOR_SHIPMENT:
        if told.get(name):
            made.put_requisite(name, told[name])
    made.put_requisite(CANCELED, "false")
    if is_payment:
        made.put_requisite("Оплачен", "true" if is_true(told.get(PAID, "")) else "false")
        return made
    if is_true(told.get(SHIPPED, "")):
        made.put_requisite("Отгружен", "true")
    if TRACK in told:
        made.put_requisite(TRACK, told[TRACK])
    return made


def _in_words(made: Node, operation: str, version: str) -> None:
    """Name the operation and the role in Russian, where they came in English, and the version."""
    if made.told("ХозОперация").isascii():
        made.put("ХозОперация", operation)
    made.put("Роль", "Продавец")
    made.put("НомерВерсии", version)


def _some(document: Node, words: Collection[str]) -> Node:
    made = Node("Документ")
    made.children = [child.copy() for child in document.children if child.word in words]
    return made
