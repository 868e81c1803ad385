"""How the catalogue's methods differ from other plain ones: numeric refusals, administrators, `getFields`, events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any

from sverka.sandbox.portal.core import Core, Event, Handler, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records import values
from sverka.sandbox.portal.records.filters import split_key
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Family, Values
from sverka.sandbox.portal.state import Item

Denial = tuple[int, str | int, str]
_TOO_MUCH = Decimal(10) ** 15

NO_READING: Denial = (400, 200040300010, "Access Denied")
NO_WRITING: Denial = (400, 200040300020, "Access Denied")
#: the same in the families about properties, whose zero is a text
PLAIN_DENIAL: Denial = (400, "0", "Access Denied")


def refusal(text: str, code: str | int = 0) -> RestError:
    """Return a refusal of the catalogue: HTTP 400, `0` or a number of its own."""
    return RestError(400, code, text)


def worded(text: str, code: str = "0") -> RestError:
    """Return a refusal of properties and documents: their zero is a text."""
    return RestError(400, code, text)


def lacking(names: str) -> RestError:
    """Return the refusal of a record without what it must have."""
    return refusal(f"Required fields: {names}")


def worded_lacking(names: str) -> RestError:
    """Return the same refusal of properties and documents."""
    return worded(f"Required fields: {names}")


def is_admin(core: Core) -> bool:
    """Tell whether the caller is an administrator."""
    user = core.state.users.get(core.caller.user_id)
    return user is not None and user.admin


def guarded(method: Method, denial: Denial) -> Method:
    """Return the method for administrators only; anyone else is refused with `denial`."""
    if method.run is None:
        return method
    run: Handler = method.run

    @wraps(run)
    def checked(core: Core, params: Params) -> Reply:
        if not is_admin(core):
            raise RestError(*denial)
        return run(core, params)

    return replace(method, run=checked)


def check_lists(params: Params, names: tuple[str, ...] = ("select", "filter", "order")) -> None:
    """Raise RestError when a parameter that is a list or a map came as something else."""
    for name in names:
        raw = params.get(name)
        if raw is not None and raw != "" and not isinstance(raw, dict | list):
            text = f"Invalid value {{{raw}}} to match with parameter {{{name}}}. Should be value of type array."
            raise refusal(text, 100)


def check_filter(given: Any) -> None:
    """Raise RestError for a key `@id`: the catalogue takes a list of values under the bare name."""
    for key, _ in entries(given):
        if split_key(key)[0] in ("@", "!@"):
            raise refusal(f"Unknown filter field: {key}")


def clean_value(core: Core, spec: FieldSpec, name: str, raw: Any) -> Any:
    """Return the value as it is kept; numbers keep all their digits. RestError when the field does not take it."""
    try:
        if spec.kind != "double" or spec.multiple:
            return values.clean(core, spec, raw)
        number = None if raw in (None, "") else Decimal(str(raw).strip())
    except (ValueError, InvalidOperation) as error:
        raise refusal(f"Wrong format of field {name}") from error
    if number is not None and not (number.is_finite() and abs(number) < _TOO_MUCH):
        raise refusal(f"Wrong format of field {name}")
    return number


def given_fields(params: Params, name: str = "fields") -> Values:
    """Return the map of fields a call came with; RestError 100 when it is none."""
    if not isinstance(params.get(name), dict | list):
        raise refusal(f"Could not find value for parameter {{{name}}}", 100)
    return params.mapping(name)


def in_words(spec: FieldSpec) -> str:
    """Return the type of a field as `getFields` names it."""
    if spec.kind == "boolean" or (spec.kind == "string" and spec.limit == 1):
        return "char"
    return {"user": "integer", "text": "string", "crm_currency": "string"}.get(spec.kind, spec.kind)


def describe(spec: FieldSpec) -> Values:
    """Return a field as `getFields` describes it."""
    return {
        "isImmutable": spec.immutable,
        "isReadOnly": spec.read_only,
        "isRequired": spec.mandatory,
        "type": in_words(spec),
    }


def classic_lacking(name: str) -> RestError:
    """Return the refusal of a classic record without a mandatory field."""
    return refusal(f"The field '{name}' is required.", "")


@dataclass(frozen=True)
class Room(Family):
    """A family of the catalogue.

    `read` and `write` are the refusals for those who are no administrators, None lets everybody. `demanded` are columns
    an update must bring along again. `events` are the names of its events up to ADD, UPDATE and DELETE.
    """

    scope: str = "catalog"
    names: Mapping[str, str] = field(default_factory=lambda: {"fields": "getFields"})
    lacking: Callable[[str], RestError] = lacking
    read: Denial | None = NO_READING
    write: Denial | None = NO_WRITING
    demanded: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def methods(self) -> list[Method]:
        """Return the methods, guarded as the family says."""
        answer = []
        for method in super().methods():
            denial = self.write if method.writes else self.read
            answer.append(method if denial is None else guarded(method, denial))
        return answer

    def _clean(self, core: Core, params: Params) -> Values:
        fields = given_fields(params)
        specs = {name: self._spec(name) for name in fields}
        return {
            spec.name: clean_value(core, spec, name, fields[name])
            for name, spec in specs.items()
            if spec is not None and not spec.read_only
        }

    def _refuse_empty(self, merged: Values) -> None:
        names = [
            self._name(spec)
            for spec in self.table.columns.values()
            if spec.mandatory and merged.get(spec.name) in (None, "", [])
        ]
        if names:
            raise self.lacking(", ".join(names))

    def _fire(self, core: Core, deed: str, number: int) -> None:
        for name in self.events:
            core.emit(Event(f"{name}{deed}", {"ID": str(number)}))

    def _add(self, core: Core, params: Params) -> Reply:
        reply = super()._add(core, params)
        self._fire(core, "ADD", next(reversed(self.table.rows(core))))
        return reply

    def _update(self, core: Core, params: Params) -> Reply:
        item = self.find(core, params.number("id"))
        fields = given_fields(params)
        absent = [name for name in self.demanded if fields.get(name) in (None, "")]
        if absent:
            raise self.lacking(", ".join(absent))
        reply = super()._update(core, params)
        self._fire(core, "UPDATE", item.id)
        return reply

    def _delete(self, core: Core, params: Params) -> Reply:
        reply = super()._delete(core, params)
        self._fire(core, "DELETE", params.number("id") or 0)
        return reply

    def _list(self, core: Core, params: Params) -> Reply:
        check_lists(params)
        check_filter(params.get("filter"))
        return super()._list(core, params)

    def _fields(self, core: Core, params: Params) -> Reply:
        if self.classic:
            return super()._fields(core, params)
        answer = {self._name(spec): describe(spec) for spec in self.table.columns.values()}
        return Reply({self.one: answer} if self.one else answer)


#: what makes a room one of the CRM's older generation: texts, and `""` for every refusal
CLASSIC: dict[str, Any] = {
    "scope": "crm", "classic": True, "names": {}, "read": None, "write": (400, "", "Access denied."),
    "lacking": classic_lacking, "missing": (400, "", "Not found"),
}  # fmt: skip


def stamp(core: Core, given: Values, item: Item | None, table_columns: Mapping[str, FieldSpec]) -> None:
    """Put the moment and the person of a change into the columns a table has for them."""
    changed: Values = {"timestampX": core.now(), "dateModify": core.now(), "modifiedBy": core.caller.user_id}
    if item is None:
        changed |= {"dateCreate": core.now(), "createdBy": core.caller.user_id}
    given |= {name: value for name, value in changed.items() if name in table_columns and name not in given}
