"""Good calls about orders and payments."""

from typing import Any

from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.callers import Application, Caller
from sverka.sandbox.portal.state import Item

_ORDER = {"lid": "s1", "personTypeId": 2, "currency": "RUB"}
_ITEM = {"orderId": 1, "productId": 1, "name": "Mug", "currency": "RUB", "quantity": 2, "price": 100}
_PRODUCT = {"orderId": 1, "productId": 1, "name": "Mug", "currency": "RUB", "quantity": 1}
_SHIPMENT = {"orderId": 1, "allowDelivery": "N", "deducted": "N", "deliveryId": 2, "basePriceDelivery": 300}
_CHANGED = {"allowDelivery": "Y", "deducted": "Y", "deliveryId": 2}
_PROPERTY = {"personTypeId": 2, "propsGroupId": 2, "name": "Note", "type": "STRING"}
_SETTINGS = {"settings": {"multiline": "Y", "maxlength": "100"}}
_VALUES = [{"orderPropsId": 1, "value": "Firm"}]
_VARIANT = {"orderPropsId": 1, "name": "Red", "value": "red"}
_RELATION = {"entityId": 1, "entityType": "P", "propertyId": 1}
_STATUS_NAME = {"statusId": "MS", "lid": "en", "name": "Mine"}
_LINK = {"orderId": 1, "ownerTypeId": 2, "ownerId": 1}
_HANDLER = {
    "NAME": "Courier",
    "CODE": "courier",
    "SETTINGS": {
        "CALCULATE_URL": "https://example.com/calculate",
        "CREATE_DELIVERY_REQUEST_URL": "https://example.com/create",
        "CANCEL_DELIVERY_REQUEST_URL": "https://example.com/cancel",
        "HAS_CALLBACK_TRACKING_SUPPORT": "Y",
        "CONFIG": [{"TYPE": "STRING", "NAME": "Key", "CODE": "KEY"}],
    },
    "PROFILES": [{"NAME": "Foot", "CODE": "FOOT", "DESCRIPTION": ""}],
}
_DELIVERY = {"REST_CODE": "courier", "NAME": "Courier", "CURRENCY": "RUB"}
_EXTRA = {"DELIVERY_ID": 3, "TYPE": "enum", "NAME": "Box", "ITEMS": [{"TITLE": "Small", "CODE": "S", "PRICE": 10}]}
_REQUEST = {"DELIVERY_ID": 3, "REQUEST_ID": "r1"}
_PAY_HANDLER = {"NAME": "Bank", "CODE": "bank", "SETTINGS": {"CODES": {"KEY": {"NAME": "Key"}}}}
_PAY_SYSTEM = {
    "NAME": "Bank card",
    "PERSON_TYPE_ID": 2,
    "BX_REST_HANDLER": "bank",
    "ENTITY_REGISTRY_TYPE": "ORDER",
    "SETTINGS": {
        "REST_SERVICE_ID_IFRAME": {"TYPE": "VALUE", "VALUE": "n"},
        "REST_SERVICE_KEY_IFRAME": {"TYPE": "VALUE", "VALUE": "k"},
        "PS_WORK_MODE_IFRAME": {"TYPE": "INPUT", "VALUE": "REGULAR"},
    },
}
_PAID = {"PAYMENT_ID": 1, "PAY_SYSTEM_ID": 3}
_ID = {"id": 1}
_UPPER_ID = {"ID": 1}

CALLS: dict[str, dict[str, Any]] = {
    "sale.order.add": {"fields": _ORDER},
    "sale.order.update": {"id": 1, "fields": {"comments": "x"}},
    "sale.order.delete": {"id": 2},
    "sale.basketitem.add": {"fields": _ITEM},
    "sale.basketitem.update": {"id": 1, "fields": {"quantity": 3}},
    "sale.basketitem.addCatalogProduct": {"fields": _PRODUCT},
    "sale.basketitem.updateCatalogProduct": {"id": 1, "fields": {"quantity": 3}},
    "sale.basketproperties.add": {"fields": {"basketId": 1, "name": "Colour", "value": "red", "code": "COLOUR"}},
    "sale.basketproperties.update": {"id": 1, "fields": {"value": "blue"}},
    "sale.payment.add": {"fields": {"orderId": 1, "paySystemId": 1, "sum": 5}},
    "sale.payment.update": {"id": 1, "fields": {"paid": "Y"}},
    "sale.paymentitembasket.add": {"fields": {"paymentId": 1, "basketId": 2, "quantity": 1}},
    "sale.paymentitembasket.update": {"id": 1, "fields": {"quantity": 1}},
    "sale.paymentItemShipment.add": {"fields": {"paymentId": 2, "shipmentId": 1}},
    "sale.paymentItemShipment.update": {"id": 1, "fields": {"xmlId": "x"}},
    "sale.shipment.add": {"fields": _SHIPMENT},
    "sale.shipment.update": {"id": 1, "fields": _CHANGED},
    "sale.shipmentitem.add": {"fields": {"orderDeliveryId": 1, "basketId": 2, "quantity": 1}},
    "sale.shipmentitem.update": {"id": 1, "fields": {"quantity": 2}},
    "sale.property.add": {"fields": _PROPERTY | _SETTINGS},
    "sale.property.update": {"id": 1, "fields": {"name": "x"} | _SETTINGS},
    "sale.property.getfieldsbytype": {"type": "NUMBER"},
    "sale.shipmentproperty.add": {"fields": _PROPERTY | _SETTINGS},
    "sale.shipmentproperty.update": {"id": 1, "fields": {"name": "x"} | _SETTINGS},
    "sale.shipmentproperty.getfieldsbytype": {"type": "NUMBER"},
    "sale.propertygroup.add": {"fields": {"personTypeId": 2, "name": "More"}},
    "sale.propertygroup.update": {"id": 1, "fields": {"name": "x"}},
    "sale.propertyvariant.add": {"fields": _VARIANT},
    "sale.propertyvariant.update": {"id": 1, "fields": {"name": "Blue", "value": "blue"}},
    "sale.propertyRelation.add": {"fields": _RELATION | {"entityId": 2}},
    "sale.propertyRelation.deleteByFilter": {"fields": _RELATION},
    "sale.propertyvalue.modify": {"fields": {"order": {"id": 1, "propertyValues": _VALUES}}},
    "sale.shipmentpropertyvalue.modify": {
        "fields": {"shipment": {"id": 1, "propertyValues": [{"shipmentPropsId": 1, "value": "x"}]}}
    },
    "sale.persontype.add": {"fields": {"name": "Friends", "code": "FRIENDS"}},
    "sale.persontype.update": {"id": 1, "fields": {"name": "Firms"}},
    "sale.persontype.delete": {"id": 3},
    "sale.status.add": {"fields": {"id": "XX", "type": "O"}},
    "sale.status.get": {"id": "N"},
    "sale.status.update": {"id": "MS", "fields": {"type": "O", "sort": 7}},
    "sale.status.delete": {"id": "MS"},
    "sale.statusLang.add": {"fields": _STATUS_NAME | {"lid": "ru"}},
    "sale.statusLang.deleteByFilter": {"fields": _STATUS_NAME},
    "sale.businessValuePersonDomain.add": {"fields": {"personTypeId": 3, "domain": "I"}},
    "sale.businessValuePersonDomain.deleteByFilter": {"fields": {"personTypeId": 1, "domain": "E"}},
    "sale.delivery.handler.add": _HANDLER | {"CODE": "other"},
    "sale.delivery.handler.update": {"ID": 1, "NAME": "x"},
    "sale.delivery.handler.delete": _UPPER_ID,
    "sale.delivery.add": _DELIVERY,
    "sale.delivery.update": {"ID": 3, "NAME": "x"},
    "sale.delivery.delete": {"ID": 3},
    "sale.delivery.config.get": {"ID": 3},
    "sale.delivery.config.update": {"ID": 3, "CONFIG": [{"CODE": "A", "VALUE": "2"}]},
    "sale.delivery.extra.service.add": _EXTRA,
    "sale.delivery.extra.service.get": {"DELIVERY_ID": 3},
    "sale.delivery.extra.service.update": {"ID": 1, "NAME": "x"},
    "sale.delivery.extra.service.delete": _UPPER_ID,
    "sale.delivery.request.update": _REQUEST | {"STATUS": {"TEXT": "On the way", "SEMANTIC": "process"}},
    "sale.delivery.request.sendmessage": _REQUEST | {"ADDRESSEE": "MANAGER", "MESSAGE": {"SUBJECT": "x", "BODY": "y"}},
    "sale.delivery.request.delete": _REQUEST,
    "sale.paysystem.handler.add": _PAY_HANDLER | {"CODE": "other"},
    "sale.paysystem.handler.update": {"ID": 1, "FIELDS": {"NAME": "x"}},
    "sale.paysystem.handler.delete": {"ID": 2},
    "sale.paysystem.add": _PAY_SYSTEM,
    "sale.paysystem.update": {"ID": 3, "FIELDS": {"NAME": "x"}},
    "sale.paysystem.delete": {"ID": 3},
    "sale.paysystem.settings.get": {"ID": 3, "PERSON_TYPE_ID": 2},
    "sale.paysystem.settings.update": {"ID": 3, "SETTINGS": {"KEY": {"TYPE": "VALUE", "VALUE": "z"}}},
    "sale.paysystem.settings.payment.get": _PAID,
    "sale.paysystem.pay.payment": _PAID,
    "crm.item.payment.add": {"entityId": 1, "entityTypeId": 2},
    "crm.item.payment.list": {"entityId": 1, "entityTypeId": 2},
    "crm.item.payment.get": _ID,
    "crm.item.payment.update": {"id": 1, "fields": {"paid": "Y", "paySystemId": 2}},
    "crm.item.payment.pay": _ID,
    "crm.item.payment.unpay": _ID,
    "crm.item.payment.delete": _ID,
    "crm.item.payment.product.add": {"paymentId": 2, "rowId": 1, "quantity": 1},
    "crm.item.payment.product.list": {"paymentId": 2, "filter": {">id": 0}},
    "crm.item.payment.product.setQuantity": {"id": 1, "quantity": 2},
    "crm.item.payment.product.delete": _ID,
    "crm.item.payment.delivery.add": {"paymentId": 2, "deliveryId": 1},
    "crm.item.payment.delivery.list": {"paymentId": 1, "filter": {">id": 0}},
    "crm.item.payment.delivery.setDelivery": {"id": 1, "deliveryId": 1},
    "crm.item.payment.delivery.delete": _ID,
    "crm.item.delivery.list": {"entityId": 1, "entityTypeId": 2},
    "crm.item.delivery.get": _ID,
    "crm.orderentity.add": {"fields": _LINK | {"orderId": 2}},
    "crm.orderentity.deleteByFilter": {"fields": _LINK},
    "salescenter.payment.getPublicUrl": _ID,
    "messageservice.sender.add": {"CODE": "x", "TYPE": "SMS", "HANDLER": "https://example.com/sms", "NAME": "x"},
    "messageservice.sender.update": {"CODE": "mine", "NAME": "x"},
    "messageservice.sender.delete": {"CODE": "mine"},
    "messageservice.sender.list": {},
    "messageservice.message.status.update": {"CODE": "mine", "MESSAGE_ID": f"{1:032x}", "STATUS": "sent"},
}

DEVIATIONS = {
    "sale.basketitem.updateCatalogProduct": "the example once writes roductid for productId",
    "sale.propertyvariant.getFields": "the example writes xnlId for xmlId",
}


def prepare(portal: Portal) -> None:
    """Make an order with all of its parts as the order of deal 1, and one more without anything."""
    products = portal.core.state.tables["catalogProduct"]
    products.setdefault(1, Item(0, 1, {"id": 1, "name": "Mug"}))
    for method, fields in (
        ("sale.order.add", _ORDER),
        ("sale.order.add", _ORDER),
        ("crm.orderentity.add", _LINK),
        ("sale.basketitem.add", _ITEM),
        ("sale.basketitem.add", _ITEM),
        ("sale.basketproperties.add", CALLS["sale.basketproperties.add"]["fields"]),
        ("sale.payment.add", {"orderId": 1, "paySystemId": 1}),
        ("sale.payment.add", {"orderId": 1, "paySystemId": 1}),
        ("sale.paymentitembasket.add", {"paymentId": 1, "basketId": 1, "quantity": 1}),
        ("sale.shipment.add", _SHIPMENT),
        ("sale.paymentItemShipment.add", {"paymentId": 1, "shipmentId": 1}),
        ("sale.shipmentitem.add", {"orderDeliveryId": 1, "basketId": 1, "quantity": 1}),
        ("sale.propertyvariant.add", _VARIANT),
        ("sale.propertyRelation.add", _RELATION),
        ("sale.persontype.add", CALLS["sale.persontype.add"]["fields"]),
        ("sale.status.add", {"id": "MS", "type": "O"}),
        ("sale.statusLang.add", _STATUS_NAME),
    ):
        portal.call(method, {"fields": fields})
    for method in ("sale.propertyvalue.modify", "sale.shipmentpropertyvalue.modify"):
        portal.call(method, CALLS[method])
    for method, params in (
        ("sale.delivery.handler.add", _HANDLER),
        ("sale.delivery.add", _DELIVERY | {"CONFIG": [{"CODE": "A", "VALUE": "1"}]}),
        ("sale.delivery.extra.service.add", _EXTRA),
        ("sale.paysystem.handler.add", _PAY_HANDLER),
        ("sale.paysystem.handler.add", _PAY_HANDLER | {"CODE": "unused"}),
        ("sale.paysystem.add", _PAY_SYSTEM),
    ):
        portal.call(method, params)
    portal.order_delivery(3, "r1")
    applications = portal.access.applications
    if not applications:
        applications["sms"] = Application("sms", "secret", "token")
    caller = Caller(1, application=next(iter(applications.values())))
    portal.call_as(caller, "messageservice.sender.add", CALLS["messageservice.sender.add"] | {"CODE": "mine"})
    portal.send_message("mine", "+70000000000", "Paid")
