"""Records of a file as records of the portal: by the portal's own rules, or to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sverka.sandbox.portal.callers import Caller
from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm.fields import letters_of, name_of
from sverka.sandbox.portal.crm.items import add_item
from sverka.sandbox.portal.crm.rows import make_row, put_rows
from sverka.sandbox.portal.data.dumping import restored
from sverka.sandbox.portal.data.problems import DataError, expected, unknown
from sverka.sandbox.portal.data.records import lines, make, mapping, whole
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.records.multifields import TYPES
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.values import clean
from sverka.sandbox.portal.state import Item, Multifield, Row, State

#: companies before their contacts, both before what links to them
_ORDER = [4, 3, 1]
#: what follows from other fields, whatever a file says
_DERIVED = {"id", "stageSemanticId", "hasPhone", "hasEmail", "closed", "isNew"}
#: names of crm.item.add for what the portal keeps under other names
_MULTIFIELD = {"typeId": "type_id", "valueType": "value_type"}
_LINKS = {"crm_company": 4, "crm_contact": 3, "crm_lead": 1}


def refused(where: str, error: RestError) -> DataError:
    """Return the error for a refusal of the portal."""
    reason = error.description.rstrip(".")
    return DataError(where, f"the portal refuses it: {reason}.", f"портал отказал: {reason}.")


def entity_type(state: State, where: str, line: dict[str, Any]) -> int:
    """Return the entity type of a record; DataError when the portal has no such records."""
    place = f"{where}, field entityTypeId"
    number = whole(line.get("entityTypeId"), place)
    if number not in state.items:
        raise unknown(place, str(number), [str(one) for one in state.items])
    return number


def put_exactly(state: State, where: str, line: dict[str, Any]) -> None:
    """Put a record of a dump in, every value as it was."""
    entity_type_id = entity_type(state, where, line)
    item = Item(entity_type_id, whole(line.get("id"), f"{where}, field id"))
    specs = state.specs(entity_type_id)
    item.values = {"id": item.id} | {
        name: restored(specs.get(name), raw, f"{where}, field {name}")
        for name, raw in mapping(line.get("fields", {}), f"{where}.fields").items()
    }
    item.fm = [make(Multifield, place, one) for place, one in lines({f"{where}.fm": line.get("fm", [])}, f"{where}.fm")]
    state.items[entity_type_id][item.id] = item
    place = f"{where}.rows"
    rows = [make(Row, spot, one) for spot, one in lines({place: line.get("rows", [])}, place)]
    if rows:
        state.rows[letters_of(entity_type_id), item.id] = rows


@dataclass
class _Line:
    """A record to be added, and how errors call it."""

    where: str
    entity_type_id: int
    id: int
    given: dict[str, Any]


class Items:
    """The records of one file, added by the portal's rules; DataError names the record and the field.

    A text that is `@` and the `ref` of another record stands for its id.
    """

    def __init__(self, core: Core, given: list[tuple[str, dict[str, Any]]], refs: dict[str, int]) -> None:
        self._core, self._refs = core, dict(refs)
        self._seen: set[tuple[int, int]] = set()
        self._taken = {number: set(items) for number, items in core.state.items.items()}
        self._lines = [self._line(where, line) for where, line in given]
        order = {number: place for place, number in enumerate(_ORDER)}
        self._lines.sort(key=lambda line: order.get(line.entity_type_id, len(order)))

    def _line(self, where: str, line: dict[str, Any]) -> _Line:
        known = ["entityTypeId", "id", "ref", "fields", "fm", "rows"]
        for name in set(line) - set(known):
            raise unknown(where, name, known)
        entity_type_id = entity_type(self._core.state, where, line)
        named = ", ".join(f"{name} {line[name]}" for name in ("entityTypeId", "id", "ref") if name in line)
        where = f"{where} ({named})"
        taken = self._taken[entity_type_id]
        number = whole(line["id"], f"{where}, field id") if "id" in line else max(taken, default=0) + 1
        if (entity_type_id, number) in self._seen:
            raise DataError(where, f"id {number} stands here twice.", f"номер {number} встречается дважды.")
        taken.add(number)
        self._seen.add((entity_type_id, number))
        if "ref" in line:
            self._refs[f"@{line['ref']}"] = number
        return _Line(where, entity_type_id, number, line)

    def put(self) -> None:
        """Add them all, then look whether what they link to is there."""
        for line in self._lines:
            self._put(line)
        for line in self._lines:
            self._check_links(line)

    def _put(self, line: _Line) -> None:
        where, state = line.where, self._core.state
        given = {name: self._named(raw) for name, raw in mapping(line.given.get("fields", {}), where).items()}
        specs = state.specs(line.entity_type_id)
        given = {name: self._read(where, specs, name, raw) for name, raw in given.items()}
        if "stageId" in specs and "stageId" in given:
            given["stageId"] = self._stage(line, given)
        kind = name_of(line.entity_type_id)
        author = given.get("createdBy") or self._core.caller.user_id
        core = self._core.acting(Caller(author))
        state.rows.pop((letters_of(line.entity_type_id), line.id), None)
        last = state.count_on(kind, line.id - 1)
        robots, state.robots = state.robots, []
        try:
            item = add_item(core, line.entity_type_id, given, self._multifields(line), strict=True)
            self._rows(core, item, line)
        except RestError as error:
            raise refused(where, error) from error
        finally:
            state.count_on(kind, max(last, line.id))
            state.robots = robots
        self._date(item, specs, given)

    def _stage(self, line: _Line, given: dict[str, Any]) -> str:
        """Return the id of the stage, which may stand there without its funnel's prefix."""
        category_id = given.get("categoryId") or 0
        known = [stage.status_id for stage in self._core.state.stages(line.entity_type_id, category_id)]
        for name in (str(given["stageId"]), f"C{category_id}:{given['stageId']}"):
            if name in known:
                return name
        raise unknown(f"{line.where}, field stageId", str(given["stageId"]), known)

    def _read(self, where: str, specs: dict[str, FieldSpec], name: str, raw: Any) -> Any:
        place = f"{where}, field {name}"
        spec = specs.get(name)
        if spec is None:
            raise unknown(where, name, list(specs))
        if name == "stageId":
            return raw
        if spec.kind == "enumeration":
            ids = {text: int(number) for number, text in spec.options}
            raw = [ids.get(one, one) for one in raw] if isinstance(raw, list) else ids.get(raw, raw)
        try:
            return clean(self._core, spec, raw)
        except ValueError as error:
            raise DataError(place, f"{raw!r} does not fit: {error}.", f"{raw!r} не подходит.") from error
        except RestError as error:
            raise refused(place, error) from error

    def _named(self, raw: Any) -> Any:
        if isinstance(raw, list):
            return [self._named(one) for one in raw]
        return self._refs.get(raw, raw) if isinstance(raw, str) else raw

    def _multifields(self, line: _Line) -> list[Multifield]:
        state, section = self._core.state, f"{line.where}.fm"
        made = []
        for where, one in lines({section: line.given.get("fm", [])}, section):
            number = whole(one["id"], f"{where}, field id") if "id" in one else state.next_id("multifield")
            state.count_on("multifield", max(state.count_on("multifield", 0), number))
            named = {_MULTIFIELD.get(name, name): value for name, value in one.items()}
            if named.get("type_id") not in TYPES:
                raise unknown(f"{where}, field typeId", str(named.get("type_id")), list(TYPES))
            made.append(make(Multifield, where, {"value_type": "WORK", **named, "id": number}))
        return made

    def _rows(self, core: Core, item: Item, line: _Line) -> None:
        place = f"{line.where}.rows"
        given = list(lines({place: line.given.get("rows", [])}, place))
        letters = letters_of(item.entity_type_id)
        if given and letters not in ("D", "L"):
            raise expected(place, "a deal or a lead as the owner of rows", "сделка или лид – владелец строк")
        if letters and given:
            rows = [make_row(core, letters, item.id, one, number * 10) for number, (_, one) in enumerate(given, 1)]
            put_rows(core, item, letters, rows)

    def _date(self, item: Item, specs: dict[str, FieldSpec], given: dict[str, Any]) -> None:
        """Give the record its own moments and authors in the place of those of the loading."""
        own = {name: value for name, value in given.items() if specs[name].read_only and name not in _DERIVED}
        created = own.get("createdTime")
        if created is not None:
            own.setdefault("updatedTime", created)
            own.setdefault("lastActivityTime", own["updatedTime"])
            if "stageId" in specs:
                own.setdefault("movedTime", created)
                self._core.state.history[-1].created = own["movedTime"]
        item.values.update(own)

    def _check_links(self, line: _Line) -> None:
        state = self._core.state
        item, specs = state.items[line.entity_type_id][line.id], state.specs(line.entity_type_id)
        for name in line.given.get("fields", {}):
            spec, held = specs[name], item.values.get(name)
            for number in held if isinstance(held, list) else [held]:
                linked = _LINKS.get(spec.kind)
                there = state.items[linked] if linked else state.users if spec.kind == "user" else None
                if there is not None and number and number not in there:
                    text = f"there is no record {number} to link to."
                    raise DataError(f"{line.where}, field {name}", text, f"нет записи {number} для связи.")
