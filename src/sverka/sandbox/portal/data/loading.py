"""Putting a document of records into a portal: all of it, or after a DataError nothing."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.crm.index import Index
from sverka.sandbox.portal.data.classic import from_classic
from sverka.sandbox.portal.data.codec import decode
from sverka.sandbox.portal.data.dumping import COMPLETED, SECTIONS, VERSION
from sverka.sandbox.portal.data.items import Items, put_exactly, refused
from sverka.sandbox.portal.data.problems import DataError, expected, unknown
from sverka.sandbox.portal.data.records import lines, make, mapping, whole
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.people import People
from sverka.sandbox.portal.seed import add_funnel_stages
from sverka.sandbox.portal.state import Category, State, Status, User, UserField

_KNOWN = ["dump", "users", "currencies", "funnels", "dictionaries", "fields", "items", "more"]
#: what a line of a dictionary is where nothing is said
_EXTRA = {"S": "success", "F": "failure"}


@dataclass(frozen=True)
class Loaded:
    """How many things came in by section, and the sections of a foreign file that the portal has no place for."""

    counts: dict[str, int]
    passed_over: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"loaded": self.counts, "passed_over": list(self.passed_over)}


def load(portal: People, document: Any) -> Loaded:
    """Put a document into a portal, firing no events; DataError says what is wrong, and then nothing has changed.

    Things with an id the portal has already take its place. A document made by `dump` takes the place of everything.
    """
    document = mapping(document, "data")
    passed_over: tuple[str, ...] = ()
    with portal.lock:
        if "entities" in document:
            document, passed_over = from_classic(portal.core.state, mapping(document["entities"], "entities"))
        for name in document:
            if name not in _KNOWN:
                raise unknown("data", name, _KNOWN)
        state = portal.core.state
        before = copy.deepcopy(vars(state))
        try:
            _Loading(portal, document).run()
        except DataError:
            vars(state).update(before)
            raise
        finally:
            _index_again(portal)
    counts = {name: len(document[name]) for name in ("users", "funnels", "fields", "items") if document.get(name)}
    return Loaded(counts, passed_over)


def _index_again(portal: People) -> None:
    fresh = Index()
    for items in portal.core.state.items.values():
        for item in items.values():
            fresh.put(item)
    vars(portal.core.index).update(vars(fresh))


@dataclass
class _Loading:
    """One document on its way into a portal; `refs` are the ids behind names like `@anna`."""

    portal: People
    document: dict[str, Any]
    refs: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Put everything in, in the order in which things lean on each other."""
        state = self.portal.core.state
        exact = "dump" in self.document
        if exact:
            if self.document["dump"] != VERSION:
                raise DataError("dump", f"only version {VERSION} is known.", f"известна только версия {VERSION}.")
            _empty(state)
        self._users(state)
        self._currencies(state)
        for where, line in lines(self.document, "funnels"):
            self._funnel(state, where, dict(line))
        for entity_id, given in mapping(self.document.get("dictionaries", {}), "dictionaries").items():
            _dictionary(state, f"dictionaries.{entity_id}", entity_id, given, None)
        for where, line in lines(self.document, "fields"):
            self._field(state, where, dict(line))
        if exact:
            self._more(state)
            for where, line in lines(self.document, "items"):
                put_exactly(state, where, line)
        else:
            core = replace(self.portal.core, publish=lambda event: None)  # noqa: ARG005 - nobody is told
            Items(core, list(lines(self.document, "items")), self.refs).put()

    def _users(self, state: State) -> None:
        for where, line in lines(self.document, "users"):
            user_id = self._id(state, where, line, "user", state.users)
            held = state.users.get(user_id, User(user_id, "", "", ""))
            given = {name: value for name, value in line.items() if name not in ("id", "ref")}
            state.users[user_id] = make(User, where, vars(held) | given | {"id": user_id})

    def _currencies(self, state: State) -> None:
        given = self.document.get("currencies", state.currencies)
        if not isinstance(given, list) or not given or not all(isinstance(code, str) for code in given):
            raise expected("currencies", "a list of codes", "список кодов")
        state.currencies = list(given)

    def _funnel(self, state: State, where: str, line: dict[str, Any]) -> None:
        category_id = self._id(state, where, line, "category", state.categories)
        stages = line.pop("stages", None)
        line.pop("ref", None)
        new = category_id not in state.categories
        line.setdefault("name", f"{category_id}" if new else state.categories[category_id].name)
        state.categories[category_id] = make(Category, where, line | {"id": category_id})
        entity_id = f"DEAL_STAGE_{category_id}" if category_id else "DEAL_STAGE"
        if stages is not None:
            _dictionary(state, f"{where}.stages", entity_id, stages, category_id or None)
        elif new:
            add_funnel_stages(state, DEAL, category_id)

    def _field(self, state: State, where: str, line: dict[str, Any]) -> None:
        if "$" in line:  # a field as a portal keeps it
            made = decode(line, where)
            if not isinstance(made, UserField):
                raise expected(where, "a field", "поле")
            state.user_fields[made.id] = made
            state.count_on("user_field", max(state.count_on("user_field", 0), made.id))
            return
        known = {"entityTypeId", "name", "kind", "multiple", "options"}
        for name in set(line) - known:
            raise unknown(where, name, list(known))
        entity_type_id = whole(line.get("entityTypeId"), f"{where}, field entityTypeId")
        if entity_type_id not in state.items:
            raise unknown(f"{where}, field entityTypeId", str(entity_type_id), [str(one) for one in state.items])
        try:
            name, kind = str(line.get("name") or ""), str(line.get("kind", "string"))
            texts = [str(one) for one in line.get("options") or []]
            self.portal.add_field(entity_type_id, name, kind, multiple=bool(line.get("multiple")), options=texts)
        except RestError as error:
            raise refused(where, error) from error

    def _more(self, state: State) -> None:
        for name, raw in mapping(self.document.get("more", {}), "more").items():
            if name not in vars(state) or name in SECTIONS:
                raise unknown("more", name, sorted(set(vars(state)) - SECTIONS))
            held, value = getattr(state, name), decode(raw, f"more.{name}")
            if isinstance(held, dict) and isinstance(value, dict):
                if name not in COMPLETED:
                    held.clear()
                held.update(value)
            else:
                setattr(state, name, value)
        for number in state.smart_types:
            state.items.setdefault(number, {})

    def _id(self, state: State, where: str, line: dict[str, Any], kind: str, held: dict[int, Any]) -> int:
        """Return the id of a line, given or the next free one, and remember it under its `ref`."""
        last = max([*held, 0])
        number = whole(line["id"], f"{where}, field id") if "id" in line else last + 1
        state.count_on(kind, max(state.count_on(kind, 0), number))
        if "ref" in line:
            self.refs[f"@{line['ref']}"] = number
        return number


def _empty(state: State) -> None:
    vars(state).update(vars(State()))


def _dictionary(state: State, where: str, entity_id: str, given: Any, category_id: int | None) -> None:
    """Put the lines of a dictionary in the place of those it has."""
    for status in state.dictionary(entity_id):
        del state.statuses[status.id]
    prefix = f"C{category_id}:" if category_id else ""
    for number, (place, raw) in enumerate(lines({where: given}, where), start=1):
        line = dict(raw)
        status_id = str(line.get("status_id") or "")
        if not status_id:
            raise DataError(place, "field status_id is missing.", "нет поля status_id.")
        line["status_id"] = status_id if status_id.startswith(prefix) else prefix + status_id
        line["id"] = whole(line["id"], f"{place}, field id") if "id" in line else state.next_id("status")
        line |= {"entity_id": entity_id, "name": line.get("name") or status_id, "sort": line.get("sort", number * 10)}
        line.setdefault("category_id", category_id)
        line.setdefault("extra_semantics", _EXTRA.get(str(line.get("semantics")), "process"))
        status = make(Status, place, line)
        moved = state.statuses.pop(status.id, None)
        state.count_on("status", max(state.count_on("status", 0), status.id))
        if moved is not None:  # a line of another dictionary: who asks for this id means the file's
            moved.id = state.next_id("status")
            state.statuses[moved.id] = moved
        state.statuses[status.id] = status
