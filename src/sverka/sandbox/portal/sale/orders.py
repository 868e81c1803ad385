"""Orders: sale.order.*, the whole of an order in one answer, and what goes with a deleted one."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Event, Method, Reply
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.baskets import BASKET_ITEMS
from sverka.sandbox.portal.sale.columns import Shop, refused
from sverka.sandbox.portal.sale.dictionaries import BINDINGS, PERSON_TYPES, status_of
from sverka.sandbox.portal.sale.payments import SALE_PAYMENTS, drop_payment
from sverka.sandbox.portal.sale.properties import ORDER_VALUES
from sverka.sandbox.portal.sale.shipments import SALE_SHIPMENTS, drop_shipment
from sverka.sandbox.portal.sale.totals import drop_parts, parts, saved, tell
from sverka.sandbox.portal.state import Item

_NO_REQUISITES = {"requisiteId": 0, "bankDetailId": 0, "mcRequisiteId": 0, "mcBankDetailId": 0}


def _checked(core: Core, given: Values, item: Item | None) -> None:
    if item is None and given["personTypeId"] not in PERSON_TYPES.rows(core):
        raise refused(0, "Person type is not exists")
    stamp(core, given, item, "canceled", ("dateCanceled", "empCanceledId"))
    stamp(core, given, item, "marked", ("dateMarked", "empMarkedId"))
    if "statusId" in given:
        status = status_of(core, given["statusId"], "O")
        given["statusXmlId"] = status.values["xmlId"] or ""
        stamp(core, given, item, "statusId", ("dateStatus", "empStatusId"))


def stamp(core: Core, given: Values, item: Item | None, name: str, marks: tuple[str, str]) -> None:
    """Note when and by whom a mark was changed, unless the caller said so himself."""
    before = item.values[name] if item else "N"
    if given.get(name, before) != before:
        for mark, value in zip(marks, (core.now(), core.caller.user_id), strict=True):
            given.setdefault(mark, value)


def _changed(core: Core, order: Item) -> None:
    order.values["accountNumber"] = order.values["accountNumber"] or str(order.id)
    saved(core, order, itself=True)


def _clients(core: Core, order: Item) -> list[Values]:
    """Return the contacts and the company of the record the order belongs to, the first of each being primary."""
    found: list[tuple[int, int]] = []
    for link in model.OWNERS.where(core, orderId=order.id):
        owner = core.state.items.get(link.values["ownerTypeId"], {}).get(link.values["ownerId"])
        if owner is not None:
            found += [(CONTACT, number) for number in owner.values.get("contactIds") or []]
            found += [(COMPANY, owner.values["companyId"])] if owner.values.get("companyId") else []
    seen: set[int] = set()
    answer = []
    for place, (type_id, number) in enumerate(found):
        answer.append(
            {
                "id": order.id * 100 + place,
                "orderId": order.id,
                "entityTypeId": type_id,
                "entityId": number,
                "isPrimary": "N" if type_id in seen else "Y",
                "roleId": 0,
                "sort": place * 10,
            }
        )
        seen.add(type_id)
    return answer


class Orders(Shop):
    """Orders; a single one is answered with its clients, `get` with all of its parts."""

    def _wrapped(self, core: Core, item: Item) -> Any:
        answer = self.answer(core, item) | {"clients": _clients(core, item), "requisiteLink": []}
        return {self.one: answer}

    def _get(self, core: Core, params: Params) -> Reply:
        order = self.table.rows(core).get(params.number("id") or 0)
        if order is None:
            raise refused(201240400001, "order is not exists")
        basket, payments, shipments = parts(core, order.id)
        values = ORDER_VALUES.table.where(core, orderId=order.id)
        bindings = BINDINGS.table.where(core, orderId=order.id)
        answer = self.answer(core, order) | {
            "basketItems": [_as_texts(BASKET_ITEMS.answer(core, item)) for item in basket],
            "payments": [SALE_PAYMENTS.answer(core, item) for item in payments],
            "shipments": [SALE_SHIPMENTS.answer(core, item) for item in shipments],
            "propertyValues": [ORDER_VALUES.answer(core, item) for item in values],
            "clients": _clients(core, order),
            "requisiteLink": _NO_REQUISITES,
            "tradeBindings": [BINDINGS.answer(core, item) for item in bindings],
        }
        return Reply({self.one: answer})

    def _delete(self, core: Core, params: Params) -> Reply:
        order = self.found(core, params)
        basket, payments, shipments = parts(core, order.id)
        if any(payment.values["paid"] == "Y" for payment in payments):
            raise refused("SALE_ORDER_CANCEL_PAYMENT_EXIST_ACTIVE", "The order has active payments")
        xml_id = order.values["xmlId"] or ""
        core.emit(Event("ONSALEBEFOREORDERDELETE", {"ID": str(order.id), "XML_ID": xml_id, "ACTION": "delete"}))
        for payment in payments:
            drop_payment(core, payment)
        for shipment in shipments:
            drop_shipment(core, shipment)
        for item in basket:
            drop_parts(core, model.BASKET_PROPERTIES, basketId=item.id)
        for value in drop_parts(core, ORDER_VALUES.table, orderId=order.id):
            tell(core, "ONPROPERTYVALUEDELETED", value.id)
        for table in (model.BASKET, model.OWNERS, BINDINGS.table):
            drop_parts(core, table, orderId=order.id)
        del model.ORDERS.rows(core)[order.id]
        tell(core, "ONORDERDELETED", order.id)
        return Reply(True)


#: what an order tells of its basket items beside what they tell themselves
_IN_ORDER = {
    "module": "catalog", "lid": "s1", "fuserId": 1, "notes": "", "type": "", "subscribe": "N", "setParentId": "",
    "detailPageUrl": "", "discountName": "", "discountValue": "", "discountCoupon": "", "recommendation": "",
    "productProviderClass": "", "priceTypeId": None, "productPriceId": None, "dateRefresh": None,
}  # fmt: skip


def _as_texts(item: Values) -> Values:
    """Return a basket item as an order carries it: with its ids as texts."""
    return item | _IN_ORDER | {"id": str(item["id"]), "orderId": str(item["orderId"])}


SALE_ORDERS = Orders(
    "sale.order", model.ORDERS, "order", "orders", names={"fields": "getfields"}, missing=model.NO_ORDER,
    check=_checked, changed=_changed,
)  # fmt: skip
METHODS: list[Method] = SALE_ORDERS.methods()
