"""The table of the CRM's methods."""

from __future__ import annotations

from sverka.sandbox.portal.core import Method
from sverka.sandbox.portal.crm import (
    activities,
    addresses,
    bindings,
    classic,
    dictionaries,
    duplicates,
    field_config,
    field_types,
    history,
    journal,
    presets,
    requisites,
    rows,
    timeline,
    todos,
    tracking,
    universal,
    user_fields,
)

_PARTS = (
    universal, classic, rows, dictionaries, history, duplicates, bindings, user_fields, field_types, field_config,
    requisites, presets, addresses, timeline, journal, activities, todos, tracking,
)  # fmt: skip
METHODS: list[Method] = [method for part in _PARTS for method in part.METHODS]
