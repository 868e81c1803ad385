"""The table of the CRM's methods."""

from __future__ import annotations

from sverka.sandbox.portal.core import Method
from sverka.sandbox.portal.crm import (
    bindings,
    categories,
    classic,
    classic_rows,
    currencies,
    duplicates,
    enums,
    history,
    importing,
    merging,
    rows,
    statuses,
    timeline,
    types,
    universal,
    user_fields,
)

_PARTS = (
    universal, importing, classic, rows, classic_rows, categories, statuses, currencies, enums, types, history,
    duplicates, merging, bindings, timeline, user_fields,
)  # fmt: skip
METHODS: list[Method] = [method for part in _PARTS for method in part.METHODS]
