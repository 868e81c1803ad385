"""What a field is: its two names, its kind and its rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "integer", "string", "text", "double", "boolean", "crm_status", "crm_currency", "crm_category", "user", "date",
    "datetime", "crm_company", "crm_contact", "crm_lead", "crm_deal", "crm_quote", "location", "enumeration", "money",
    "url", "employee", "crm", "address", "file", "iblock_element", "iblock_section", "crm_multifield", "char", "int",
    "crm_status_extra",
]  # fmt: skip


@dataclass(frozen=True)
class FieldSpec:
    """One field: `name` of the universal methods, `upper` of the classic ones, and what it takes.

    `limit` is the length beyond which a text is cut without a word; `status_type` the dictionary of a crm_status field.
    """

    name: str
    kind: Kind
    upper: str
    read_only: bool = False
    immutable: bool = False
    multiple: bool = False
    limit: int = 0
    status_type: str = ""
    options: tuple[tuple[str, str], ...] = ()
    user_field: bool = False
    mandatory: bool = False
    universal_only: bool = False


def upper_name(name: str) -> str:
    """Return TITLE_LIKE_THIS for titleLikeThis."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def camel_name(field_name: str) -> str:
    """Return the camelCase key of a user field, with the portal's irregularities (`UF_CRM_3_DIGIT10` and the like)."""
    parts = field_name.removeprefix("UF_CRM_").split("_")
    if any(re.search(r"[A-Z]", part) and re.search(r"\d", part) for part in parts):
        return "ufCrm_" + "_".join(parts)
    if parts[-1].isdigit():
        return "ufCrm" + "".join(part.capitalize() for part in parts[:-1]) + "_" + parts[-1]
    return "ufCrm" + "".join(part.capitalize() for part in parts)
