"""Good calls about applications."""

from typing import Any

from sverka.sandbox.portal import Portal

_DEALS = {"event": "ONCRMDEALADD", "event_type": "offline"}
_TAB = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": "https://shop.example/tab"}

CALLS: dict[str, dict[str, Any]] = {
    "events": {},
    "event.bind": {"event": "ONCRMDEALUPDATE", "handler": "https://shop.example/new"},
    "event.unbind": {"event": "ONCRMDEALADD", "handler": "https://shop.example/hook"},
    "event.get": {},
    "event.test": {"any": "data"},
    "event.offline.get": {},
    "event.offline.list": {},
    "event.offline.clear": {"process_id": "x"},
    "event.offline.error": {"process_id": "x", "message_id": ["1"]},
    "placement.bind": {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": "https://shop.example/new", "TITLE": "Order"},
    "placement.get": {},
    "placement.list": {},
    "placement.unbind": {"PLACEMENT": "CRM_DEAL_DETAIL_TAB"},
    "app.option.get": {},
    "app.option.set": {"options": {"data": "value", "data2": "value2"}},
    "user.option.get": {},
    "user.option.set": {"options": {"data": "value", "data2": "value2"}},
    "feature.get": {"CODE": "rest_offline_extended"},
    "user.access": {"ACCESS": ["G2"]},
    "access.name": {"ACCESS": ["G2", "AU"]},
}

#: where the vendor's schema and the vendor's page disagree, and why ours follows the page
DEVIATIONS = {
    "access.name": "the schema requires ACCESS, its page answers false without it",
}


def prepare(portal: Portal) -> None:
    """Make what the calls are about."""
    caller = portal.as_application()
    for name in ("app", "user"):
        portal.call_as(caller, f"{name}.option.set", CALLS[f"{name}.option.set"])
    portal.call_as(caller, "event.bind", CALLS["event.unbind"])
    portal.call_as(caller, "event.bind", _DEALS)
    portal.call_as(caller, "placement.bind", _TAB)
