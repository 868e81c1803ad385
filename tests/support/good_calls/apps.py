"""Good calls about applications."""

from typing import Any

from sverka.sandbox.portal import Portal

CALLS: dict[str, dict[str, Any]] = {
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
