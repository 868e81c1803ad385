"""A good call of every method of the sandbox portal, by area.

Each area is a module with `CALLS`, method → parameters, and `prepare(portal)`, which makes what they are about. Areas
are prepared in the order given here, each on what the ones before it have made.
"""

from typing import Any

from support.good_calls import apps, around, catalog, crm, sale
from sverka.sandbox.portal import Portal

_AREAS = (crm, around, catalog, sale, apps)
CALLS: dict[str, dict[str, Any]] = {method: params for area in _AREAS for method, params in area.CALLS.items()}

DEVIATIONS: dict[str, str] = {
    method: reason for area in _AREAS for method, reason in getattr(area, "DEVIATIONS", {}).items()
}
"""Where a method departs from its schema, and why."""


def prepare(portal: Portal) -> None:
    """Make everything the calls are about."""
    for area in _AREAS:
        area.prepare(portal)
