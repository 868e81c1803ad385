"""Which records a catalogue is made of: its tables and their columns."""

from __future__ import annotations

from decimal import Decimal

from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Table, column

_ID = column("id", "integer", read_only=True)
_YES, _NO = "Y", "N"


def _char(name: str, mandatory: bool = False) -> FieldSpec:
    return column(name, "string", limit=1, mandatory=mandatory)


def _read_only(name: str, kind: str) -> FieldSpec:
    return column(name, kind, read_only=True)  # type: ignore[arg-type]


_MADE = [_read_only("createdBy", "user"), _read_only("dateCreate", "datetime")]
_CHANGED = [_read_only("modifiedBy", "user"), _read_only("timestampX", "datetime")]

CATALOG = Table(
    "catalog",
    [
        column("iblockId", "integer", immutable=True, mandatory=True),
        _read_only("iblockTypeId", "integer"),
        _ID,
        _read_only("lid", "string"),
        _read_only("name", "string"),
        column("productIblockId", "integer"),
        column("skuPropertyId", "integer"),
        _char("subscription"),
        column("vatId", "integer"),
        _char("yandexExport"),
    ],
)
MEASURE = Table(
    "catalogMeasure",
    [
        _ID,
        column("code", "integer", mandatory=True),
        column("isDefault", "boolean"),
        column("measureTitle", mandatory=True),
        column("symbol", upper="SYMBOL_RUS"),
        column("symbolIntl"),
        column("symbolLetterIntl"),
    ],
    {"isDefault": _NO},
)
VAT = Table(
    "catalogVat",
    [
        _ID,
        column("name", mandatory=True),
        column("active", "boolean"),
        column("rate", "double", mandatory=True),
        column("sort", "integer", "C_SORT"),
        _read_only("timestampX", "datetime"),
    ],
    {"active": _YES, "sort": 100},
)
PRICE_TYPE = Table(
    "catalogPriceType",
    [
        _ID,
        column("name", mandatory=True),
        column("base", "boolean"),
        column("sort", "integer"),
        column("xmlId"),
        *_MADE,
        *_CHANGED,
    ],
    {"base": _NO, "sort": 100},
)
PRICE_TYPE_GROUP = Table(
    "catalogPriceTypeGroup",
    [
        column("id", "integer", read_only=True, immutable=True),
        column("catalogGroupId", "integer", mandatory=True),
        column("groupId", "integer", mandatory=True),
        _char("access", mandatory=True),
    ],
)
PRICE_TYPE_LANG = Table(
    "catalogPriceTypeLang",
    [
        _ID,
        column("catalogGroupId", "integer", mandatory=True),
        column("name", mandatory=True),
        column("lang", mandatory=True),
    ],
)
PRICE = Table(
    "catalogPrice",
    [
        _ID,
        column("productId", "integer", immutable=True, mandatory=True),
        column("catalogGroupId", "integer", immutable=True, mandatory=True),
        column("price", "double", mandatory=True),
        column("currency", "crm_currency", mandatory=True),
        column("extraId", "integer"),
        column("quantityFrom", "integer"),
        column("quantityTo", "integer"),
        _read_only("priceScale", "double"),
        _read_only("timestampX", "datetime"),
    ],
)
EXTRA = Table("catalogExtra", [_ID, column("name", mandatory=True), column("percentage", "double", mandatory=True)])
RATIO = Table(
    "catalogRatio",
    [
        _ID,
        column("productId", "integer", mandatory=True),
        column("ratio", "double", mandatory=True),
        column("isDefault", "boolean"),
    ],
    {"ratio": Decimal(1), "isDefault": _YES},
)
ROUNDING = Table(
    "catalogRoundingRule",
    [
        _ID,
        column("catalogGroupId", "integer", mandatory=True),
        column("price", "double", mandatory=True),
        column("roundType", "integer", mandatory=True),
        column("roundPrecision", "double", mandatory=True),
        *_MADE,
        _read_only("modifiedBy", "user"),
        _read_only("dateModify", "datetime"),
    ],
)
SECTION = Table(
    "catalogSection",
    [
        _ID,
        column("iblockId", "integer", "CATALOG_ID", immutable=True, mandatory=True),
        column("iblockSectionId", "integer", "SECTION_ID"),
        column("name", mandatory=True),
        column("xmlId"),
        column("code"),
        column("sort", "integer"),
        column("active", "boolean"),
        column("description", "text"),
        column("descriptionType"),
    ],
    {"sort": 500, "active": _YES, "descriptionType": "text"},
)
STORE = Table(
    "catalogStore",
    [
        _ID,
        column("active", "boolean"),
        column("address", mandatory=True),
        column("code"),
        column("dateCreate", "datetime"),
        column("dateModify", "datetime"),
        column("description"),
        column("email"),
        column("gpsN", "double"),
        column("gpsS", "double"),
        column("imageId", "file"),
        column("issuingCenter", "boolean"),
        column("modifiedBy", "user"),
        column("phone"),
        column("schedule"),
        column("sort", "integer"),
        column("title"),
        column("userId", "user"),
        column("xmlId"),
    ],
    {"active": _YES, "issuingCenter": _NO, "sort": 100, "userId": lambda core: core.caller.user_id},
)
STORE_PRODUCT = Table(
    "catalogStoreProduct",
    [
        _ID,
        _read_only("productId", "integer"),
        _read_only("storeId", "integer"),
        _read_only("amount", "double"),
        _read_only("quantityReserved", "double"),
    ],
    {"amount": Decimal(0)},
)
PROPERTY = Table(
    "catalogProperty",
    [
        _ID,
        column("iblockId", "integer", "IBLOCK_ID", immutable=True, mandatory=True),
        column("name", mandatory=True),
        column("propertyType", mandatory=True),
        column("active", "boolean"),
        column("code"),
        column("colCount", "integer"),
        column("defaultValue"),
        column("fileType"),
        column("filtrable", "boolean"),
        column("hint"),
        column("isRequired", "boolean", "IS_REQUIRED"),
        column("linkIblockId", "integer"),
        _char("listType"),
        column("multiple", "boolean"),
        column("multipleCnt", "integer"),
        column("rowCount", "integer"),
        column("searchable", "boolean"),
        column("sort", "integer"),
        _read_only("timestampX", "datetime"),
        column("userType"),
        column("userTypeSettings"),
        column("withDescription", "boolean"),
        column("xmlId"),
    ],
    {
        "active": _YES, "colCount": 30, "filtrable": _NO, "isRequired": _NO, "listType": "L", "multiple": _NO,
        "rowCount": 1, "searchable": _NO, "sort": 500, "withDescription": _NO,
    },
)  # fmt: skip
ENUM = Table(
    "catalogPropertyEnum",
    [
        _ID,
        column("propertyId", "integer", mandatory=True),
        column("value", mandatory=True),
        column("xmlId", mandatory=True),
        column("def", "boolean"),
        column("sort", "integer"),
    ],
    {"def": _NO, "sort": 500},
)
FEATURE = Table(
    "catalogPropertyFeature",
    [
        _ID,
        column("propertyId", "integer", mandatory=True),
        column("moduleId", mandatory=True),
        column("featureId", mandatory=True),
        _char("isEnabled", mandatory=True),
    ],
)
PROPERTY_SECTION = Table(
    "catalogPropertySection",
    [
        column("propertyId", "integer", read_only=True),
        _char("smartFilter"),
        _char("displayType"),
        _char("displayExpanded"),
        column("filterHint"),
    ],
    {"smartFilter": _NO, "displayType": "F", "displayExpanded": _NO},
)
#: pictures and files of products; `type` is DETAIL_PICTURE, PREVIEW_PICTURE, MORE_PHOTO or the property's name
FILE = Table(
    "catalogFile",
    [
        _ID,
        _read_only("name", "string"),
        column("productId", "string", mandatory=True),
        column("type"),
        _read_only("createTime", "datetime"),
        _read_only("downloadUrl", "string"),
        _read_only("detailUrl", "string"),
    ],
)
DOCUMENT = Table(
    "catalogDocument",
    [
        _ID,
        column("docType", limit=1, immutable=True, mandatory=True),
        column("currency", "crm_currency", immutable=True, mandatory=True),
        column("responsibleId", "user", mandatory=True),
        column("siteId", immutable=True),
        column("title"),
        column("docNumber"),
        column("commentary"),
        column("total", "double"),
        column("dateDocument", "datetime"),
        column("dateCreate", "datetime", immutable=True),
        column("dateModify", "datetime"),
        _read_only("dateStatus", "datetime"),
        column("createdBy", "user", immutable=True),
        column("modifiedBy", "user"),
        column("status", limit=1, read_only=True),
        _read_only("statusBy", "user"),
    ],
    {"siteId": "s1", "status": _NO, "dateStatus": lambda core: core.now()},
)
DOCUMENT_ELEMENT = Table(
    "catalogDocumentElement",
    [
        _ID,
        column("docId", "integer", immutable=True, mandatory=True),
        column("elementId", "integer", immutable=True, mandatory=True),
        column("storeFrom", "integer"),
        column("storeTo", "integer"),
        column("amount", "double"),
        column("purchasingPrice", "double"),
    ],
)
CONTRACTOR = Table(
    "catalogDocumentContractor",
    [
        _ID,
        column("documentId", "integer", mandatory=True),
        column("entityTypeId", "integer", mandatory=True),
        column("entityId", "integer", mandatory=True),
    ],
)

_PRODUCT_COLUMNS = [
    _ID,
    column("iblockId", "integer", "CATALOG_ID", immutable=True, mandatory=True),
    column("name", mandatory=True),
    column("active", "boolean"),
    column("available", "boolean", read_only=True),
    column("barcodeMulti", "boolean"),
    column("bundle", "boolean", read_only=True),
    column("canBuyZero", limit=1),
    column("code"),
    column("createdBy", "user"),
    column("dateActiveFrom", "datetime"),
    column("dateActiveTo", "datetime"),
    column("dateCreate", "datetime"),
    column("detailPicture", "file"),
    column("detailText", "text", "DESCRIPTION"),
    column("detailTextType", upper="DESCRIPTION_TYPE"),
    column("height", "double"),
    column("iblockSectionId", "integer", "SECTION_ID"),
    column("iblockSection", "integer", multiple=True),
    column("length", "double"),
    column("measure", "integer"),
    column("modifiedBy", "user"),
    column("negativeAmountTrace", limit=1, read_only=True),
    column("previewPicture", "file"),
    column("previewText", "text"),
    column("previewTextType"),
    column("priceType", limit=1),
    column("purchasingCurrency", "crm_currency"),
    column("purchasingPrice", "double"),
    column("quantity", "double"),
    column("quantityReserved", "double"),
    column("quantityTrace", limit=1),
    column("recurSchemeLength", "integer"),
    column("recurSchemeType", limit=1),
    column("sort", "integer"),
    column("subscribe", limit=1),
    column("timestampX", "datetime"),
    column("trialPriceId", "integer"),
    column("type", "integer", read_only=True),
    column("vatId", "integer"),
    column("vatIncluded", "boolean"),
    column("weight", "double"),
    column("width", "double"),
    column("withoutOrder", "boolean"),
    column("xmlId"),
]
#: values of properties lie beside the columns, as `propertyN`, lists of values in order
PRODUCT = Table(
    "catalogProduct",
    _PRODUCT_COLUMNS,
    {
        "active": _YES, "available": _YES, "barcodeMulti": _NO, "bundle": _NO, "canBuyZero": _NO,
        "detailTextType": "text", "negativeAmountTrace": _NO, "priceType": "S", "previewTextType": "text",
        "quantity": Decimal(0), "quantityReserved": Decimal(0),
        "quantityTrace": "D", "recurSchemeLength": 0, "recurSchemeType": "D", "sort": 500, "subscribe": "D",
        "vatIncluded": _NO, "withoutOrder": _NO,
    },
)  # fmt: skip
