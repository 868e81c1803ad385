"""Documents of stock: receipts, transfers, write-offs, what is in them and from whom; conducting one moves stock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.catalog.references import forget
from sverka.sandbox.portal.catalog.room import Denial, Room, given_fields, guarded, worded, worded_lacking
from sverka.sandbox.portal.catalog.stock import amount_of, move_stock
from sverka.sandbox.portal.catalog.tables import CONTRACTOR, DOCUMENT, DOCUMENT_ELEMENT, PRODUCT, STORE
from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

_NO_RIGHTS: Denial = (400, "0", "Insufficient permissions to save the document")
_NO_ELEMENT_RIGHTS: Denial = (400, "ERROR_DOCUMENT_RIGHTS", "Access denied")
_NO_BINDING_RIGHTS: Denial = (400, "0", "Access denied")
#: by type of document: is there a warehouse goods leave, and one they come to
_WAYS = {"A": (False, True), "S": (False, True), "M": (True, True), "R": (False, True), "D": (True, False)}
_CONTACT, _COMPANY = 3, 4


def _check(core: Core, given: Values, item: Item | None) -> None:
    if item is not None:
        if item.values["status"] == "Y":
            raise worded("Conducted document cannot be changed")
        given["dateModify"] = core.now()
        given.setdefault("modifiedBy", core.caller.user_id)
        return
    if given["docType"] not in _WAYS:
        raise worded("DOC_TYPE isn't available")
    if given["responsibleId"] not in core.state.users:
        raise worded("Wrong format of field responsibleId")
    given.setdefault("createdBy", core.caller.user_id)
    given |= {"dateCreate": core.now(), "dateModify": core.now(), "modifiedBy": given["createdBy"]}
    number = 1 + len(DOCUMENT.where(core, docType=given["docType"]))
    given["docNumber"] = given.get("docNumber") or f"{given['docType']}-{number}"


def _drop(core: Core, item: Item) -> None:
    forget(core, DOCUMENT_ELEMENT, docId=item.id)
    forget(core, CONTRACTOR, documentId=item.id)


class _Documents(Room):
    """Documents; a conducted one cannot be deleted, and an update answers for a missing one as for lacking rights."""

    def _delete(self, core: Core, params: Params) -> Reply:
        _refuse_deletion(self.find(core, params.number("id")))
        return super()._delete(core, params)


def _refuse_deletion(item: Item) -> None:
    if item.values["status"] == "Y":
        raise worded(f"Cannot delete document #{item.id} because it is processed")


def _title(item: Item) -> str:
    return item.values["title"] or f"#{item.id}"


def _open_document(core: Core, number: Any) -> Item:
    """Return a document that may still be changed."""
    item = DOCUMENT.rows(core).get(number or 0)
    if item is None:
        raise worded("Document not found", "ERROR_DOCUMENT_STATUS")
    if item.values["status"] == "Y":
        raise worded("Conducted document", "ERROR_DOCUMENT_STATUS")
    return item


def _check_element(core: Core, given: Values, item: Item | None) -> None:
    merged = (item.values if item else {}) | given
    _open_document(core, merged["docId"])
    if merged["elementId"] not in PRODUCT.rows(core):
        raise worded("The product with the specified identifier does not exist")
    for name in ("storeFrom", "storeTo"):
        if merged.get(name) is not None and merged[name] not in STORE.rows(core):
            raise worded("Access denied", "ERROR_DOCUMENT_RIGHTS")


class _Elements(Room):
    """Lines of documents."""

    def _delete(self, core: Core, params: Params) -> Reply:
        _open_document(core, self.find(core, params.number("id")).values["docId"])
        return super()._delete(core, params)


def _check_contractor(core: Core, given: Values, item: Item | None) -> None:
    del item
    document = DOCUMENT.rows(core).get(given["documentId"])
    if document is None:
        raise worded("Store document was not found")
    if document.values["docType"] != "A":
        raise worded("Type of store document is wrong")
    if document.values["status"] == "Y":
        raise worded("Unable to edit conducted document")
    if given["entityTypeId"] not in (_CONTACT, _COMPANY):
        raise worded("Wrong entity type id")
    if core.state.item(given["entityTypeId"], given["entityId"]) is None:
        raise worded("Wrong entity id")
    if CONTRACTOR.where(core, **given):
        raise worded("This contractor has been already bound to this document")
    company = given["entityTypeId"] == _COMPANY
    if company and CONTRACTOR.where(core, documentId=document.id, entityTypeId=_COMPANY):
        raise worded("This document already has a Company contractor")


_FAMILIES: list[Room] = [
    _Documents(
        "catalog.document", DOCUMENT, "document", "documents", verbs=("add", "list", "update", "delete", "fields"),
        read=None, write=_NO_RIGHTS, lacking=worded_lacking, check=_check, deleted=_drop,
        missing=(400, "0", "Document not found"),
    ),
    _Elements(
        "catalog.document.element", DOCUMENT_ELEMENT, "documentElement", "documentElements",
        verbs=("add", "list", "update", "delete", "fields"), read=None, write=_NO_ELEMENT_RIGHTS,
        lacking=worded_lacking, check=_check_element, missing=(400, "ERROR_DOCUMENT_STATUS", "Document not found"),
    ),
    Room(
        "catalog.documentcontractor", CONTRACTOR, "documentContractor", "documentContractor",
        verbs=("add", "list", "delete", "fields"), read=None, write=_NO_BINDING_RIGHTS, check=_check_contractor,
        lacking=worded_lacking, missing=(400, "0", "Binding was not found"),
    ),
]  # fmt: skip


def _conduct(core: Core, item: Item) -> None:
    """Move the stock of a document's lines, once all of them can be moved."""
    if not core.settings.inventory:
        raise worded("Warehouse accounting must be enabled to conduct the document")
    if item.values["status"] == "Y":
        raise worded("Document conducting error: The document has already been processed")
    lines = DOCUMENT_ELEMENT.where(core, docId=item.id)
    _refuse_conducting(core, item, lines)
    _move(core, item, lines, 1)
    if item.values["docType"] in ("A", "S"):
        for line in lines:
            _learn_price(core, item, line)
    costs = [(line.values["amount"] or 0) * (line.values["purchasingPrice"] or 0) for line in lines]
    item.values["total"] = sum(costs, Decimal(0))
    _set_status(core, item, "Y")


def _refuse_conducting(core: Core, item: Item, lines: list[Item]) -> None:
    leaves, comes = _WAYS[item.values["docType"]]
    if not lines:
        raise worded("Document conducting error: The document has no products")
    if item.values["docType"] == "A" and not CONTRACTOR.where(core, documentId=item.id):
        raise worded("Document conducting error: Supplier not specified")
    for line in lines:
        values = line.values
        product = PRODUCT.rows(core).get(values["elementId"])
        name = f"#{values['elementId']} ({product.values['name'] if product else ''})"
        if (values["amount"] or 0) <= 0:
            raise worded(f"Document conducting error: Incorrect quantity of goods {name}")
        if (leaves and values["storeFrom"] is None) or (comes and values["storeTo"] is None):
            raise worded(f"Document conducting error: Warehouse not specified for goods {name}")
        if leaves and _wanted(lines, line) > amount_of(core, values["elementId"], values["storeFrom"]):
            raise worded(f"Document conducting error: Not enough goods {name} in the warehouse")


def _wanted(lines: list[Item], line: Item) -> Decimal:
    """Return how much of a line's product all lines take from its warehouse."""
    names = ("elementId", "storeFrom")
    same = [one for one in lines if all(one.values[name] == line.values[name] for name in names)]
    return sum((one.values["amount"] or Decimal(0) for one in same), Decimal(0))


def _move(core: Core, item: Item, lines: list[Item], sign: int) -> None:
    leaves, comes = _WAYS[item.values["docType"]]
    for line in lines:
        amount = line.values["amount"] * sign
        if leaves:
            move_stock(core, line.values["elementId"], line.values["storeFrom"], -amount)
        if comes:
            move_stock(core, line.values["elementId"], line.values["storeTo"], amount)


def _learn_price(core: Core, item: Item, line: Item) -> None:
    product = PRODUCT.rows(core).get(line.values["elementId"])
    if product is not None and line.values["purchasingPrice"] is not None:
        price = {"purchasingPrice": line.values["purchasingPrice"], "purchasingCurrency": item.values["currency"]}
        product.values |= price


def _cancel(core: Core, item: Item) -> None:
    if item.values["status"] != "Y":
        raise worded("Error cancelling document conduct: Document has not been conducted yet")
    _move(core, item, DOCUMENT_ELEMENT.where(core, docId=item.id), -1)
    _set_status(core, item, "N")


def _set_status(core: Core, item: Item, status: str) -> None:
    moments = {"dateStatus": core.now(), "dateModify": core.now()}
    item.values |= moments | {"status": status, "statusBy": core.caller.user_id, "modifiedBy": core.caller.user_id}


def _delete(core: Core, item: Item) -> None:
    _refuse_deletion(item)
    del DOCUMENT.rows(core)[item.id]
    _drop(core, item)


_Deed = Callable[[Core, Item], None]


def _one(deed: _Deed) -> Callable[[Core, Params], Reply]:
    """Return the method that does this to one document."""

    def run(core: Core, params: Params) -> Reply:
        """Answer catalog.document.conduct, cancel, and their older names confirm and unconfirm."""
        item = DOCUMENT.rows(core).get(params.number("id") or 0)
        if item is None:
            raise worded("Document not found")
        deed(core, item)
        return Reply(True)

    return run


def _many(deed: _Deed, doing: str) -> Callable[[Core, Params], Reply]:
    """Return the method that does this to several documents, up to the first that refuses."""

    def run(core: Core, params: Params) -> Reply:
        """Answer catalog.document.conductList, cancelList and deleteList."""
        for _, raw in entries(params.get("documentIds")):
            item = DOCUMENT.rows(core).get(to_int(raw) or 0)
            if item is None:
                raise worded(f"Error {doing} the document: Document not found")
            try:
                deed(core, item)
            except RestError as error:
                text = f'An error occurred while {doing} the document "{_title(item)}": {error.description}'
                raise worded(text) from error
        return Reply(True)

    return run


def mode_status(core: Core, params: Params) -> Reply:
    """Answer catalog.document.mode.status: whether stock is kept by documents."""
    del params
    return Reply("Y" if core.settings.inventory else "N")


def _own_fields(item: Item) -> Values:
    """Return a document with the fields users added, `fieldN` by the number of the field."""
    own = {name: value for name, value in item.values.items() if name.startswith("field")}
    return {"documentId": item.id, "documentType": item.values["docType"]} | own


def own_list(core: Core, params: Params) -> Reply:
    """Answer catalog.userfield.document.list; select and filter must name the type of the documents."""
    wanted = {str(name) for _, name in entries(params.get("select"))}
    given = params.mapping("filter")
    for place, names in (("select", wanted), ("filter", given)):
        if "documentType" not in names:
            raise worded(f"The documentType field is not specified in the {place} parameter")
    names = {"documentId": "id", "documentType": "docType"}

    def find(name: str) -> FieldSpec | None:
        if name.startswith("field"):
            return FieldSpec(name, "string", name)
        return DOCUMENT.columns.get(names.get(name, ""))

    chosen = Filter(core, find, given, strict=False)
    items = [item for item in DOCUMENT.rows(core).values() if chosen.matches(item)]
    items = sort_items(items, params.get("order"), find, strict=False)
    rows, total, following = page(items, params.number("start"))
    lines = [
        {name: value for name, value in _own_fields(item).items() if name in wanted | {"documentId"}} for item in rows
    ]
    return Reply({"documents": lines}, total, following)


def own_update(core: Core, params: Params) -> Reply:
    """Answer catalog.userfield.document.update: the values of fields users added to this type of document."""
    item = DOCUMENT.rows(core).get(params.number("documentId") or 0)
    given = given_fields(params)
    if item is None or (given.get("documentType") or item.values["docType"]) != item.values["docType"]:
        raise worded("The specified document does not exist")
    if not given.get("documentType"):
        raise worded_lacking("documentType")
    entity_id = f"CAT_STORE_DOCUMENT_{item.values['docType']}"
    known = {f"field{line.id}" for line in core.state.user_fields.values() if line.entity_id == entity_id}
    item.values |= {name: value for name, value in given.items() if name in known}
    return Reply({"document": _own_fields(item)})


def _deed(name: str, run: Any, *required: str, denial: Denial = _NO_RIGHTS) -> Method:
    return guarded(Method(f"catalog.{name}", run, "catalog", required, writes=True), denial)


METHODS: list[Method] = [method for family in _FAMILIES for method in family.methods()]
METHODS += [
    replace(method, name=method.name.replace("getFields", "fields"))
    for method in METHODS
    if method.name in ("catalog.document.getFields", "catalog.document.element.getFields")
]
METHODS += [
    _deed("document.conduct", _one(_conduct), "id"),
    _deed("document.cancel", _one(_cancel), "id"),
    _deed("document.confirm", _one(_conduct), "id"),
    _deed("document.unconfirm", _one(_cancel), "id"),
    _deed("document.conductList", _many(_conduct, "conducting"), "documentIds"),
    _deed("document.cancelList", _many(_cancel, "canceling"), "documentIds"),
    _deed("document.deleteList", _many(_delete, "deleting"), "documentIds"),
    Method("catalog.document.mode.status", mode_status, "catalog"),
    Method("catalog.userfield.document.list", own_list, "catalog", ("select", "filter")),
    _deed("userfield.document.update", own_update, "documentId", "fields", denial=(400, "0", "Access Denied")),
]
