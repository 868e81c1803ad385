"""The table of the shop's methods."""

from __future__ import annotations

from sverka.sandbox.portal.core import Method

METHODS: list[Method] = []
