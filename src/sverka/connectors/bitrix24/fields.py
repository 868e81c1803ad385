"""A record's fields: the catalogue people map from, and the types by which values are read and written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.kinds import DEALS, INVOICES, KINDS, LEADS, RecordKind
from sverka.connectors.bitrix24.parties.fields import catalogue_of
from sverka.connectors.bitrix24.values import items_of, read, write
from sverka.connectors.bitrix24.wire.client import Answered, Client, Reply, as_list, as_map
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.errors import Gone, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text
from sverka.ports.comments import TIMELINE
from sverka.ports.guard import Guard, free

ROWS = "rows"
"""The key of the product rows, a heavy field: they cost a command a deal."""

_TYPES = {
    "integer": FieldType.NUMBER, "double": FieldType.NUMBER, "money": FieldType.MONEY, "boolean": FieldType.BOOLEAN,
    "char": FieldType.BOOLEAN, "date": FieldType.DATE, "datetime": FieldType.DATETIME,
    "enumeration": FieldType.CHOICE, "crm_status": FieldType.CHOICE, "crm_category": FieldType.CHOICE,
    "user": FieldType.PERSON, "employee": FieldType.PERSON, "url": FieldType.URL, "file": FieldType.FILE,
}  # fmt: skip
_LEFT_OUT = {"searchContent", "entityTypeId"}
_TYPES_BY_KEY = {"opportunity": FieldType.MONEY, "taxValue": FieldType.MONEY, "id": FieldType.TEXT}


@dataclass(frozen=True)
class Spec:
    """One field as the portal describes it; `kind` is the portal's type, `dictionary` the one its values come from.

    `wire` is the name it travels under: portals older than crm 25.0 know user fields by camelCase names alone.
    """

    key: str
    kind: str
    many: bool = False
    writable: bool = True
    title: str = ""
    dictionary: str = ""
    wire: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> FieldType:
        """The hub's type."""
        return _TYPES_BY_KEY.get(self.key) or _TYPES.get(self.kind, FieldType.TEXT)


class Fields:
    """The fields of one kind of records, by key: universal names, and UF_ names for user fields."""

    def __init__(self, specs: Iterable[Spec]) -> None:
        """Take the fields in the portal's order."""
        self.specs = {spec.key: spec for spec in specs}
        self._keys = {spec.wire: spec.key for spec in self.specs.values() if spec.wire}

    @classmethod
    def of(cls, answer: Any) -> "Fields":
        """Read the answer of crm.item.fields; Unanswered where it holds no fields."""
        told = as_map(answer.get("fields")) if isinstance(answer, dict) else {}
        specs = [_spec(key, line) for key, line in told.items() if isinstance(line, dict)]
        if not specs:
            raise Unanswered
        return cls(specs)

    def read(self, item: Mapping[str, Any]) -> dict[str, Value]:
        """Return a record's fields that hold something."""
        named = ((self._keys.get(name, name), raw) for name, raw in item.items() if name not in _LEFT_OUT)
        currency = str(item.get("currencyId") or "")
        known = {key: self._one(key, raw, currency) for key, raw in named}
        return {key: value for key, value in known.items() if not is_empty(value)}

    def names(self, item: Iterable[str]) -> frozenset[str]:
        """Return the keys of the fields a record was shown with, empty ones too: a portal names them all."""
        return frozenset(self._keys.get(name, name) for name in item)

    def write(self, key: str, value: Value, currency: str, zone: tzinfo) -> tuple[str, Param]:
        """Return the name and the form a portal takes a field's value in; Rejected where the field cannot hold it."""
        spec = self.specs[key]
        return spec.wire or key, write(spec.kind, value, many=spec.many, currency=currency, zone=zone)

    def knows(self, item: Iterable[str]) -> bool:
        """Tell whether every user field among these names is known; a new one appears without an event."""
        return all(
            self._keys.get(name, name) in self.specs for name in item if name.lower().startswith(("uf_", "ufcrm"))
        )

    def _one(self, key: str, raw: Any, currency: str) -> Value:
        spec = self.specs.get(key)
        if spec is None:
            return read("string", raw, many=isinstance(raw, list))
        return read("string" if key == "id" else spec.kind, raw, many=spec.many, currency=currency)


class Known:
    """The fields of one kind as last read from the portal, read again where they prove old."""

    def __init__(self, client: Client, kind: RecordKind = DEALS) -> None:
        """Take the client to read by."""
        self._client = client
        self._others: dict[RecordKind, Known] = {}
        self.kind = kind
        self.fields: Fields | None = None

    def of(self, kind: RecordKind) -> "Known":
        """Return what is known of another kind."""
        if kind == self.kind:
            return self
        return self._others.setdefault(kind, Known(self._client, kind))

    def take(self, answer: Answered) -> Problem | None:
        """Keep the fields of an answer; return what stood in the way."""
        if isinstance(answer, Problem):
            return answer
        try:
            self.fields = Fields.of(answer.data)
        except Problem as problem:
            return problem
        return None

    def get(self, guard: Guard, keys: Iterable[str] = ()) -> Fields:
        """Return the fields, read anew where a user field of these is not among them; raises what stood in the way."""
        if self.fields is None or not self.fields.knows(keys):
            [answer] = self._client.run([commands.fields_of(self.kind.entity)], guard)
            if problem := self.take(answer):
                raise problem
        if self.fields is None:
            raise Unanswered
        return self.fields


def catalogue(client: Client, known: Known, clients: Mapping[int, Known]) -> Sequence[Field]:
    """Return a deal's fields with the options of lists, and those of its contact and its company.

    Raises what stood in the way of reading the deal's; without a right to contacts or companies theirs are left out.
    """
    asked = [commands.fields_of(DEALS.entity), commands.funnels(), commands.user_fields()]
    fields, funnels, user_fields, *theirs = client.run([*asked, *map(commands.fields_of, clients)], free)
    if problem := known.take(fields):
        raise problem
    for party, answer in zip(clients.values(), theirs, strict=True):
        party.take(answer)
    found = list(_of_kind(client, known, _names(funnels), _user_options(user_fields)))
    specs = {entity: list(party.fields.specs.values()) for entity, party in clients.items() if party.fields}
    wanted = {spec.dictionary for some in specs.values() for spec in some if spec.dictionary}
    lines = _statuses(client, sorted(wanted))
    for entity, some in specs.items():
        kind = clients[entity].kind
        found += catalogue_of(entity, [_field(kind, spec, lines, {}, {}) for spec in some])
    return found


def other_catalogues(client: Client, known: Known) -> Sequence[Field]:
    """Return the fields of leads and invoices, their kind before their keys; a kind the portal does not show has none.

    A portal in its simple mode makes a deal of every lead at once, so it counts as one without leads. Raises the
    problem of a portal that cannot be asked.
    """
    others = [kind for kind in KINDS.values() if kind is not DEALS]
    asked = [*(commands.fields_of(kind.entity) for kind in others), commands.funnels(INVOICES.entity), commands.mode()]
    *answers, funnels, mode = client.run(asked, free)
    is_simple = isinstance(mode, Reply) and str(mode.data) == "2"
    found: list[Field] = []
    for kind, answer in zip(others, answers, strict=True):
        problem = known.of(kind).take(answer)
        if is_simple and kind is LEADS:
            continue
        if problem is None:
            names = _names(funnels) if kind.has_funnels else {}
            fields = _of_kind(client, known.of(kind), names, {})
            found += [replace(one, key=f"{kind.kind}:{one.key}") for one in fields]
        elif not isinstance(problem, Gone | Rejected | Misconfigured):
            raise problem
    return found


def _of_kind(
    client: Client, known: Known, funnels: Mapping[str, str], options: Mapping[str, Mapping[str, str]]
) -> Sequence[Field]:
    kind, specs = known.kind, known.get(free).specs.values()
    stages = [_stages_of(kind, funnel) for funnel in funnels]
    others = {spec.dictionary for spec in specs if spec.dictionary}
    if kind.has_funnels:
        others = {one for one in others if not one.startswith(kind.stages)}
    lines = _statuses(client, [*stages, *sorted(others)])
    own = [_rows_field(), *([] if kind is INVOICES else [_timeline_field()])]
    return [*(_field(kind, spec, lines, funnels, options) for spec in specs), *own]


def _stages_of(kind: RecordKind, funnel: str) -> str:
    """Return the dictionary of a funnel's stages: that of the deals' first one has no number."""
    return kind.stages if kind is DEALS and funnel == "0" else f"{kind.stages}_{funnel}"


def _spec(key: str, line: Mapping[str, Any]) -> Spec:
    upper = str(line.get("upperName") or "")
    options = {str(one.get("ID")): str(one.get("VALUE")) for one in items_of(line, "items")}
    kind = str(line.get("type") or "string")
    return Spec(
        key=upper if upper.startswith("UF_") else key,
        wire=key if upper.startswith("UF_") and key != upper else "",
        kind=kind,
        many=bool(line.get("isMultiple")),
        writable=not line.get("isReadOnly"),
        title=str(line.get("title") or key),
        dictionary=str(line.get("statusType") or as_map(line.get("settings")).get("ENTITY_TYPE") or ""),
        options=options,
    )


def _statuses(client: Client, dictionaries: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    lines: list[Mapping[str, Any]] = []
    asked = [(dictionary, 0) for dictionary in dictionaries]
    while asked:
        answers = client.run([commands.statuses(dictionary, start) for dictionary, start in asked], free)
        pages = []
        for (dictionary, start), answer in zip(asked, answers, strict=True):
            if isinstance(answer, Problem):
                raise answer
            lines += [line for line in as_list(answer.data) if isinstance(line, dict)]
            if answer.next is not None and answer.next > start:
                pages.append((dictionary, answer.next))
        asked = pages
    return lines


def _names(funnels: Answered) -> dict[str, str]:
    if isinstance(funnels, Problem):
        raise funnels
    return {str(line.get("id")): str(line.get("name")) for line in items_of(funnels.data, "categories")}


def _user_options(answer: Answered) -> dict[str, dict[str, str]]:
    # The list is an administrator's; without it the options that crm.item.fields tells are enough.
    lines = as_list(answer.data) if isinstance(answer, Reply) else []
    return {
        str(line.get("FIELD_NAME")): {str(one.get("ID")): str(one.get("VALUE")) for one in items_of(line, "LIST")}
        for line in lines
        if isinstance(line, dict)
    }


def _field(
    kind: RecordKind,
    spec: Spec,
    lines: Sequence[Mapping[str, Any]],
    funnels: Mapping[str, str],
    user_options: Mapping[str, Mapping[str, str]],
) -> Field:
    if spec.key == "stageId" and kind.has_funnels:
        spec = replace(spec, options=_stages(kind, lines, funnels))
    elif spec.key == "categoryId":
        spec = replace(spec, options=funnels)
    elif spec.dictionary:
        options = {str(one["STATUS_ID"]): str(one["NAME"]) for one in lines if one.get("ENTITY_ID") == spec.dictionary}
        spec = replace(spec, options=options)
    elif not spec.options:
        spec = replace(spec, options=user_options.get(spec.key, {}))
    title = Text(spec.title, spec.title)
    return Field(spec.key, title, spec.type, many=spec.many, writable=spec.writable, options=spec.options)


def _stages(kind: RecordKind, lines: Sequence[Mapping[str, Any]], funnels: Mapping[str, str]) -> dict[str, str]:
    """Return every funnel's stages; where there are several funnels a stage is named with its own."""
    named = {_stages_of(kind, funnel): name for funnel, name in funnels.items()}
    stages = {}
    for line in lines:
        entity, name = str(line.get("ENTITY_ID") or ""), str(line.get("NAME"))
        if entity in named:
            stages[str(line.get("STATUS_ID"))] = (
                f"{named[entity]}: {name}" if named[entity] and len(funnels) > 1 else name
            )
    return stages


def _rows_field() -> Field:
    return Field(ROWS, Text("Products", "Товары"), FieldType.LINES, many=True)


def _timeline_field() -> Field:
    return Field(TIMELINE, Text("Timeline comments", "Комментарии таймлайна"), FieldType.COMMENTS, many=True)
