"""How buyers are recognised, and what is kept of them."""

from typing import Any, Literal

from pydantic import Field, model_validator

from sverka.config.tables.base import Filled, LaxMode, LaxPolicy, LaxWay, Table
from sverka.domain.mapping.field_mapping import Policy, Way

CustomerKey = Literal["name", "phone", "email", "address", "company"]
"""What is kept in step of a contact, and with `company` of the company and its requisites."""

RequisiteKey = Literal["name", "full_name", "inn", "kpp", "ogrn", "address", "bank", "bik", "account", "cor_account"]
"""What an order may tell of the company it is bought for."""


class KeepTable(Table):
    """How one thing is kept in step with the contact; a lone write mode is short for `write`."""

    write: LaxMode
    way: LaxWay = Way.TO_OFFICE
    policy: LaxPolicy = Policy.ASK

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `"append"` as `{ write = "append" }`."""
        return value if isinstance(value, dict) else {"write": value}


class CustomerTable(Table):
    """How buyers are recognised and what is made of unknown ones."""

    match: list[Literal["external_id", "phone", "email", "inn", "company"]] = Field(
        default=["phone", "email"], min_length=1
    )
    ambiguous: Literal["ask", "oldest"] = "ask"
    bitrix_id: str = ""
    create: Literal["contact", "lead", "none"] = "contact"
    fields: dict[CustomerKey, KeepTable] = Field(default_factory=dict)
    company: dict[RequisiteKey, Filled] = Field(default_factory=dict)
    phone_kind: Filled = "MOBILE"
    email_kind: Filled = "HOME"
    other_kinds: Literal["ignore", "use"] = "ignore"
    contact_type: str = ""
    company_type: str = ""
