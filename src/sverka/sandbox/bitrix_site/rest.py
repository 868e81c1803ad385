"""The `sale.*` methods of the shop's REST module, and `batch`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from sverka.sandbox.bitrix_site import adding, query, records
from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.errors import BitrixError, missing
from sverka.sandbox.bitrix_site.modify import modify_order, set_payment_fields, set_shipment_fields
from sverka.sandbox.bitrix_site.store import WRITABLE, BitrixSiteStore, item_changes
from sverka.sandbox.bitrix_site.wire import copied, list_row, order_row, order_tree
from sverka.sandbox.shop import phpform

Params = Mapping[str, Any]
BATCH_LIMIT = 50
_REFERENCE = re.compile(r"\$result((?:\[[^\]]+\])+)")


@dataclass(frozen=True)
class Answer:
    """`result` of one method and the numbers beside it (`total`, `next`)."""

    result: Any
    numbers: Mapping[str, int] = field(default_factory=dict)


class Rest:
    """Runs methods for one webhook; raises BitrixError for every refusal."""

    def __init__(self, store: BitrixSiteStore) -> None:
        self._store = store
        lists = store.catalogue
        self._methods: dict[str, Callable[[Params], Answer]] = {
            "batch": self._batch,
            "scope": lambda _params: Answer(sorted(store.scopes)),
            "sale.order.get": lambda params: self._tree(self._store.order(_required(params, "id"))),
            "sale.order.list": self._orders,
            "sale.order.update": self._update_order,
            "sale.order.modify": self._modify_order,
            "sale.order.add": self._add_order,
            "sale.payment.add": lambda params: self._add_part("payment", params, adding.add_payment),
            "sale.shipment.add": lambda params: self._add_part("shipment", params, adding.add_shipment),
            "sale.shipmentitem.add": self._add_shipment_item,
            "sale.order.getfields": lambda _params: Answer({"order": order_fields()}),
            "sale.propertyvalue.list": self._property_values,
            "sale.propertyvalue.modify": self._modify_properties,
            "sale.payment.get": lambda params: self._part("payments", params),
            "sale.payment.list": lambda params: self._parts("payments", params),
            "sale.payment.update": self._update_payment,
            "sale.shipment.get": lambda params: self._part("shipments", params),
            "sale.shipment.list": lambda params: self._parts("shipments", params),
            "sale.shipment.update": self._update_shipment,
            "sale.basketitem.get": lambda params: self._part("basketItems", params),
            "sale.basketitem.list": lambda params: self._parts("basketItems", params),
            "sale.basketitem.update": self._update_item,
            "sale.basketitem.add": self._add_item,
            "sale.basketitem.delete": self._delete_item,
            "sale.status.list": lambda params: self._list("statuses", lists.statuses, params),
            "sale.statuslang.list": lambda params: self._list("statusLangs", lists.status_names, params),
            "sale.status.add": self._add_status,
            "sale.statuslang.add": self._name_status,
            "sale.persontype.list": lambda params: self._list("personTypes", lists.person_types, params),
            "sale.property.list": lambda params: self._list("properties", lists.properties, params),
            "sale.propertyvariant.list": lambda params: self._list("propertyVariants", lists.variants, params),
            "sale.paysystem.list": lambda params: Answer(self._find(lists.pay_systems, _lowered(params))[0]),
            "catalog.catalog.list": lambda params: self._list("catalogs", lists.catalogs, params),
            "catalog.section.list": lambda params: self._of_catalog("sections", lists.sections, params),
            "catalog.product.list": lambda params: self._of_catalog("products", lists.products, params),
            "catalog.section.get": lambda params: _one("section", lists.sections, params, 200700300030),
            "catalog.product.get": lambda params: _one("product", lists.products, params, 0),
            "sale.tradeplatform.list": lambda params: self._list("tradePlatforms", lists.platforms, params),
            "sale.delivery.getlist": lambda params: Answer(self._find(lists.deliveries, _lowered(params))[0]),
        }

    def call(self, method: str, params: Params) -> Answer:
        """Run one method, whatever the case of its name; its scope is checked first."""
        name = method.lower()
        scope = {"sale.delivery": "delivery", "sale.paysystem": "pay_system"}.get(".".join(name.split(".")[:2]))
        scope = scope or name.split(".", maxsplit=1)[0]
        if name not in {"batch", "scope"} and scope not in self._store.scopes:
            raise BitrixError(
                "insufficient_scope", "The request requires higher privileges than provided by the webhook token", 403
            )
        if name not in self._methods:
            raise BitrixError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
        return self._methods[name](params)

    def _tree(self, order: Record) -> Answer:
        return Answer({"order": order_tree(order)})

    def _find(self, rows: list[Record], params: Params) -> tuple[list[Record], dict[str, int]]:
        return query.find(rows, params, self._store.zone)

    def _list(self, name: str, rows: list[Record], params: Params) -> Answer:
        page, numbers = self._find(rows, params)
        return Answer({name: page}, numbers)

    def _of_catalog(self, name: str, rows: list[Record], params: Params) -> Answer:
        where = params.get("filter")
        if not isinstance(where, dict) or not where.get("iblockId"):
            raise missing("filter[iblockId]")
        return self._list(name, rows, params)

    def _orders(self, params: Params) -> Answer:
        if not self._store.filters_by_date:
            told = params.get("filter")
            where = {key: value for key, value in told.items() if "date" not in key} if isinstance(told, dict) else {}
            params = {**params, "filter": where}
        return self._list("orders", [order_row(order) for order in self._store.orders.values()], params)

    def _update_order(self, params: Params) -> Answer:
        order = self._store.order(_required(params, "id"))
        fields = _fields(params)
        self._edit(order, lambda draft: self._store.set_order_fields(draft, fields))
        return self._tree(order)

    def _add_order(self, params: Params) -> Answer:
        order = adding.add_order(self._store, _fields(params, "lid", "personTypeId", "currency"))
        return Answer({"order": {**order_row(order), "clients": [], "requisiteLink": []}})

    def _add_part(self, name: str, params: Params, add: Callable[[BitrixSiteStore, Record, Params], Record]) -> Answer:
        wanted = {"payment": ("paySystemId",), "shipment": ("allowDelivery", "deducted", "deliveryId")}[name]
        fields = _fields(params, "orderId", *wanted)
        made: list[Record] = []
        self._edit(self._store.order(fields["orderId"]), lambda draft: made.append(add(self._store, draft, fields)))
        return Answer({name: list_row(made[0])})

    def _add_shipment_item(self, params: Params) -> Answer:
        fields = _fields(params, "orderDeliveryId", "basketId", "quantity")
        order, row = self._found("shipments", {"id": fields["orderDeliveryId"]})
        made: list[Record] = []
        add = adding.add_shipment_item
        self._edit(order, lambda draft: made.append(add(self._store, draft, row["id"], fields)))
        return Answer({"shipmentItem": made[0]})

    def _edit(self, order: Record, change: Callable[[Record], None]) -> None:
        """Save what `change` makes of a copy, so that a refusal half-way leaves the order as it was."""
        draft: Record = copied(order)
        change(draft)
        order.update(draft)
        self._store.save(order)

    def _modify_order(self, params: Params) -> Answer:
        tree = _fields(params).get("order")
        if not isinstance(tree, dict):
            raise BitrixError(0, "Required fields: order")
        order = self._store.order(_required(tree, "id"))
        self._edit(order, lambda draft: modify_order(self._store, draft, tree))
        return self._tree(order)

    def _property_values(self, params: Params) -> Answer:
        rows = [
            {**row, "orderId": order["id"]} for order in self._store.orders.values() for row in order["propertyValues"]
        ]
        return self._list("propertyValues", rows, params)

    def _modify_properties(self, params: Params) -> Answer:
        tree = _fields(params).get("order")
        if not isinstance(tree, dict):
            raise BitrixError(0, "Required fields: order")
        order = self._store.order(_required(tree, "id"))
        rows = _rows(tree.get("propertyValues"))
        self._edit(order, lambda draft: self._store.properties.replace(draft, rows))
        return Answer({"propertyValues": [dict(row) for row in order["propertyValues"]]})

    def _add_status(self, params: Params) -> Answer:
        fields = _fields(params, "id", "type")
        lists = self._store.catalogue
        if lists.has_status(fields["id"], "O") or lists.has_status(fields["id"], "D"):
            raise BitrixError("BX_INVALID_VALUE", "Duplicate entry for key [id]")
        row = {"color": "", "notify": "Y", "sort": 100, "xmlId": None, **fields}
        lists.statuses.append(row)
        return Answer({"status": row})

    def _name_status(self, params: Params) -> Answer:
        fields = _fields(params, "statusId", "lid", "name")
        row = {"description": "", **fields}
        self._store.catalogue.status_names.append(row)
        return Answer({"statusLang": row})

    def _found(self, kind: str, params: Params) -> tuple[Record, Record]:
        found = self._store.part(kind, _required(params, "id"))
        if found is None:
            raise _ABSENT[kind]
        return found

    def _part(self, kind: str, params: Params) -> Answer:
        return Answer({_SINGULAR[kind]: list_row(self._found(kind, params)[1])})

    def _parts(self, kind: str, params: Params) -> Answer:
        rows = [list_row(row) for order in self._store.orders.values() for row in order[kind]]
        return self._list(kind, rows, params)

    def _update(self, kind: str, params: Params, fields: Params, setter: Callable[[Record, Params], None]) -> Answer:
        order, row = self._found(kind, params)
        at = order[kind].index(row)
        self._edit(order, lambda draft: setter(draft[kind][at], fields))
        return Answer({_SINGULAR[kind]: list_row(order[kind][at])})

    def _update_payment(self, params: Params) -> Answer:
        fields = _fields(params, "paySystemId")
        return self._update("payments", params, fields, lambda row, given: set_payment_fields(self._store, row, given))

    def _update_shipment(self, params: Params) -> Answer:
        fields = _fields(params, "deliveryId", "allowDelivery", "deducted")
        return self._update(
            "shipments", params, fields, lambda row, given: set_shipment_fields(self._store, row, given)
        )

    def _update_item(self, params: Params) -> Answer:
        changed = {"dateUpdate": self._store.now()}
        return self._update(
            "basketItems", params, _fields(params), lambda row, given: row.update(item_changes(given), **changed)
        )

    def _add_item(self, params: Params) -> Answer:
        fields = _fields(params)
        if not fields.get("orderId"):
            raise BitrixError(200140400008, "Required fields: fields[ORDER_ID]")
        order = self._store.order(fields["orderId"])
        if fields.get("currency") != order["currency"]:
            raise BitrixError(200140400011, "Currency must be the currency of the order")
        if not fields.get("name") or not fields.get("quantity"):
            raise BitrixError(200140400007, "basket item is not saved - bad data")
        base = fields.get("basePrice", fields.get("price", 0))
        known: Record = {
            key: fields[key]
            for key in ("name", "quantity", "productId", "productXmlId", "measureCode")
            if key in fields
        }
        known["productId"] = int(known.get("productId") or 0)
        item: Record = {**known, "price": base, "vatRate": fields.get("vatRate") or None}
        item["discount"] = records.money(base) - records.money(fields.get("price", base))
        made: list[Record] = []
        self._edit(order, lambda draft: made.append(self._store.put_item(draft, item, shipped=False)))
        return Answer({"basketItem": list_row(made[0])})

    def _delete_item(self, params: Params) -> Answer:
        order, row = self._found("basketItems", params)
        self._edit(order, lambda draft: self._store.drop_item(draft, row["id"]))
        return Answer(True)

    def _batch(self, params: Params) -> Answer:
        commands = params.get("cmd")
        if isinstance(commands, list):
            commands = {str(index): command for index, command in enumerate(commands)}
        if not isinstance(commands, dict):
            raise missing("cmd")
        if len(commands) > BATCH_LIMIT:
            raise BitrixError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
        boxes: dict[str, dict[str, Any]] = {
            name: {} for name in ("result", "result_error", "result_total", "result_next", "result_time")
        }
        for key, command in commands.items():
            name, _, text = _resolved(str(command), boxes["result"]).partition("?")
            try:
                answer = self.call(name, phpform.parse(text))
            except BitrixError as error:
                boxes["result_error"][key] = {"error": error.code, "error_description": error.description}
                if str(params.get("halt", "0")).lower() in {"1", "true", "y"}:
                    break
                continue
            boxes["result"][key] = answer.result
            for number, value in answer.numbers.items():
                boxes[f"result_{number}"][key] = value
        # PHP writes an empty array as a list, whatever it was meant to be.
        return Answer({name: box or [] for name, box in boxes.items()})


def order_fields() -> dict[str, Record]:
    """Return the description of order fields for `sale.order.getFields`, cut to what tells writable from read-only."""
    sample = order_row(records.new_order(0, datetime.min.replace(tzinfo=UTC), "s1", "RUB"))
    immutable = {"lid", "personTypeId", "currency", "userId"}
    writable = WRITABLE | immutable | {"statusId", "canceled", "price", "discountValue", "dateInsert", "empStatusId"}
    return {
        name: {
            "isImmutable": name in immutable,
            "isReadOnly": name not in writable,
            "isRequired": name in {"lid", "personTypeId", "currency"},
            "type": "datetime" if name.startswith("date") else "string",
        }
        for name in sample
    }


_SINGULAR = {"payments": "payment", "shipments": "shipment", "basketItems": "basketItem"}
_ABSENT = {
    "payments": BitrixError(200640400001, "payment does not exist"),
    "shipments": BitrixError(201140400001, "shipment does not exist"),
    "basketItems": BitrixError(200140400001, "basket item does not exist"),
}


def _required(params: Params, name: str) -> Any:
    value = params.get(name)
    if value is None or value == "":
        raise missing(name)
    return value


def _fields(params: Params, *required: str) -> dict[str, Any]:
    fields = params.get("fields")
    if not isinstance(fields, dict) or not fields:
        raise missing("fields")
    absent = [name for name in required if name not in fields]
    if absent:
        raise BitrixError(0, f"Required fields: {', '.join(absent)}")
    return fields


def _one(name: str, rows: list[Record], params: Params, code: int) -> Answer:
    wanted = str(_required(params, "id"))
    row = next((row for row in rows if str(row["id"]) == wanted), None)
    if row is None:
        raise BitrixError(code, f"{name} does not exist.")
    return Answer({name: dict(row)})


def _rows(value: object) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        value = [value] if "orderPropsId" in value else list(value.values())
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _lowered(params: Params) -> dict[str, Any]:
    return {key.lower(): value for key, value in params.items()} | {"start": -1}


def _resolved(command: str, results: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        node: Any = results
        for key in re.findall(r"\[([^\]]+)\]", match.group(1)):
            if isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                node = node.get(key) if isinstance(node, dict) else None
        return "" if node is None else str(node)

    return _REFERENCE.sub(value, unquote(command) if "$result" in unquote(command) else command)
