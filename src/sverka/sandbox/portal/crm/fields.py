"""Which fields leads, deals, contacts, companies, quotes and invoices have, under both of their names."""

from __future__ import annotations

import re

from sverka.sandbox.portal.records.specs import FieldSpec, Kind, upper_name

LEAD, DEAL, CONTACT, COMPANY, QUOTE, SMART_INVOICE = 1, 2, 3, 4, 7, 31
NAMES = {
    LEAD: "LEAD", DEAL: "DEAL", CONTACT: "CONTACT", COMPANY: "COMPANY", QUOTE: "QUOTE", SMART_INVOICE: "SMART_INVOICE",
}  # fmt: skip
TITLES = {
    LEAD: "Lead", DEAL: "Deal", CONTACT: "Contact", COMPANY: "Company", QUOTE: "Quote", SMART_INVOICE: "Invoice",
}  # fmt: skip
ABBREVIATIONS = {"L": LEAD, "D": DEAL, "C": CONTACT, "CO": COMPANY, "Q": QUOTE, "SI": SMART_INVOICE}

_UPPER = {
    "createdTime": "DATE_CREATE",
    "updatedTime": "DATE_MODIFY",
    "createdBy": "CREATED_BY_ID",
    "updatedBy": "MODIFY_BY_ID",
    "movedBy": "MOVED_BY_ID",
}
_STATUS_UPPER = {"stageId": "STATUS_ID", "stageSemanticId": "STATUS_SEMANTIC_ID"}


def _f(name: str, kind: Kind, **extra: bool | int | str) -> FieldSpec:
    upper = str(extra.pop("upper", _UPPER.get(name) or upper_name(name)))
    return FieldSpec(name, kind, upper, **extra)  # type: ignore[arg-type]


def _strings(names: str, limit: int = 255) -> list[FieldSpec]:
    return [_f(name, "string", limit=limit) for name in names.split()]


def _read_only(kind: Kind, names: str) -> list[FieldSpec]:
    return [_f(name, kind, read_only=True) for name in names.split()]


_COMMON = [
    _f("id", "integer", read_only=True),
    *_read_only("datetime", "createdTime updatedTime"),
    *_read_only("user", "createdBy updatedBy"),
    _f("assignedById", "user"),
    _f("opened", "boolean"),
    _f("comments", "text", limit=65535),
    _f("sourceId", "crm_status", status_type="SOURCE"),
    _f("sourceDescription", "text", limit=65535),
    *_strings("originatorId originId utmSource utmMedium utmCampaign utmContent utmTerm"),
    _f("observers", "user", multiple=True, universal_only=True),
    _f("webformId", "integer"),
    _f("lastActivityBy", "user", read_only=True),
    _f("lastActivityTime", "datetime", read_only=True),
]
_SUMS = [
    _f("opportunity", "double"),
    _f("isManualOpportunity", "boolean"),
    _f("currencyId", "crm_currency"),
]
_STAGES = [
    _f("stageSemanticId", "string", read_only=True),
    _f("movedBy", "user", read_only=True),
    _f("movedTime", "datetime", read_only=True),
]
_CLIENT = [
    _f("companyId", "crm_company"),
    _f("contactId", "crm_contact"),
    _f("contactIds", "crm_contact", multiple=True, unread=True),
]
_PERSON = [*_strings("name lastName secondName post"), _f("birthdate", "date")]
_FLAGS = _read_only("boolean", "hasPhone hasEmail hasImol")

_DEAL = [
    *_COMMON,
    *_SUMS,
    *_STAGES,
    *_CLIENT,
    _f("title", "string", limit=255),
    _f("categoryId", "crm_category", immutable=True),
    _f("stageId", "crm_status", status_type="DEAL_STAGE"),
    _f("typeId", "crm_status", status_type="DEAL_TYPE"),
    _f("leadId", "crm_lead"),
    _f("taxValue", "double"),
    _f("probability", "integer"),
    _f("begindate", "date"),
    _f("closedate", "date"),
    _f("additionalInfo", "text", limit=65535),
    _f("locationId", "location"),
    _f("orderStage", "string", read_only=True, universal_only=True),
    *_read_only("crm_quote", "quoteId"),
    *_read_only("boolean", "isNew closed"),
    *[_f(name, "boolean") for name in ("isRecurring", "isReturnCustomer", "isRepeatedApproach")],
]
_LEAD = [
    *_COMMON,
    *_SUMS,
    *_STAGES,
    *_CLIENT,
    *_PERSON,
    *_FLAGS,
    _f("title", "string", limit=255),
    _f("stageId", "crm_status", status_type="STATUS"),
    _f("statusDescription", "text", limit=65535),
    _f("honorific", "crm_status", status_type="HONORIFIC"),
    *_strings("companyTitle"),
    _f("dateClosed", "datetime", read_only=True),
    *_read_only("boolean", "isReturnCustomer isConvert"),
]
_CONTACT = [
    *_COMMON,
    *_PERSON,
    *_FLAGS,
    _f("typeId", "crm_status", status_type="CONTACT_TYPE"),
    _f("honorific", "crm_status", status_type="HONORIFIC"),
    _f("companyId", "crm_company"),
    _f("companyIds", "crm_company", multiple=True, unread=True),
    _f("leadId", "crm_lead"),
    _f("export", "boolean"),
    *_strings("originVersion"),
]
_COMPANY = [
    *_COMMON,
    *_FLAGS,
    _f("title", "string", limit=255),
    _f("typeId", "crm_status", status_type="COMPANY_TYPE", upper="COMPANY_TYPE"),
    _f("industry", "crm_status", status_type="INDUSTRY"),
    _f("employees", "crm_status", status_type="EMPLOYEES"),
    _f("revenue", "double"),
    _f("currencyId", "crm_currency"),
    _f("leadId", "crm_lead"),
    _f("isMyCompany", "boolean"),
    _f("bankingDetails", "text", limit=65535),
    _f("addressLegal", "text", limit=65535),
    _f("contactIds", "crm_contact", multiple=True, universal_only=True),
    *_strings("originVersion"),
]


_NO_SOURCE = {"sourceId", "sourceDescription", "originatorId", "originId", "observers"}
_PAPER = [
    *_SUMS,
    *_CLIENT,
    _f("title", "string", limit=255),
    _f("taxValue", "double"),
    _f("mycompanyId", "crm_company"),
    _f("begindate", "date"),
    _f("closedate", "date"),
    _f("locationId", "location"),
]
_QUOTE = [
    *[spec for spec in _COMMON if spec.name not in _NO_SOURCE],
    *_PAPER,
    _f("quoteNumber", "string", read_only=True),
    _f("stageId", "crm_status", status_type="QUOTE_STATUS"),
    _f("actualDate", "date"),
    *_read_only("boolean", "closed"),
    _f("leadId", "crm_lead"),
    _f("dealId", "crm_deal"),
    _f("personTypeId", "integer"),
    *[_f(name, "text", limit=65535) for name in ("content", "terms")],
    *[_f(name, "integer", universal_only=True) for name in ("commentsType", "contentType", "termsType")],
    _f("storageTypeId", "integer", universal_only=True),
    _f("storageElementIds", "integer", multiple=True, universal_only=True),
    *_strings("clientTitle clientAddr clientContact clientEmail clientPhone clientTpId clientTpaId"),
]
_SMART_INVOICE = [
    *[spec for spec in _COMMON if spec.name not in ("originatorId", "originId")],
    *_PAPER,
    *[spec for spec in _STAGES if spec.name != "stageSemanticId"],
    _f("categoryId", "crm_category"),
    _f("stageId", "crm_status", status_type="SMART_INVOICE_STAGE"),
    _f("previousStageId", "crm_status", read_only=True),
    *_strings("xmlId accountNumber"),
    _f("parentId2", "integer", upper="PARENT_ID_2"),
]


def _status_named(spec: FieldSpec) -> FieldSpec:
    upper = _STATUS_UPPER.get(spec.name, spec.upper)
    return FieldSpec(**{**spec.__dict__, "upper": upper})


#: the fields of each entity type, keyed by their universal names
CATALOGUE: dict[int, dict[str, FieldSpec]] = {
    LEAD: {spec.name: _status_named(spec) for spec in _LEAD},
    DEAL: {spec.name: spec for spec in _DEAL},
    CONTACT: {spec.name: spec for spec in _CONTACT},
    COMPANY: {spec.name: spec for spec in _COMPANY},
    QUOTE: {spec.name: _status_named(spec) for spec in _QUOTE},
    SMART_INVOICE: {spec.name: spec for spec in _SMART_INVOICE},
}

#: fields the portal has switched off: universal answers carry them as null
DISABLED: dict[int, tuple[str, ...]] = {
    DEAL: (
        "dateCreateShort",
        "dateModifyShort",
        "productId",
        "begindateShort",
        "closedateShort",
        "eventDate",
        "eventDateShort",
        "eventId",
        "eventDescription",
        "searchContent",
        "isWork",
        "isWon",
        "isLose",
        "receivedAmount",
        "lostAmount",
        "hasProducts",
    ),
    LEAD: (
        "dateCreateShort",
        "dateModifyShort",
        "productId",
        "login",
        "shortName",
        "address",
        "searchContent",
        "skype",
        "icq",
    ),
    CONTACT: ("shortName", "photo"),
    COMPANY: ("logo",),
    QUOTE: ("dateCreateShort", "dateModifyShort", "begindateShort", "closedateShort", "searchContent", "hasProducts"),
    SMART_INVOICE: (),
}
_ADDRESS = "ADDRESS ADDRESS_2 ADDRESS_CITY ADDRESS_POSTAL_CODE ADDRESS_REGION ADDRESS_PROVINCE ADDRESS_COUNTRY"
_ADDRESS += " ADDRESS_COUNTRY_CODE ADDRESS_LOC_ADDR_ID"
_ADDRESSES = tuple(_ADDRESS.split())
#: deprecated or unsupported fields: classic answers carry them as null
CLASSIC_EMPTY: dict[int, tuple[str, ...]] = {
    LEAD: _ADDRESSES,
    DEAL: (),
    CONTACT: (*_ADDRESSES, "PHOTO", "FACE_ID"),
    COMPANY: (*_ADDRESSES, *(f"REG_{name}" for name in _ADDRESSES), "LOGO", "LAST_COMMUNICATION_TIME"),
    QUOTE: ("LAST_COMMUNICATION_TIME",),
}
#: the entity types that have methods of the older generation
CLASSIC = (LEAD, DEAL, CONTACT, COMPANY, QUOTE)
HAS_MULTIFIELDS = frozenset({LEAD, CONTACT, COMPANY})
HAS_FUNNELS = frozenset({DEAL, SMART_INVOICE})
#: the owners of product rows, by the letters that name them
HAS_ROWS = {letters: type_id for letters, type_id in ABBREVIATIONS.items() if "opportunity" in CATALOGUE[type_id]}
#: entity types from here on are smart processes, made by users
FIRST_SMART = 128


def name_of(entity_type_id: int) -> str:
    """Return the code of an entity type, `DYNAMIC_1030` for a smart process."""
    return NAMES.get(entity_type_id) or f"DYNAMIC_{entity_type_id}"


def letters_of(entity_type_id: int) -> str:
    """Return the short code of an entity type, `T406` for the smart process 1030."""
    short = next((letters for letters, number in ABBREVIATIONS.items() if number == entity_type_id), "")
    return short or f"T{entity_type_id:x}"


def type_by_letters(letters: str) -> int | None:
    """Return the entity type with this short code, None when there can be none."""
    if re.fullmatch(r"T[0-9a-f]{2,8}", letters):
        return int(letters[1:], 16)
    return ABBREVIATIONS.get(letters)


def stage_dictionary(entity_type_id: int, category_id: int) -> str:
    """Return the dictionary that holds the stages of a funnel; leads and quotes have one for all."""
    if entity_type_id in (LEAD, QUOTE):
        return "STATUS" if entity_type_id == LEAD else "QUOTE_STATUS"
    name = "DEAL" if entity_type_id == DEAL else name_of(entity_type_id)
    return f"{name}_STAGE_{category_id}" if category_id else f"{name}_STAGE"


def stage_prefix(entity_type_id: int, category_id: int) -> str:
    """Return what the ids of a funnel's stages begin with, without the colon; "" in a funnel that has none."""
    if not category_id:
        return ""
    return f"C{category_id}" if entity_type_id == DEAL else f"DT{entity_type_id}_{category_id}"


#: what a smart process has only when the switch is on
SMART_SWITCHES = {
    "isStagesEnabled": ("stageId", "previousStageId", "movedBy", "movedTime"),
    "isBeginCloseDatesEnabled": ("begindate", "closedate"),
    "isClientEnabled": ("companyId", "contactId", "contactIds"),
    "isLinkWithProductsEnabled": ("opportunity", "isManualOpportunity", "taxValue", "currencyId"),
    "isMycompanyEnabled": ("mycompanyId",),
    "isObserversEnabled": ("observers",),
    "isSourceEnabled": ("sourceId", "sourceDescription"),
}


def smart_catalogue(switches: set[str]) -> dict[str, FieldSpec]:
    """Return the fields of a smart process that has these switches on."""
    off = {name for switch, names in SMART_SWITCHES.items() if switch not in switches for name in names}
    off |= {"accountNumber", "comments", "locationId"}
    return {name: spec for name, spec in CATALOGUE[SMART_INVOICE].items() if name not in off}
