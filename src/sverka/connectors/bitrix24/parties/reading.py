"""Reading the contacts and companies of deals, set-wise: 50 records a command, and their belongings beside them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import CONTACT, PAGE, Command
from sverka.connectors.bitrix24.fields import Known
from sverka.connectors.bitrix24.kinds import COMPANIES, CONTACTS
from sverka.connectors.bitrix24.parties.fields import (
    ADDRESS,
    ADDRESS_TYPE,
    BANK,
    FULL_NAME,
    PREFIX,
    address_text,
    full_name,
    reached,
    requisite_of,
    section,
    short_of,
)
from sverka.connectors.bitrix24.parties.ids import entity_of, first_of, number_of
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Answered, Client, as_list
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.errors import Gone, Problem, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.guard import Guard

Taken = Callable[[Answered], None]
Ask = tuple[Command, Taken]
"""A command, and what is done with its answer."""

Row = Mapping[str, Any]


@dataclass
class Held:
    """One contact or company as the portal shows it, with the first of its requisites, bank details and addresses."""

    item: Row | Problem | None = None
    requisite: Row = field(default_factory=dict)
    bank: Row = field(default_factory=dict)
    address: Row = field(default_factory=dict)
    problem: Problem | None = None


class Parties:
    """Contacts and companies as one look, or one write's read-back, shows them.

    `wanted` are the keys that anybody has a use for: what no key needs is not asked.
    """

    def __init__(self, known: Mapping[int, Known], wanted: Collection[str]) -> None:
        """Take what is known of the fields of both types."""
        self._known = known
        self._sections = {
            entity: {section(entity, key.removeprefix(prefix)) for key in wanted if key.startswith(prefix)}
            for entity, prefix in PREFIX.items()
        }
        self._held: dict[RecordId, Held] = {}
        self.more: list[Ask] = []

    @property
    def entities(self) -> Sequence[int]:
        """The types of which anything is wanted."""
        return [entity for entity, sections in self._sections.items() if sections]

    def lacks_fields(self) -> list[Ask]:
        """Return the questions after field catalogues that are not known yet."""
        return [
            (commands.fields_of(entity), self._learn(entity))
            for entity in self.entities
            if self._known[entity].fields is None
        ]

    def _learn(self, entity: int) -> Taken:
        def take(answer: Answered) -> None:
            self._known[entity].take(answer)

        return take

    def ask(self, known: Collection[str], *, fresh: bool = False) -> list[Ask]:
        """Return the questions after these contacts and companies; those asked already are passed over, or not."""
        asked: list[Ask] = []
        for entity in self.entities:
            mine = {RecordId(one) for one in known if entity_of(RecordId(one)) == entity}
            new = sorted(one for one in mine if fresh or one not in self._held)
            self._held |= {one: Held() for one in new}
            for first in range(0, len(new), PAGE):
                asked += self._ask(entity, new[first : first + PAGE])
        return asked

    def amount(self, known: Collection[str]) -> int:
        """Return how many commands it takes to ask after these contacts and companies anew."""
        kinds = [entity_of(RecordId(one)) for one in set(known)]
        return sum(-(-kinds.count(entity) // PAGE) * (1 + len(self._shelves(entity))) for entity in self.entities)

    def drain(self, client: Client, guard: Guard, asked: list[Ask]) -> None:
        """Ask until nothing is left to be asked."""
        while asked:
            answers = client.run([command for command, _ in asked], guard)
            for (_, take), answer in zip(asked, answers, strict=True):
                take(answer)
            asked, self.more = self.more, []

    def held(self, known: str) -> Held:
        """Return what is known of one party, nothing for one that was not asked after."""
        return self._held.get(RecordId(known), Held())

    def shown(self, contacts: Sequence[str]) -> tuple[dict[str, Value], frozenset[str], frozenset[str]]:
        """Return a record's party fields, the keys its parties have, and the prefixes of what could not be read."""
        fields: dict[str, Value] = {}
        known: set[str] = set()
        unread: set[str] = set()
        for entity, prefix in PREFIX.items():
            party = first_of(entity, contacts)
            held = self._held.get(party) if party else None
            catalogue = self._known[entity].fields
            if held is None or held.problem or not isinstance(held.item, Mapping) or catalogue is None:
                unread.add(prefix)
                continue
            read = self._fields(entity, held)
            fields |= {f"{prefix}{key}": value for key, value in read.items() if not is_empty(value)}
            names = {short_of(name) for name in catalogue.names(held.item)}
            known |= {f"{prefix}{key}" for key in (*read, *names)}
        return fields, frozenset(known), frozenset(unread)

    def stamp(self, contacts: Sequence[str]) -> str:
        """Return what changes with every save of a record's parties."""
        items = (self.held(one).item for one in contacts)
        return "".join(f"|{item.get('updatedTime') or ''}" for item in items if isinstance(item, Mapping))

    def problem(self, contacts: Sequence[str]) -> Problem | None:
        """Return what kept the hub from reading a record's parties; one that is gone is no problem of the record's."""
        for entity in self.entities:
            party = first_of(entity, contacts)
            held = self._held.get(party) if party else None
            found = held and (held.problem or held.item)
            if isinstance(found, Problem) and not isinstance(found, Gone):
                return found
        return None

    def _fields(self, entity: int, held: Held) -> dict[str, Value]:
        assert isinstance(held.item, Mapping)  # noqa: S101 - looked at by the caller
        catalogue = self._known[entity].fields
        read = {short_of(key): value for key, value in (catalogue.read(held.item) if catalogue else {}).items()}
        read |= reached(held.item)
        if entity == CONTACT:
            read[FULL_NAME] = full_name(held.item)
        read |= {key: str(held.requisite.get(name) or "") for key, name in requisite_of(entity).items()}
        read |= {key: str(held.bank.get(name) or "") for key, name in BANK.items()}
        read[ADDRESS] = address_text(held.address)
        return read

    def _shelves(self, entity: int) -> list[str]:
        """Return which belongings are asked for beside the contacts or companies themselves; banks hang on those."""
        sections = self._sections[entity]
        has_requisites = bool(sections & {"requisite", "bank", "address"})
        return [*(["requisite"] if has_requisites else []), *(["address"] if "address" in sections else [])]

    def _ask(self, entity: int, part: Sequence[RecordId]) -> list[Ask]:
        numbers = tuple(number_of(one) for one in part)
        shelves = self._shelves(entity)
        asked: list[Ask] = [(commands.listed(entity, {"@id": numbers}), self._take_items(entity, part))]
        held = {number_of(one): self._held[one] for one in part}
        if "requisite" in shelves:
            where: dict[str, Param] = {"ENTITY_TYPE_ID": entity, "@ENTITY_ID": numbers}
            shelf = _Shelf("requisite", commands.REQUISITE, where, "ENTITY_ID", held)
            asked.append(self._page(shelf, with_banks="bank" in self._sections[entity]))
        if "address" in shelves:
            where = {"TYPE_ID": ADDRESS_TYPE[entity], "ANCHOR_TYPE_ID": entity, "@ANCHOR_ID": numbers}
            asked.append(self._page(_Shelf("address", commands.ADDRESS, where, "ANCHOR_ID", held)))
        return asked

    def _take_items(self, entity: int, part: Sequence[RecordId]) -> Taken:
        def take(answer: Answered) -> None:
            shown = {} if isinstance(answer, Problem) else {str(i.get("id")): i for i in items_of(answer.data, "items")}
            for one in part:
                held = self._held[one]
                held.item = answer if isinstance(answer, Problem) else shown.get(number_of(one), Gone())
                # A user field that was made since the catalogue was read has an unknown type yet.
                catalogue = self._known[entity].fields
                if isinstance(held.item, Mapping) and catalogue and not catalogue.knows(held.item):
                    self._known[entity].fields = None
                    self.more.append((commands.fields_of(entity), self._learn(entity)))

        return take

    def _page(self, shelf: "_Shelf", *, start: int = 0, with_banks: bool = False) -> Ask:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                for held in shelf.held.values():
                    held.problem = answer
                return
            rows = [row for row in as_list(answer.data) if isinstance(row, dict)]
            shelf.keep(rows)
            if len(rows) >= PAGE:
                # The list of addresses does not tell how many there are: a full page is followed by another.
                self.more.append(self._page(shelf, start=start + PAGE, with_banks=with_banks))
            elif with_banks:
                self._ask_banks(shelf)

        return commands.belongings(shelf.kind, shelf.where, start), take

    def _ask_banks(self, requisites: "_Shelf") -> None:
        held = {str(one.requisite["ID"]): one for one in requisites.held.values() if one.requisite}
        if held:
            where: dict[str, Param] = {"@ENTITY_ID": tuple(held)}
            self.more.append(self._page(_Shelf("bank", commands.BANK, where, "ENTITY_ID", held)))


@dataclass(frozen=True)
class _Shelf:
    """One list of belongings: `name` is what a row becomes of the one whose number it tells under the key `owner`."""

    name: str
    kind: str
    where: Mapping[str, Param]
    owner: str
    held: Mapping[str, Held]

    def keep(self, rows: Sequence[Row]) -> None:
        """Give each owner the first of his."""
        for row in rows:
            held = self.held.get(str(row.get(self.owner)))
            if held is not None and not getattr(held, self.name):
                setattr(held, self.name, row)


def known_parties(client: Client) -> Mapping[int, Known]:
    """Return what is known of the fields of contacts and companies: nothing yet."""
    return {kind.entity: Known(client, kind) for kind in (CONTACTS, COMPANIES)}


def unanswered(held: Held) -> Problem | None:
    """Return why one party cannot be written: it could not be read, or is not there."""
    if held.problem:
        return held.problem
    return held.item if isinstance(held.item, Problem) else None if held.item else Unanswered()
