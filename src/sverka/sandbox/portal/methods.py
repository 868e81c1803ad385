"""The table of all methods the portal has."""

from __future__ import annotations

from sverka.sandbox.portal import classic, crm_extras, dictionaries, rows, system, universal, user_fields
from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.params import Params

METHODS: dict[str, Method] = {
    method.name: method
    for module in (system, universal, classic, rows, dictionaries, crm_extras, user_fields)
    for method in module.METHODS
}


def _method_get(core: Core, user_id: int, params: Params) -> Reply:
    """Answer method.get: whether there is such a method, and whether this webhook may call it."""
    del user_id
    method = METHODS.get(str(params.get("name") or "").lower())
    available = method is not None and not method.app_only and allowed(core, method)
    return Reply({"isExisting": method is not None, "isAvailable": available})


def allowed(core: Core, method: Method) -> bool:
    """Tell whether the webhook's scopes cover the method; `user` covers `user_brief` too."""
    granted = set(core.settings.scopes)
    return not method.scope or method.scope in granted or (method.scope == "user_brief" and "user" in granted)


METHODS["method.get"] = Method("method.get", _method_get, scope="", classic=True)
#: carried out by the portal itself, because it runs other methods
METHODS["batch"] = Method("batch", None, scope="", classic=True)
