"""Good calls about what hangs on records."""

from typing import Any

from sverka.sandbox.portal import Portal

CALLS: dict[str, dict[str, Any]] = {}


def prepare(portal: Portal) -> None:
    """Make what the calls are about."""
