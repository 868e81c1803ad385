"""`crm.type.*` of a portal without smart processes: there are none to list or to get."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params


def type_list(core: Core, params: Params) -> Reply:
    """Answer crm.type.list: no types."""
    del core, params
    return Reply({"types": []}, 0)


def type_get(core: Core, params: Params) -> Reply:
    """Answer crm.type.get and crm.type.getByEntityTypeId: there is no such type."""
    del core, params
    raise RestError(400, 0, "SPA not found")


METHODS = [
    Method("crm.type.list", type_list),
    Method("crm.type.get", type_get, required=("id",)),
    Method("crm.type.getByEntityTypeId", type_get, required=("entityTypeId",)),
]
