"""A portal with a lead, a contact, a company, a deal, a quote and an invoice, and good calls about them."""

from typing import Any

from sverka.sandbox.portal import Portal

_ROW = {"productName": "a", "price": 10}
_CLASSIC_ROWS = {"id": 1, "rows": [{"PRODUCT_NAME": "a", "PRICE": 10}]}
_COMMENT = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}
_PHONE = {"NAME": "A", "PHONE": [{"VALUE": "1"}], "EMAIL": [{"VALUE": "a@example.com"}]}
_SECTION = {
    "name": "main",
    "title": "x",
    "type": "section",
    "elements": [{"name": "TITLE", "optionFlags": 1, "options": {"defaultCountry": "RU"}}],
}
_FUNNEL = {"entityTypeId": 2, "id": 3}
_BINDINGS = {
    "crm.deal.contact": "CONTACT_ID",
    "crm.lead.contact": "CONTACT_ID",
    "crm.quote.contact": "CONTACT_ID",
    "crm.contact.company": "COMPANY_ID",
    "crm.company.contact": "CONTACT_ID",
}

#: a good call of every method whose parameters do not follow from its name
CALLS: dict[str, dict[str, Any]] = {
    "crm.item.add": {"entityTypeId": 2, "fields": {"title": "x"}},
    "crm.item.get": {"entityTypeId": 1, "id": 1},  # the example shows a lead
    "crm.item.update": {"entityTypeId": 2, "id": 1, "fields": {"title": "x"}},
    "crm.item.import": {"entityTypeId": 2, "fields": {"title": "x"}},
    "crm.item.batchImport": {"entityTypeId": 2, "data": [{"title": "x"}]},
    "crm.item.productrow.set": {"ownerType": "D", "ownerId": 1, "productRows": [_ROW]},
    "crm.item.productrow.list": {"filter": {"=ownerType": "D", "=ownerId": 1}},
    "crm.item.productrow.add": {"fields": {"ownerType": "D", "ownerId": 1}},
    "crm.item.productrow.update": {"id": 1, "fields": {"price": 2}},
    "crm.item.productrow.getAvailableForPayment": {"ownerType": "D", "ownerId": 1},
    "crm.deal.productrows.set": _CLASSIC_ROWS,
    "crm.lead.productrows.set": _CLASSIC_ROWS,
    "crm.quote.productrows.set": _CLASSIC_ROWS,
    "crm.category.add": {"entityTypeId": 2, "fields": {"name": "x"}},
    "crm.category.get": {"entityTypeId": 2, "id": 2},
    "crm.category.update": _FUNNEL | {"fields": {"name": "y"}},
    "crm.category.delete": _FUNNEL,
    "crm.dealcategory.get": {"id": 3},
    "crm.dealcategory.update": {"id": 3, "fields": {"NAME": "y"}},
    "crm.dealcategory.add": {"fields": {"NAME": "x"}},
    "crm.dealcategory.delete": {"id": 3},
    "crm.dealcategory.default.set": {"name": "x"},
    "crm.dealcategory.stage.list": {"id": 2},
    "crm.dealcategory.status": {"id": 2},
    "crm.status.add": {"fields": {"ENTITY_ID": "SOURCE", "STATUS_ID": "X", "NAME": "x"}},
    "crm.status.delete": {"id": 5, "params": {"FORCED": "Y"}},
    "crm.status.entity.items": {"entityId": "DEAL_STAGE"},
    "crm.currency.add": {"fields": {"CURRENCY": "CNY", "AMOUNT_CNT": 1, "AMOUNT": 12.5}},
    "crm.currency.get": {"id": "RUB"},
    "crm.currency.update": {"id": "USD", "fields": {"SORT": 5}},
    "crm.currency.delete": {"id": "USD"},
    "crm.currency.base.set": {"id": "USD"},
    "crm.currency.localizations.get": {"id": "RUB"},
    "crm.currency.localizations.set": {"id": "RUB", "localizations": {"de": {"FULL_NAME": "x"}}},
    "crm.currency.localizations.delete": {"id": "RUB", "lids": ["ru"]},
    "crm.duplicate.findbycomm": {"type": "PHONE", "values": ["1"]},
    "crm.duplicate.volatileType.fields": {},
    "crm.duplicate.volatileType.register": {"entityTypeId": 1, "fieldCode": "POST"},
    "crm.entity.mergeBatch": {"params": {"entityTypeId": 3, "entityIds": [1, 2]}},
    "crm.type.add": {"fields": {"title": "x", "isStagesEnabled": "Y"}},
    "crm.type.update": {"id": 1, "fields": {"title": "y", "isLinkWithProductsEnabled": "Y"}},
    "crm.type.getByEntityTypeId": {"entityTypeId": 1030},
    "crm.type.delete": {"id": 1},
    "crm.timeline.comment.add": {"fields": _COMMENT | {"COMMENT": "x"}},
    "crm.timeline.comment.list": {"filter": _COMMENT},
    "crm.stagehistory.list": {"entityTypeId": 2},
    "method.get": {"name": "profile"},
}
for _name in ("item", "lead", "deal", "contact", "company"):
    CALLS[f"crm.{_name}.details.configuration.set"] = {"entityTypeId": 2, "data": [_SECTION]}
    for _verb in ("get", "reset", "forceCommonScopeForAll"):
        CALLS[f"crm.{_name}.details.configuration.{_verb}"] = {"entityTypeId": 2}
for _prefix, _key in _BINDINGS.items():
    CALLS[f"{_prefix}.add"] = {"id": 1, "fields": {_key: 2}}
    CALLS[f"{_prefix}.delete"] = {"id": 1, "fields": {_key: 1}}
    CALLS[f"{_prefix}.items.set"] = {"id": 1, "items": [{_key: 1}]}

#: where a schema contradicts its own page or cannot be met by any portal
DEVIATIONS: dict[str, str] = {
    "crm.contact.company.delete": "fields.COMPANY_ID is a key inside fields, not a parameter",
    "crm.company.contact.delete": "fields.CONTACT_ID is a key inside fields, not a parameter",
}


def prepare(portal: Portal) -> None:
    """Put one of everything under the id 1, a second contact and company, a third funnel and a second currency."""
    for name, fields in (("lead", _PHONE), ("contact", _PHONE), ("company", {"TITLE": "x"}), ("deal", {})):
        portal.call(f"crm.{name}.add", {"fields": fields})
    for name, fields in (("quote", {"TITLE": "x"}), ("contact", {"NAME": "A"}), ("company", {"TITLE": "x"})):
        portal.call(f"crm.{name}.add", {"fields": fields})
    portal.call("crm.item.add", {"entityTypeId": 31, "fields": {}})
    for prefix, key in _BINDINGS.items():
        portal.call(f"{prefix}.items.set", {"id": 1, "items": [{key: 1}]})
    portal.call("crm.item.productrow.set", CALLS["crm.item.productrow.set"])
    portal.call("crm.category.add", CALLS["crm.category.add"])
    portal.call("crm.type.add", CALLS["crm.type.add"])
    for name in ("lead", "deal", "contact", "company"):
        method = f"crm.{name}.details.configuration.set"
        portal.call(method, CALLS[method])
    portal.call("crm.currency.add", {"fields": {"CURRENCY": "USD", "AMOUNT_CNT": 1, "AMOUNT": 90}})
    portal.call("crm.duplicate.volatileType.register", {"entityTypeId": 1, "fieldCode": "TITLE"})
    portal.call("crm.timeline.comment.add", CALLS["crm.timeline.comment.add"])
    for name in ("lead", "quote"):
        portal.call(f"crm.{name}.productrows.set", _CLASSIC_ROWS)
