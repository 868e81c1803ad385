"""Requisites with the fields users added to them: the plain methods, and beside them the values of these fields."""

from __future__ import annotations

from dataclasses import replace

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.crm.requisites import REQUISITE, REQUISITES, stamp, tell
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records import files
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Values, describe
from sverka.sandbox.portal.records.values import classic, clean
from sverka.sandbox.portal.state import Item

ENTITY_ID = "CRM_REQUISITE"


def _specs(core: Core) -> dict[str, FieldSpec]:
    return {line.field_name: line.spec() for line in core.state.user_fields.values() if line.entity_id == ENTITY_ID}


def _shape(core: Core, item: Item, answer: Values) -> Values:
    answer = REQUISITE.shape(core, item, answer)
    return answer | {name: classic(core, spec, item.values.get(name)) for name, spec in _specs(core).items()}


def _given(core: Core, params: Params) -> Values:
    """Return clean values of the fields users added; RestError for one a field does not take."""
    fields, given = params.mapping("fields"), {}
    for name, spec in _specs(core).items():
        if name in fields:
            try:
                given[name] = clean(core, spec, fields[name])
            except (ValueError, ArithmeticError) as error:
                raise RestError(400, "", f"Invalid value of field {name}") from error
    return given


def _keeping(run: Handler) -> Handler:
    """Return a handler that adds or changes a requisite, and keeps the values of users' fields too."""

    def handler(core: Core, params: Params) -> Reply:
        given = _given(core, params)
        reply = run(core, params)
        added = reply.result is not True
        item = REQUISITES.rows(core)[reply.result if added else params.number("id") or 0]
        files.drop(core, [item.values.get(name) for name in given], given.values())
        changed = dict(given)
        stamp(core, changed, None if added else item)
        item.values |= changed
        if "DATE_MODIFY" in changed:
            tell(core, item, "REQUISITE")
        return reply

    return handler


def _fields(run: Handler) -> Handler:
    def handler(core: Core, params: Params) -> Reply:
        own = {name: describe(spec) for name, spec in _specs(core).items()}
        return Reply(run(core, params).result | own)

    return handler


_WRAPS = {"add": _keeping, "update": _keeping, "fields": _fields}


def _methods() -> list[Method]:
    methods = []
    for method in replace(REQUISITE, shape=_shape).methods():
        wrap = _WRAPS.get(method.name.rpartition(".")[2])
        methods.append(replace(method, run=wrap(method.run)) if wrap and method.run else method)
    return methods


METHODS = _methods()
