"""The names of events and of placements, by the scope an application needs for them."""

from __future__ import annotations

from itertools import product


def _acts(prefixes: str, acts: str = "ADD UPDATE DELETE") -> list[str]:
    return [f"{prefix}{act}" for prefix, act in product(prefixes.split(), acts.split())]


_USER_FIELDS = "LEAD DEAL COMPANY CONTACT QUOTE INVOICE REQUISITE TYPE"
_CATALOGUE = "PRODUCT PRICE PRICE.TYPE MEASURE ROUNDING"

#: events by scope; those of "" need none
EVENTS: dict[str, list[str]] = {
    "": [
        "ONAPPUNINSTALL", "ONAPPINSTALL", "ONAPPUPDATE", "ONAPPPAYMENT", "ONAPPTEST", "ONAPPMETHODCONFIRM",
        "ONOFFLINEEVENT",
    ],
    "user": ["ONUSERADD"],
    "crm": [
        *_acts(
            "ONCRMLEAD ONCRMDEAL ONCRMCOMPANY ONCRMCONTACT ONCRMQUOTE ONCRMINVOICE ONCRMCURRENCY ONCRMPRODUCT "
            "ONCRMPRODUCTPROPERTY ONCRMPRODUCTSECTION ONCRMACTIVITY ONCRMREQUISITE ONCRMBANKDETAIL ONCRMMEASURE "
            "ONCRMTIMELINECOMMENT ONCRMDYNAMICITEM ONCRMTYPE ONCRMDOCUMENTGENERATORDOCUMENT"
        ),
        *_acts(" ".join(f"ONCRM{name}USERFIELD" for name in _USER_FIELDS.split()), "ADD UPDATE DELETE SETENUMVALUES"),
        *_acts("ONCRMDEALRECURRING ONCRMINVOICERECURRING", "ADD UPDATE DELETE EXPOSE"),
        "ONCRMDEALMOVETOCATEGORY", "ONCRMINVOICESETSTATUS", "ONCRMADDRESSREGISTER", "ONCRMADDRESSUNREGISTER",
    ],
    "sale": [
        "ONSALEORDERSAVED", "ONSALEBEFOREORDERDELETE", "ONORDERENTITYSAVED", "ONORDERDELETED",
        *_acts("ONPAYMENT ONSHIPMENT ONPROPERTYVALUE", "ENTITYSAVED DELETED"),
    ],
    "catalog": _acts(" ".join(f"CATALOG.{name}.ON." for name in _CATALOGUE.split())),
}  # fmt: skip

_CARDS = "LEAD DEAL CONTACT COMPANY QUOTE INVOICE ORDER SMART_INVOICE"
_PLACES = "LIST_TOOLBAR LIST_MENU DETAIL_TAB DETAIL_TOOLBAR DETAIL_ACTIVITY ACTIVITY_TIMELINE_MENU"

#: placements by scope; those of "" stand in no page of a scope's own
PLACEMENTS: dict[str, list[str]] = {
    "crm": [
        *[f"CRM_{card}_{place}" for place, card in product(_PLACES.split(), _CARDS.split())],
        *[f"CRM_{card}_DOCUMENTGENERATOR_BUTTON" for card in _CARDS.split()],
        *[f"CRM_{card}_ROBOT_DESIGNER_TOOLBAR" for card in ("LEAD", "DEAL")],
        "CRM_FUNNELS_TOOLBAR", "CRM_ANALYTICS_MENU", "CRM_ANALYTICS_TOOLBAR", "CRM_DETAIL_SEARCH",
        "CRM_REQUISITE_AUTOCOMPLETE", "CRM_BANK_DETAIL_AUTOCOMPLETE",
    ],
    "placement": ["REST_APP_URI", "PAGE_BACKGROUND_WORKER", "LEFT_MENU", "USER_PROFILE_MENU", "USER_PROFILE_TOOLBAR"],
    "user": [],
    "telephony": ["CALL_CARD", "TELEPHONY_ANALYTICS_MENU"],
    "task": [
        "TASK_VIEW_TAB", "TASK_VIEW_SIDEBAR", "TASK_VIEW_TOP_PANEL", "TASK_LIST_CONTEXT_MENU",
        "TASK_USER_LIST_TOOLBAR", "TASK_GROUP_LIST_TOOLBAR", "TASK_ROBOT_DESIGNER_TOOLBAR",
    ],
    "userfieldtype": ["USERFIELD_TYPE"],
}  # fmt: skip


def event_known(name: str, scopes: tuple[str, ...]) -> bool:
    """Tell whether an application with these scopes may bind an event; those of one type of items end in its number."""
    base, _, number = name.rpartition("_")
    if number.isdigit() and base.startswith("ONCRMDYNAMICITEM"):
        name = base
    return any(name in names for scope, names in EVENTS.items() if not scope or scope in scopes)
