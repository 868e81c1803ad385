"""The table of the CRM's methods."""

from __future__ import annotations

from sverka.sandbox.portal.core import Method
from sverka.sandbox.portal.crm import (
    activities,
    addresses,
    app_activities,
    bindings,
    cards,
    categories,
    classic,
    classic_rows,
    currencies,
    duplicates,
    enums,
    field_config,
    field_types,
    history,
    importing,
    journal,
    merging,
    presets,
    requisite_fields,
    requisites,
    rows,
    statuses,
    timeline,
    todos,
    tracking,
    types,
    universal,
    user_fields,
)

_PARTS = (
    universal, importing, classic, rows, classic_rows, categories, statuses, currencies, enums, types, history,
    duplicates, merging, bindings, cards, user_fields, field_types, field_config, requisites, requisite_fields, presets,
    addresses, timeline, journal, activities, todos, app_activities, tracking,
)  # fmt: skip
METHODS: list[Method] = [method for part in _PARTS for method in part.METHODS]
