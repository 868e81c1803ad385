"""What stories about leads share: a profile that keeps them, the portal's people, and what the hub finds out."""

from collections.abc import Mapping
from typing import Any

from support.http_world import PRINT, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import DEAL, LEAD

LEADS = (
    PRINT
    + """
[customer]
create = "lead"
[lead]
responsible = 6
[lead.fields]
"order.number" = { to = "UF_CRM_LEAD_ORDER" }
"""
)
LINKED = LEADS.replace("responsible = 6", 'responsible = 6\nconverted = "link"')
FIRM_BUYER = {
    "company": "ООО «Ромашка»", "fio": "Ким Анна", "phone": "+7 999 100-10-10", "email": "a@romashka.example",
}  # fmt: skip


def leads(world: HttpWorld, order: OrderRef) -> list[Mapping[str, Any]]:
    """Return the leads that carry an order's mark, oldest first."""
    found = world.portal.core.state.items[LEAD].values()
    return [{**one.values, "id": one.id} for one in found if str(one.values.get("originId")).startswith(f"{order}/")]


def lead(world: HttpWorld, order: OrderRef) -> Mapping[str, Any]:
    (found,) = leads(world, order)
    return found


def deal(world: HttpWorld) -> Mapping[str, Any]:
    (found,) = world.portal.core.state.items[DEAL].values()
    return {**found.values, "id": found.id}


def count(world: HttpWorld, entity: int) -> int:
    return len(world.portal.core.state.items[entity])


def convert(world: HttpWorld, order: OrderRef, **what: Any) -> dict[str, int]:
    """Have a manager make something of an order's lead, as the portal's dialog offers it."""
    world.clock.advance(5)
    return world.portal.convert_lead(lead(world, order)["id"], **what)


def looked_at(world: HttpWorld) -> None:
    """Let the hub find out by sweeps alone."""
    world.clock.advance(130)
    world.sweep()
    world.settle()
