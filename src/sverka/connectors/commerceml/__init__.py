"""CommerceML 2: the exchange that Russian shop engines have for 1C, with the hub in the place of 1C."""

from collections.abc import Mapping

from sverka.connectors.commerceml.orders import Terms
from sverka.connectors.commerceml.store import Choices, CommerceML
from sverka.connectors.commerceml.values import zone_of
from sverka.connectors.commerceml.wire import Wire
from sverka.connectors.kit import Kit
from sverka.ports.store import Store

__all__ = ["CommerceML", "connect"]

SCHEMA = "2.10"
"""The version asked for unless the settings say otherwise: from it on payments and shipments are told apart."""


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Store:
    """Return the store behind an exchange script; nothing is sent yet.

    Raises:
        Misconfigured: the address or the offset from UTC is none.
    """
    choices = Choices(
        asks=settings.get("way", "crm") != "sale",
        confirms=settings.get("confirm", "yes") != "no",
        imports=settings.get("import", "yes") != "no",
        statuses=_named(settings.get("statuses", "")),
    )
    schema = settings.get("schema", "") or SCHEMA
    wire = Wire(settings.get("url", ""), settings.get("login", ""), secrets.get("password", ""), kit, schema)
    return CommerceML(wire, kit, Terms(zone_of(settings.get("utc_offset", "") or "+03:00")), choices)


def _named(told: str) -> dict[str, str]:
    """Read statuses written as `P=Paid, F`: each with its name, or without one."""
    pairs = (part.partition("=") for part in told.split(","))
    return {id_.strip(): name.strip() or id_.strip() for id_, _, name in pairs if id_.strip()}
