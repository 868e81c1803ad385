"""The table of all methods the portal has."""

from __future__ import annotations

from sverka.sandbox.portal import system
from sverka.sandbox.portal.apps import methods as apps
from sverka.sandbox.portal.callers import Caller
from sverka.sandbox.portal.catalog import methods as catalog
from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm import methods as crm
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.sale import methods as sale

METHODS: dict[str, Method] = {
    method.name.lower(): method for part in (system, crm, catalog, sale, apps) for method in part.METHODS
}


def _method_get(core: Core, params: Params) -> Reply:
    """Answer method.get: whether there is such a method, and whether this caller may call it."""
    method = METHODS.get(str(params.get("name") or "").lower())
    if method is None:
        return Reply({"isExisting": False, "isAvailable": False})
    fits = core.caller.application is not None or not method.app_only
    return Reply({"isExisting": True, "isAvailable": fits and allowed(core.caller, method)})


def _methods(core: Core, params: Params) -> Reply:
    """Answer methods: the names of all, of one scope (an empty one: of those that need none), or of the caller's."""
    wanted = params.get("scope")
    names = [
        name
        for name, method in METHODS.items()
        if (method.scope == wanted if wanted is not None else params.flag("full") or allowed(core.caller, method))
    ]
    return Reply(names)


def allowed(caller: Caller, method: Method) -> bool:
    """Tell whether the caller's scopes cover the method; `user` covers `user_brief` too."""
    granted = caller.scopes
    if granted is None or not method.scope or method.scope in granted:
        return True
    return method.scope == "user_brief" and "user" in granted


METHODS["method.get"] = Method("method.get", _method_get, scope="", classic=True)
METHODS["methods"] = Method("methods", _methods, scope="", classic=True)
#: carried out by the portal itself, because it runs other methods
METHODS["batch"] = Method("batch", None, scope="", classic=True)
