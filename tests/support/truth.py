"""What the sandbox portal's methods really do, measured: the ground of the table of methods and of its tests."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from support.good_calls import CALLS, DEVIATIONS, prepare
from support.schemas import example, schema
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, RestError
from sverka.sandbox.portal.callers import Caller
from sverka.sandbox.portal.core import Core, Reply
from sverka.sandbox.portal.methods import METHODS
from sverka.sandbox.portal.params import Params, Tree

#: keys that are one portal's own: its user fields, its smart processes, and multifields that appear only when filled
OWN = ("UF_", "PARENT_ID_", "ufCrm", "parentId", "IM")
#: further ones inside an answer: properties by number, types and blocks of one application, languages of a portal
_OWN_INSIDE = re.compile(
    r"property\d+|rest_\d+_.*|block_\d+|ar|br|by|cn|de|fr|hi|in|it|ja|kz|la|ms|pl|sc|tc|th|tr|tw|ua|uk|vn"
)
IMPLEMENTED = sorted(method.name for method in METHODS.values() if method.run is not None)


@dataclass(frozen=True)
class Measured:
    """One method against its schema.

    `accepted` are the documented parameters it has looked at, `keys` the documented keys of its answer as paths, and
    `answered` those of them that a good call got. `refusals` are the codes it has answered to bad calls.
    """

    name: str
    scope: str
    documented: bool
    parameters: frozenset[str]
    accepted: frozenset[str]
    keys: frozenset[str]
    answered: frozenset[str]
    refusals: frozenset[str]
    deviation: str


def fresh() -> Portal:
    """Return a portal with one of everything; the caller closes it."""
    portal = Portal(VirtualClock())
    prepare(portal)
    return portal


def caller_of(portal: Portal, name: str) -> Caller:
    """Return an administrator who may call the method: through an application where it takes one, else by a webhook."""
    if METHODS[name.lower()].app_only or name.startswith(("app.", "user.option.")):
        return portal.as_application()
    return Caller(1)


def good_call(portal: Portal, name: str) -> Tree:
    """Return good parameters of a method, making what they are about where a field must be there first."""
    if name in CALLS:
        return dict(CALLS[name])
    if ".userfield." in name:
        if not name.endswith(("add", "list")):
            entity = name.removesuffix(name.rpartition(".")[2])
            field = {"FIELD_NAME": "X", "USER_TYPE_ID": "string"}
            return {"id": portal.call(f"{entity}add", {"fields": field}).result, "fields": {"SORT": 5}}
        return {"fields": {"FIELD_NAME": "Y", "USER_TYPE_ID": "string"}}
    params: Tree = {"id": 0 if name == "crm.category.get" else 1, "fields": {"TITLE": "x"}}
    return params | ({"entityTypeId": 2} if name.startswith(("crm.item.", "crm.category.")) else {})


class _Watched(Params):
    """Parameters that note which of them were asked for."""

    def __init__(self, params: Params, asked: set[str]) -> None:
        super().__init__(params.raw, ignore_case=params._folded is not None)
        self._asked = asked

    def get(self, name: str, default: Any = None) -> Any:
        self._asked.add(name.lower())
        return super().get(name, default)


def ask(portal: Portal, name: str, params: Tree) -> tuple[Reply, set[str]]:
    """Call a method and return its reply and the lower-case names of the parameters it has looked at."""
    method = METHODS[name.lower()]
    asked = {name.lower() for name in method.required}
    run = method.run
    assert run is not None

    def watched(core: Core, given: Params) -> Reply:
        return run(core, _Watched(given, asked))

    reply = portal._run(caller_of(portal, name), replace(method, run=watched), params)
    return reply, asked


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    """Yield the keys of an answer as paths; a list counts as its first entry, a map of numbers as its first value."""
    if isinstance(value, list):
        yield from paths(value[0], f"{prefix}[]") if value else ()
    elif isinstance(value, Mapping):
        if value and all(str(key).isdigit() for key in value):
            yield from paths(next(iter(value.values())), f"{prefix}[]")
            return
        for key, child in value.items():
            if not str(key).startswith(OWN) and not _is_own(str(key)):
                yield f"{prefix}.{key}".lstrip(".")
                yield from paths(child, f"{prefix}.{key}".lstrip("."))


def _is_own(key: str) -> bool:
    return _OWN_INSIDE.fullmatch(key) is not None


def measure(name: str) -> Measured:
    """Call one method well and badly on a portal of its own, and compare it with its schema."""
    described = schema(name)
    portal = fresh()
    try:
        params = good_call(portal, name)
        reply, asked = ask(portal, name, params)
        refusals = set(_refusals(portal, name, params))
    finally:
        portal.close()
    wanted = {param["name"] for param in (described or {}).get("params", ()) if not param["name"].endswith("...")}
    shown = set() if is_catalogue(name) else set(paths(example(described)))
    answered = shown & set(paths(json.loads(json.dumps(reply.result))))
    return Measured(
        name, METHODS[name.lower()].scope, described is not None, frozenset(wanted),
        frozenset(one for one in wanted if one.lower() in asked), frozenset(shown), frozenset(answered),
        frozenset(refusals), DEVIATIONS.get(name, ""),
    )  # fmt: skip


def is_catalogue(method: str) -> bool:
    """Tell whether the result is a map of fields, whose set is each portal's own."""
    return method.lower().endswith((".fields", ".getfields")) or method.endswith("getFieldsByFilter")


def _refusals(portal: Portal, name: str, params: Tree) -> Iterator[str]:
    bad = [{key: value for key, value in params.items() if key != left_out} for left_out in params]
    bad += [params | {key: value} for key in params for value in ([], "nonsense", {"nonsense": "nonsense"}, -1)]
    for given in bad:
        try:
            portal.call_as(caller_of(portal, name), name, given)
        except RestError as error:
            yield f"{error.status} {error.code or '«»'}"
