"""The table of the applications's methods."""

from __future__ import annotations

from sverka.sandbox.portal.apps import about, bindings, offline, placements
from sverka.sandbox.portal.core import Method

METHODS: list[Method] = [*about.METHODS, *bindings.METHODS, *offline.METHODS, *placements.METHODS]
