"""The table of the CRM's methods."""

from __future__ import annotations

from sverka.sandbox.portal.core import Method
from sverka.sandbox.portal.crm import (
    bindings,
    classic,
    dictionaries,
    duplicates,
    field_config,
    field_types,
    history,
    rows,
    timeline,
    universal,
    user_fields,
)

_PARTS = (universal, classic, rows, dictionaries, history, duplicates, bindings, timeline, user_fields, field_types, field_config)
METHODS: list[Method] = [method for part in _PARTS for method in part.METHODS]
