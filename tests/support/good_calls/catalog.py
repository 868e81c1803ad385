"""Good calls about the catalogue."""

from typing import Any

from sverka.sandbox.portal import Portal

_GOODS = {"iblockId": 14, "name": "x"}
_OFFER = {"iblockId": 15, "name": "x", "parentId": 2}
_PICTURE = ["a.png", "aGVsbG8="]
_DOWNLOAD = {"fileId": 1, "productId": 1, "fieldName": "previewPicture"}
_LISTED = {"select": ["id", "iblockId", "*"], "filter": {"iblockId": 14}}
_FIELDS = {"filter": {"iblockId": 14}}
_PRICE = {"productId": 1, "catalogGroupId": 1, "price": 100.5, "currency": "RUB"}
_DOCUMENT = {"docType": "A", "currency": "RUB", "responsibleId": 1}
_FEATURE = {"propertyId": 4, "moduleId": "iblock", "featureId": "LIST_PAGE_SHOW", "isEnabled": "Y"}
_ROUNDING = {"catalogGroupId": 1, "price": 1000, "roundType": 4, "roundPrecision": 100}
_LANG = {"catalogGroupId": 1, "name": "Price", "lang": "en"}

#: a good call of every method whose parameters do not follow from its name
CALLS: dict[str, dict[str, Any]] = {
    "catalog.catalog.get": {"id": 14},
    "catalog.catalog.isOffers": {"id": 15},
    "crm.catalog.get": {"id": 14},
    "catalog.measure.add": {"fields": {"code": 715, "measureTitle": "Пара"}},
    "catalog.measure.update": {"id": 1, "fields": {"measureTitle": "Пара"}},
    "crm.measure.add": {"fields": {"CODE": 715, "MEASURE_TITLE": "Пара"}},
    "crm.measure.update": {"id": 1, "fields": {"MEASURE_TITLE": "Пара"}},
    "catalog.vat.add": {"fields": {"name": "x", "rate": 13}},
    "catalog.vat.update": {"id": 1, "fields": {"name": "x", "rate": 13}},
    "crm.vat.add": {"fields": {"NAME": "x", "RATE": 13}},
    "crm.vat.update": {"id": 1, "fields": {"NAME": "x", "RATE": 13}},
    "catalog.priceType.add": {"fields": {"name": "x"}},
    "catalog.priceType.update": {"id": 1, "fields": {"name": "x"}},
    "catalog.priceType.delete": {"id": 2},
    "catalog.priceTypeLang.add": {"fields": _LANG},
    "catalog.priceTypeLang.update": {"id": 1, "fields": {"name": "x"}},
    "catalog.priceTypeGroup.add": {"fields": {"catalogGroupId": 1, "groupId": 23, "access": "N"}},
    "catalog.roundingRule.add": {"fields": _ROUNDING},
    "catalog.roundingRule.update": {"id": 1, "fields": _ROUNDING},
    "catalog.section.add": {"fields": _GOODS},
    "catalog.section.update": {"id": 1, "fields": _GOODS},
    "crm.productsection.add": {"fields": {"NAME": "x"}},
    "crm.productsection.update": {"id": 1, "fields": {"NAME": "x"}},
    "catalog.productProperty.add": {"fields": _GOODS | {"propertyType": "S"}},
    "catalog.productProperty.update": {"id": 4, "fields": {"iblockId": 14, "name": "x"}},
    "catalog.productPropertyEnum.add": {"fields": {"propertyId": 4, "value": "x", "xmlId": "x"}},
    "catalog.productPropertyEnum.update": {"id": 1, "fields": {"propertyId": 4, "value": "x", "xmlId": "x"}},
    "catalog.productPropertyFeature.add": {"fields": _FEATURE | {"featureId": "DETAIL_PAGE_SHOW"}},
    "catalog.productPropertyFeature.update": {"id": 1, "fields": _FEATURE | {"isEnabled": "N"}},
    "catalog.productPropertyFeature.getAvailableFeaturesByProperty": {"propertyId": 4},
    "catalog.productPropertySection.get": {"propertyId": 4},
    "catalog.productPropertySection.set": {"propertyId": 4, "fields": {"smartFilter": "Y"}},
    "crm.product.property.add": {"fields": {"NAME": "x", "PROPERTY_TYPE": "S"}},
    "crm.product.property.get": {"id": 4},
    "crm.product.property.update": {"id": 4, "fields": {"NAME": "x"}},
    "crm.product.property.delete": {"id": 4},
    "crm.product.property.settings.fields": {"propertyType": "S", "userType": "HTML"},
    "crm.product.add": {"fields": {"NAME": "x"}},
    "crm.product.update": {"id": 1, "fields": {"NAME": "x"}},
    "catalog.product.add": {"fields": _GOODS},
    "catalog.product.update": {"id": 1, "fields": {"name": "x"}},
    "catalog.product.list": _LISTED,
    "catalog.product.getFieldsByFilter": _FIELDS,
    "catalog.product.download": {"fields": _DOWNLOAD},
    "catalog.product.sku.add": {"fields": _GOODS},
    "catalog.product.sku.get": {"id": 2},
    "catalog.product.sku.update": {"id": 2, "fields": {"name": "x"}},
    "catalog.product.sku.delete": {"id": 2},
    "catalog.product.sku.list": _LISTED,
    "catalog.product.sku.getFieldsByFilter": _FIELDS,
    "catalog.product.sku.download": {"fields": _DOWNLOAD | {"fileId": 2, "productId": 2}},
    "catalog.product.offer.add": {"fields": _OFFER},
    "catalog.product.offer.get": {"id": 3},
    "catalog.product.offer.update": {"id": 3, "fields": {"name": "x"}},
    "catalog.product.offer.delete": {"id": 3},
    "catalog.product.offer.list": _LISTED | {"filter": {"iblockId": 15}},
    "catalog.product.offer.getFieldsByFilter": {"filter": {"iblockId": 15}},
    "catalog.product.offer.download": {"fields": _DOWNLOAD | {"fileId": 3, "productId": 3}},
    "catalog.product.service.add": {"fields": _GOODS},
    "catalog.product.service.get": {"id": 4},
    "catalog.product.service.update": {"id": 4, "fields": {"name": "x"}},
    "catalog.product.service.delete": {"id": 4},
    "catalog.product.service.list": _LISTED,
    "catalog.product.service.getFieldsByFilter": _FIELDS,
    "catalog.product.service.download": {"fields": _DOWNLOAD | {"fileId": 4, "productId": 4}},
    "catalog.productImage.add": {"fields": {"productId": 1}, "fileContent": _PICTURE},
    "catalog.productImage.get": {"productId": 1, "id": 1},
    "catalog.productImage.list": {"productId": 1},
    "catalog.productImage.delete": {"productId": 1, "id": 1},
    "catalog.price.add": {"fields": _PRICE | {"productId": 3}},
    "catalog.price.update": {"id": 1, "fields": {"price": 2, "currency": "RUB"}},
    "catalog.price.modify": {"fields": {"product": {"id": 1, "prices": [_PRICE]}}},
    "catalog.store.add": {"fields": {"address": "x"}},
    "catalog.store.update": {"id": 1, "fields": {"title": "x"}},
    "catalog.store.delete": {"id": 2},
    "catalog.document.add": {"fields": _DOCUMENT},
    "catalog.document.update": {"id": 2, "fields": {"title": "x"}},
    "catalog.document.delete": {"id": 2},
    "catalog.document.deleteList": {"documentIds": [2]},
    "catalog.document.conduct": {"id": 2},
    "catalog.document.confirm": {"id": 2},
    "catalog.document.conductList": {"documentIds": [2]},
    "catalog.document.cancel": {"id": 1},
    "catalog.document.unconfirm": {"id": 1},
    "catalog.document.cancelList": {"documentIds": [1]},
    "catalog.document.element.add": {"fields": {"docId": 2, "elementId": 1, "storeTo": 1, "amount": 5}},
    "catalog.document.element.update": {"id": 2, "fields": {"amount": 5}},
    "catalog.document.element.delete": {"id": 2},
    "catalog.documentcontractor.add": {"fields": {"documentId": 3, "entityTypeId": 3, "entityId": 1}},
    "catalog.userfield.document.list": {"select": ["documentType"], "filter": {"documentType": "A"}},
    "catalog.userfield.document.update": {"documentId": 2, "fields": {"documentType": "A"}},
}

#: where the vendor's schema contradicts its own page
_CAPITAL = "the schema says Id, the page's examples and the sister methods id"
DEVIATIONS: dict[str, str] = {
    "catalog.measure.update": _CAPITAL,
    "catalog.priceTypeLang.update": _CAPITAL,
    "catalog.roundingRule.update": _CAPITAL,
}


def prepare(portal: Portal) -> None:
    """Make a product 1, a parent 2 with variation 3, a service 4, and one or two of everything about them."""
    pictured = {"previewPicture": {"fileData": _PICTURE}}
    for name, fields in (("", _GOODS), (".sku", _GOODS), (".offer", _OFFER), (".service", _GOODS)):
        portal.call(f"catalog.product{name}.add", {"fields": fields | pictured})
    portal.call("catalog.section.add", {"fields": _GOODS})
    portal.call("catalog.price.add", {"fields": _PRICE})
    portal.call("catalog.priceType.add", {"fields": {"name": "Опт"}})
    portal.call("catalog.priceTypeGroup.add", {"fields": {"catalogGroupId": 1, "groupId": 23, "access": "Y"}})
    portal.call("catalog.roundingRule.add", {"fields": _ROUNDING})
    portal.call("catalog.productProperty.add", {"fields": _GOODS | {"propertyType": "L"}})
    portal.call("catalog.productPropertyEnum.add", {"fields": {"propertyId": 4, "value": "M", "xmlId": "M"}})
    portal.call("catalog.productPropertyFeature.add", {"fields": _FEATURE})
    portal.call("catalog.store.add", {"fields": {"address": "Второй склад"}})
    portal.settings.inventory = True
    for number in (1, 2, 3):
        portal.call("catalog.document.add", {"fields": _DOCUMENT})
        if number < 3:
            line = {"docId": number, "elementId": 1, "storeTo": 1, "amount": 15, "purchasingPrice": 50}
            portal.call("catalog.document.element.add", {"fields": line})
            bound = {"documentId": number, "entityTypeId": 3, "entityId": 1}
            portal.call("catalog.documentcontractor.add", {"fields": bound})
    portal.call("catalog.document.conduct", {"id": 1})
