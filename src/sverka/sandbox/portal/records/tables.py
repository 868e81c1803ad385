"""Plain tables of records, and the methods that keep them: most of a portal is add, get, list, update and delete.

A `Table` says which columns its records have; a `Family` gives it the methods under one prefix, in the manner of the
universal generation (camelCase, typed JSON, answers wrapped in a name) or of the classic one (UPPER_CASE, texts, bare).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records import values
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec, Kind, upper_name
from sverka.sandbox.portal.state import Item

Verb = Literal["add", "get", "list", "update", "delete", "fields"]
Values = dict[str, Any]


def column(name: str, kind: Kind = "string", upper: str = "", **extra: Any) -> FieldSpec:
    """Return a column; `extra` are the other marks of a field (`read_only`, `mandatory`, `multiple`, `limit`)."""
    return FieldSpec(name, kind, upper or upper_name(name), **extra)


class Table:
    """Records of one kind: `columns` by name, and the values a new one has where none are given.

    `defaults` are values, or functions of the core that give them.
    """

    def __init__(self, name: str, columns: list[FieldSpec], defaults: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.columns = {spec.name: spec for spec in columns}
        self.by_upper = {spec.upper: spec for spec in columns}
        self.defaults = dict(defaults or {})

    def rows(self, core: Core) -> dict[int, Item]:
        """Return the records by id; what is put in is kept."""
        return core.state.tables[self.name]

    def insert(self, core: Core, given: Values) -> Item:
        """Put in a record with the next id, `given` being clean values by column name, and return it."""
        item = Item(0, core.state.next_id(self.name))
        for name, spec in self.columns.items():
            default = self.defaults.get(name, [] if spec.multiple else None)
            item.values[name] = default(core) if callable(default) else default
        item.values |= given | {"id": item.id}
        self.rows(core)[item.id] = item
        return item

    def where(self, core: Core, **wanted: Any) -> list[Item]:
        """Return the records that have these very values, by id."""
        return [
            item
            for item in self.rows(core).values()
            if all(item.values.get(name) == value for name, value in wanted.items())
        ]


def nothing(core: Core, item: Item) -> None:
    """Do nothing about a record."""
    del core, item


def accept(core: Core, given: Values, item: Item | None) -> None:
    """Find nothing wrong with values."""
    del core, given, item


def describe(spec: FieldSpec) -> Values:
    """Return a field as both generations of `fields` describe it."""
    answer: Values = {
        "type": spec.type_id or spec.kind,
        "isRequired": spec.mandatory,
        "isReadOnly": spec.read_only,
        "isImmutable": spec.immutable,
        "isMultiple": spec.multiple,
        "isDynamic": spec.user_field,
        "title": spec.upper,
    }
    if spec.status_type:
        answer["statusType"] = spec.status_type
    if spec.kind == "enumeration":
        answer["items"] = [{"ID": number, "VALUE": value} for number, value in spec.options]
    return answer


@dataclass(frozen=True)
class Family:
    """The methods of a table under `prefix`.

    `one` and `many` are the names answers are wrapped in; in a classic family nothing is wrapped. `check` may refuse or
    complete clean values before they are kept (`item` is None for a new record); `changed` and `deleted` are told after
    the deed; `shape` may alter an answer, `described` says what `fields` tells of a column. `missing` is the refusal
    for an `{id}` that is not there, `lacking` makes the one for a mandatory column that is empty.
    """

    prefix: str
    table: Table
    one: str = ""
    many: str = ""
    scope: str = "crm"
    classic: bool = False
    verbs: tuple[Verb, ...] = ("add", "get", "list", "update", "delete", "fields")
    names: Mapping[str, str] = field(default_factory=dict)
    admin_only: bool = False
    described: Callable[[FieldSpec], Values] = describe
    missing: tuple[int, str | int, str] = (400, "NOT_FOUND", "Element not found")
    lacking: Callable[[str], RestError] = lambda name: RestError(400, 100, f"Required fields: {name}")
    check: Callable[[Core, Values, Item | None], None] = accept
    changed: Callable[[Core, Item], None] = nothing
    deleted: Callable[[Core, Item], None] = nothing
    shape: Callable[[Core, Item, Values], Values] = lambda core, item, answer: answer  # noqa: ARG005 - as given

    def methods(self) -> list[Method]:
        """Return the methods, one for each of `verbs`; `names` renames a verb (`{"fields": "getFields"}`)."""
        required = {"add": ("fields",), "get": ("id",), "update": ("id", "fields"), "delete": ("id",)}
        run = {
            "add": self._add, "get": self._get, "list": self._list, "update": self._update, "delete": self._delete,
            "fields": self._fields,
        }  # fmt: skip
        return [
            Method(
                f"{self.prefix}.{self.names.get(verb, verb)}",
                run[verb],
                self.scope,
                required.get(verb, ()),
                writes=verb in ("add", "update", "delete"),
                classic=self.classic,
                admin_only=self.admin_only,
            )
            for verb in self.verbs
        ]

    def answer(self, core: Core, item: Item, wanted: set[str] | None = None) -> Values:
        """Return a record as this family answers it: whole, or the wanted names."""
        write = values.classic if self.classic else values.universal
        answer = {
            self._name(spec): write(core, spec, item.values.get(spec.name)) for spec in self.table.columns.values()
        }
        answer = self.shape(core, item, answer)
        return answer if wanted is None else {name: value for name, value in answer.items() if name in wanted}

    def find(self, core: Core, number: int | None) -> Item:
        """Return the record with this id; RestError when there is none."""
        item = self.table.rows(core).get(number or 0)
        if item is None:
            status, code, text = self.missing
            raise RestError(status, code, text.replace("{id}", str(number or 0)))
        return item

    def found(self, core: Core, params: Params) -> Item:
        """Return the record a call names by `id`; RestError when there is none."""
        return self.find(core, params.number("id"))

    def _name(self, spec: FieldSpec) -> str:
        return spec.upper if self.classic else spec.name

    def _spec(self, name: str) -> FieldSpec | None:
        return (self.table.by_upper if self.classic else self.table.columns).get(name)

    def _clean(self, core: Core, params: Params) -> Values:
        if not isinstance(params.get("fields"), dict | list):
            raise RestError(400, "" if self.classic else 100, "Parameter 'fields' must be array.")
        given: Values = {}
        for name, raw in params.mapping("fields").items():
            spec = self._spec(name)
            if spec is None or spec.read_only:
                continue
            try:
                given[spec.name] = values.clean(core, spec, raw)
            except ValueError as error:
                raise RestError(400, "" if self.classic else 100, f"Invalid value of field {name}") from error
        return given

    def _refuse_empty(self, merged: Values) -> None:
        for spec in self.table.columns.values():
            if spec.mandatory and merged.get(spec.name) in (None, "", []):
                raise self.lacking(self._name(spec))

    def _wrapped(self, core: Core, item: Item) -> Any:
        answer = self.answer(core, item)
        return {self.one: answer} if self.one else answer

    def _add(self, core: Core, params: Params) -> Reply:
        given = self._clean(core, params)
        self._refuse_empty(given)
        self.check(core, given, None)
        item = self.table.insert(core, given)
        self.changed(core, item)
        return Reply(item.id if self.classic else self._wrapped(core, item))

    def _get(self, core: Core, params: Params) -> Reply:
        return Reply(self._wrapped(core, self.found(core, params)))

    def _update(self, core: Core, params: Params) -> Reply:
        item = self.found(core, params)
        given = self._clean(core, params)
        given = {name: value for name, value in given.items() if not self.table.columns[name].immutable}
        self._refuse_empty(item.values | given)
        self.check(core, given, item)
        if any(item.values.get(name) != value for name, value in given.items()):
            item.values |= given
            self.changed(core, item)
        return Reply(True if self.classic else self._wrapped(core, item))

    def _delete(self, core: Core, params: Params) -> Reply:
        item = self.found(core, params)
        del self.table.rows(core)[item.id]
        self.deleted(core, item)
        return Reply(True)

    def _list(self, core: Core, params: Params) -> Reply:
        for name in ("filter", "order", "select"):
            if params.has(name) and not isinstance(params.get(name), dict | list):
                raise RestError(400, "" if self.classic else 100, f"Parameter '{name}' must be array.")
        chosen = Filter(core, self._spec, params.get("filter"), strict=False)
        items = [item for item in self.table.rows(core).values() if chosen.matches(item)]
        items = sort_items(items, params.get("order"), self._spec, strict=False)
        rows, total, following = page(items, params.number("start"))
        wanted = {str(name) for _, name in entries(params.get("select"))}
        every = not wanted or bool(wanted & {"*"})
        answers = [self.answer(core, item, None if every else wanted) for item in rows]
        return Reply({self.many: answers} if self.many else answers, total, following)

    def _fields(self, core: Core, params: Params) -> Reply:
        del core, params
        answer = {self._name(spec): self.described(spec) for spec in self.table.columns.values()}
        return Reply({self.one: answer} if self.one else answer)
