"""A deal's fields: the catalogue people map from, and the types by which values are read and written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.client import Answered, Client, Reply, as_list, as_map
from sverka.connectors.bitrix24.params import Param
from sverka.connectors.bitrix24.party_fields import catalogue_of
from sverka.connectors.bitrix24.values import items_of, read, write
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.errors import Problem, Unanswered
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text
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
    """The fields of a portal's deals, by key: universal names, and UF_ names for user fields."""

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
        known = {key: self._one(key, raw) for key, raw in named}
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

    def _one(self, key: str, raw: Any) -> Value:
        spec = self.specs.get(key)
        if spec is None:
            return read("string", raw, many=isinstance(raw, list))
        return read("string" if key == "id" else spec.kind, raw, many=spec.many)


class Known:
    """The fields as last read from the portal, read again where they prove old."""

    def __init__(self, client: Client, entity: int = commands.DEAL) -> None:
        """Take the client to read by, and the type of the records."""
        self._client = client
        self.entity = entity
        self.fields: Fields | None = None

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
            [answer] = self._client.run([commands.fields_of(self.entity)], guard)
            if problem := self.take(answer):
                raise problem
        if self.fields is None:
            raise Unanswered
        return self.fields


def catalogue(client: Client, known: Known, clients: Mapping[int, Known]) -> Sequence[Field]:
    """Return a deal's fields with the options of lists, and those of its contact and its company.

    Raises what stood in the way of reading the deal's; without a right to contacts or companies theirs are left out.
    """
    fields, funnels, user_fields, *theirs = client.run(
        [commands.deal_fields(), commands.funnels(), commands.user_fields(), *map(commands.fields_of, clients)], free
    )
    if problem := known.take(fields):
        raise problem
    for party, answer in zip(clients.values(), theirs, strict=True):
        party.take(answer)
    names = _names(funnels)
    options = _user_options(user_fields)
    specs = known.get(free).specs.values()
    stages = ["DEAL_STAGE" if funnel == "0" else f"DEAL_STAGE_{funnel}" for funnel in names]
    parties = {entity: list(party.fields.specs.values()) for entity, party in clients.items() if party.fields}
    every = [*specs, *(spec for some in parties.values() for spec in some)]
    others = {spec.dictionary for spec in every if spec.dictionary and not spec.dictionary.startswith("DEAL_STAGE")}
    lines = _statuses(client, [*stages, *sorted(others)])
    found = [*(_field(spec, lines, names, options) for spec in specs), _rows_field()]
    for entity, some in parties.items():
        found += catalogue_of(entity, [_field(spec, lines, names, {}) for spec in some])
    return found


def _spec(key: str, line: Mapping[str, Any]) -> Spec:
    upper = str(line.get("upperName") or "")
    options = {str(one.get("ID")): str(one.get("VALUE")) for one in items_of(line, "items")}
    kind = str(line.get("type") or "string")
    return Spec(
        key=upper if upper.startswith("UF_") else key,
        wire=key if upper.startswith("UF_") and key != upper else "",
        kind=kind,
        many=bool(line.get("isMultiple")),
        writable=not line.get("isReadOnly") and kind != "file",
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
    spec: Spec,
    lines: Sequence[Mapping[str, Any]],
    funnels: Mapping[str, str],
    user_options: Mapping[str, Mapping[str, str]],
) -> Field:
    if spec.key == "stageId":
        spec = replace(spec, options=_stages(lines, funnels))
    elif spec.key == "categoryId":
        spec = replace(spec, options=funnels)
    elif spec.dictionary:
        options = {str(one["STATUS_ID"]): str(one["NAME"]) for one in lines if one.get("ENTITY_ID") == spec.dictionary}
        spec = replace(spec, options=options)
    elif not spec.options:
        spec = replace(spec, options=user_options.get(spec.key, {}))
    title = Text(spec.title, spec.title)
    return Field(spec.key, title, spec.type, many=spec.many, writable=spec.writable, options=spec.options)


def _stages(lines: Sequence[Mapping[str, Any]], funnels: Mapping[str, str]) -> dict[str, str]:
    """Return every funnel's stages; where there are several funnels a stage is named with its own."""
    stages = {}
    for line in lines:
        entity = str(line.get("ENTITY_ID") or "")
        if entity == "DEAL_STAGE" or entity.startswith("DEAL_STAGE_"):
            funnel = funnels.get(entity.removeprefix("DEAL_STAGE").removeprefix("_") or "0", "")
            name = str(line.get("NAME"))
            stages[str(line.get("STATUS_ID"))] = f"{funnel}: {name}" if funnel and len(funnels) > 1 else name
    return stages


def _rows_field() -> Field:
    return Field(ROWS, Text("Products", "Товары"), FieldType.LINES, many=True)
