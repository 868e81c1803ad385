"""Good calls about orders and payments."""

from typing import Any

from sverka.sandbox.portal import Portal

CALLS: dict[str, dict[str, Any]] = {}


def prepare(portal: Portal) -> None:
    """Make what the calls are about."""
