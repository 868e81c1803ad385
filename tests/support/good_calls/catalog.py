"""Good calls about the catalogue."""

from typing import Any

from sverka.sandbox.portal import Portal

CALLS: dict[str, dict[str, Any]] = {}


def prepare(portal: Portal) -> None:
    """Make what the calls are about."""
