"""What the shop keeps: orders with their baskets, payments and shipments."""

from __future__ import annotations

from decimal import Decimal

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.sale.columns import columns, now, shop_table
from sverka.sandbox.portal.state import Item

ZERO = Decimal(0)
NO_ORDER = (400, 200540400001, "order is not exists")
NO_BASKET_ITEM = (400, 200140400001, "basket item is not exists")
NO_PAYMENT = (400, 200640400001, "payment is not exists")
NO_SHIPMENT = (400, 201140400001, "shipment is not exists")

ORDERS = shop_table(
    "sale_order",
    columns(
        integer="id! personTypeId*^ userId^ responsibleId companyId affiliateId empStatusId empCanceledId empMarkedId"
        " version!",
        string="lid*^ accountNumber! additionalInfo comments userDescription orderTopic reasonCanceled reasonMarked"
        " xmlId id1c version1c personTypeXmlId! statusXmlId!",
        crm_currency="currency*^",
        char="statusId lockedBy recurringId",
        boolean="canceled payed! deducted! marked externalOrder recountFlag updated1c",
        double="price discountValue taxValue!",
        datetime="dateInsert dateUpdate! dateStatus! dateCanceled! dateMarked! dateLock!",
    ),
    {
        "statusId": "N",
        "price": ZERO,
        "discountValue": ZERO,
        "taxValue": ZERO,
        "version": 0,
        "recountFlag": "Y",
        "dateUpdate": now,
        "dateStatus": now,
        "userId": lambda core: core.caller.user_id,
        "responsibleId": lambda core: core.caller.user_id,
        "empStatusId": lambda core: core.caller.user_id,
    },
)
BASKET = shop_table(
    "sale_basket",
    columns(
        integer="id! orderId*^ sort productId^ type!",
        string="name* xmlId catalogXmlId^ productXmlId^ measureCode measureName dimensions",
        crm_currency="currency*^",
        boolean="customPrice^ canBuy vatIncluded barcodeMulti!",
        double="price basePrice discountPrice quantity* weight vatRate",
        datetime="dateInsert! dateUpdate!",
    ),
    {
        "sort": 100,
        "productId": 0,
        "measureCode": "796",
        "measureName": "шт",
        "canBuy": "Y",
        "price": ZERO,
        "basePrice": ZERO,
        "discountPrice": ZERO,
        "weight": ZERO,
        "dateUpdate": now,
    },
)
BASKET_PROPERTIES = shop_table(
    "sale_basket_property",
    columns(integer="id! basketId*^ sort", string="name* value* code* xmlId"),
    {"sort": 100},
)
PAYMENTS = shop_table(
    "sale_payment",
    columns(
        integer="id! orderId*^ paySystemId* companyId empPaidId empReturnId responsibleId empResponsibleId empMarkedId"
        " psInvoiceId",
        string="accountNumber! comments xmlId id1c version1c payVoucherNum payReturnNum payReturnComment psStatusCode"
        " psStatusDescription psStatusMessage psCurrency reasonMarked paySystemName! paySystemXmlId! currency!",
        char="psStatus",
        boolean="paid isReturn marked externalPayment updated1c paySystemIsCash!",
        double="sum psSum priceCod",
        datetime="datePaid dateBill datePayBefore payVoucherDate payReturnDate psResponseDate dateMarked!"
        " dateResponsibleId!",
    ),
    {"sum": ZERO, "priceCod": ZERO, "dateBill": now},
)
SHIPMENTS = shop_table(
    "sale_shipment",
    columns(
        integer="id! orderId*^ deliveryId* companyId responsibleId empAllowDeliveryId! empDeductedId! empCanceledId!"
        " empMarkedId! empResponsibleId!",
        string="accountNumber! comments xmlId id1c! version1c! deliveryDocNum trackingNumber trackingDescription!"
        " trackingStatus! trackingLastCheck! deliveryName! deliveryXmlId! statusXmlId! currency! reasonMarked!"
        " reasonUndoDeducted!",
        char="statusId",
        boolean="allowDelivery* deducted* canceled! marked! system! externalDelivery! customPriceDelivery! updated1c!",
        double="basePriceDelivery priceDelivery discountPrice!",
        datetime="deliveryDocDate dateInsert! dateAllowDelivery! dateDeducted! dateCanceled! dateMarked!"
        " dateResponsibleId!",
    ),
    {"statusId": "DN", "basePriceDelivery": ZERO, "priceDelivery": ZERO, "discountPrice": ZERO},
)
SHIPMENT_ITEMS = shop_table(
    "sale_shipment_item",
    columns(
        integer="id! orderDeliveryId*^ basketId*^", string="xmlId", double="quantity* reservedQuantity!",
        datetime="dateInsert!",
    ),
    {"reservedQuantity": ZERO},
)  # fmt: skip
#: what of a basket a payment is for; rows of deals add the value `rowId`
PAID_PRODUCTS = shop_table(
    "payment_product",
    columns(integer="id! paymentId*^ basketId*^", string="xmlId", double="quantity*", datetime="dateInsert!"),
)
PAID_DELIVERIES = shop_table(
    "payment_shipment",
    columns(integer="id! paymentId*^ shipmentId*^", string="xmlId", datetime="dateInsert!"),
)
#: which record of the CRM an order belongs to
OWNERS = shop_table("order_entity", columns(integer="orderId*^ ownerId*^ ownerTypeId*^"))


def order_of(core: Core, order_id: int | None) -> Item:
    """Return an order; RestError when there is none."""
    order = ORDERS.rows(core).get(order_id or 0)
    if order is None:
        raise RestError(*NO_ORDER)
    return order


def payment_of(core: Core, payment_id: int | None) -> Item:
    """Return a payment; RestError when there is none."""
    payment = PAYMENTS.rows(core).get(payment_id or 0)
    if payment is None:
        raise RestError(*NO_PAYMENT)
    return payment
