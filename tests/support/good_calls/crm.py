"""A portal with a lead, a contact, a company and a deal, and good calls about them."""

from typing import Any

from sverka.sandbox.portal import Portal

_ROW = {"productName": "a", "price": 10}
_COMMENT = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}
_PHONE = {"NAME": "A", "PHONE": [{"VALUE": "1"}], "EMAIL": [{"VALUE": "a@example.com"}]}

#: a good call of every method whose parameters do not follow from its name
CALLS: dict[str, dict[str, Any]] = {
    "crm.item.add": {"entityTypeId": 2, "fields": {"title": "x"}},
    "crm.item.get": {"entityTypeId": 1, "id": 1},  # the example shows a lead
    "crm.item.update": {"entityTypeId": 2, "id": 1, "fields": {"title": "x"}},
    "crm.item.productrow.set": {"ownerType": "D", "ownerId": 1, "productRows": [_ROW]},
    "crm.item.productrow.list": {"filter": {"=ownerType": "D", "=ownerId": 1}},
    "crm.item.productrow.add": {"fields": {"ownerType": "D", "ownerId": 1}},
    "crm.item.productrow.update": {"id": 1, "fields": {"price": 2}},
    "crm.category.add": {"entityTypeId": 2, "fields": {"name": "x"}},
    "crm.status.add": {"fields": {"ENTITY_ID": "SOURCE", "STATUS_ID": "X", "NAME": "x"}},
    "crm.status.delete": {"id": 5, "params": {"FORCED": "Y"}},
    "crm.status.entity.items": {"entityId": "DEAL_STAGE"},
    "crm.duplicate.findbycomm": {"type": "PHONE", "values": ["1"]},
    "crm.deal.contact.items.set": {"id": 1, "items": [{"CONTACT_ID": 1}]},
    "crm.timeline.comment.add": {"fields": _COMMENT | {"COMMENT": "x"}},
    "crm.timeline.comment.list": {"filter": _COMMENT},
    "crm.stagehistory.list": {"entityTypeId": 2},
    "method.get": {"name": "profile"},
}


def prepare(portal: Portal) -> None:
    """Put one of everything under the id 1."""
    for name, fields in (("lead", _PHONE), ("contact", _PHONE), ("company", {"TITLE": "x"}), ("deal", {})):
        portal.call(f"crm.{name}.add", {"fields": fields})
    portal.call("crm.deal.contact.items.set", {"id": 1, "items": [{"CONTACT_ID": 1}]})
    portal.call("crm.item.productrow.set", CALLS["crm.item.productrow.set"])
    portal.call("crm.timeline.comment.add", CALLS["crm.timeline.comment.add"])
