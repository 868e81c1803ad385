"""Everything a wave wants to see, in as few requests as can be: what can share a batch does."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sverka.connectors.bitrix24 import commands, timeline
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, DEAL, PAGE, Command
from sverka.connectors.bitrix24.fields import Fields
from sverka.connectors.bitrix24.kinds import DEALS, KINDS, LEADS, RecordKind, by_number, kind_of
from sverka.connectors.bitrix24.kinds import number_of as own_number
from sverka.connectors.bitrix24.parties.ids import entity_of, number_of, party
from sverka.connectors.bitrix24.parties.index import Search
from sverka.connectors.bitrix24.parties.reading import Parties, Taken
from sverka.connectors.bitrix24.portal import Portal
from sverka.connectors.bitrix24.products import Product
from sverka.connectors.bitrix24.rows import lines
from sverka.connectors.bitrix24.snapshots import parties_of, snapshot
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Answered, as_list, as_map
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Gone, Problem, Rejected, Unanswered
from sverka.domain.ids import Origin, RecordId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import ROW_PRODUCTS, Look, Seen
from sverka.ports.comments import TIMELINE
from sverka.ports.guard import Guard, lane_of
from sverka.ports.storage import Lane


class Looker:
    """One look: commands wait in a queue, an answer may put further ones in, and each round of the queue is sent."""

    def __init__(self, portal: Portal, guard: Guard) -> None:
        """Take the portal and the guard that is asked before every request."""
        self._people = portal.people
        self._owners = False
        self._client = portal.client
        self._known = portal.known
        self._products = portal.products
        self._clients = portal.clients
        self._parties = Parties(portal.clients, ())
        self._index = portal.index
        self._search: Search | None = None
        self._guard = guard
        self._queue: list[tuple[Command, Taken]] = []
        self._blind: dict[RecordKind, Problem] = {}
        self._items: dict[str, Mapping[str, Any] | Problem] = {}
        self._rows: dict[str, list[Line] | Problem] = {}
        self._ear = timeline.Ear(portal.client.name, lambda command, take: self._queue.append((command, take)))
        self._origins: dict[Origin, list[str] | Problem] = {}
        self._keys: dict[MatchKey, Sequence[RecordId] | Problem] = {}
        self._contacts: dict[RecordId, str | Problem] = {}
        self._made: dict[RecordId, list[str] | Problem] = {}

    def look(self, ask: Look) -> Seen:
        """Return an answer for everything asked."""
        heavy = set(ask.heavy)
        self._ear.listens = TIMELINE in ask.fields
        records = sorted({*ask.records, *heavy}, key=by_number)
        wanted = {kind_of(record) for record in records} | {KINDS[origin.kind] for origin in ask.origins}
        self._ask_fields(kind for kind in (wanted | {DEALS} if ask.leads else wanted) if self._fields(kind) is None)
        self._parties = Parties(self._clients, ask.fields)
        self._queue += [*self._parties.lacks_fields(), *self._parties.ask(ask.contacts)]
        self._ask_origins(ask.origins)
        self._ask_made(sorted(ask.leads, key=by_number))
        self._ask_keys(ask.keys)
        self._ask_records(records)
        for record in sorted(heavy, key=by_number):
            self._ask_rows(record)
            self._ear.ask(record)
        self._queue += self._people.questions(ask.people)
        self._owners = ask.owners
        self._ask_contacts(ask.contacts)
        self._drain()
        self._queue += self._parties.ask([one for _, item in self._shown() for one in parties_of(item)])
        self._ask_fields({kind_of(record) for record, item in self._shown() if self._is_new_to(kind_of(record), item)})
        self._drain()
        if ROW_PRODUCTS in ask.fields:
            self._name_products()
        self._keys |= self._search.answers() if self._search else {}
        return Seen(
            records={record: self._snapshot(record, heavy=record in heavy) for record in records},
            origins={origin: self._found(self._origins[origin]) for origin in ask.origins},
            keys=self._keys,
            contacts=self._contacts,
            parties={contact: self._parties.shown([contact])[0] for contact in ask.contacts},
            people=self._people.of([*ask.people, *self._met()]),
            made={lead: self._found(self._made[lead]) for lead in ask.leads},
        )

    def _drain(self) -> None:
        while self._queue:
            queue, self._queue = self._queue, []
            answers = self._client.run([command for command, _ in queue], self._guard)
            for (_, take), answer in zip(queue, answers, strict=True):
                take(answer)
            self._queue += self._parties.more
            self._parties.more = []
            if self._search:
                self._queue += self._search.more
                self._search.more = []

    def _shown(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        return [(record, item) for record, item in self._items.items() if not isinstance(item, Problem)]

    def _fields(self, kind: RecordKind) -> Fields | None:
        return self._known.of(kind).fields

    def _is_new_to(self, kind: RecordKind, item: Mapping[str, Any]) -> bool:
        fields = self._fields(kind)
        return fields is not None and not fields.knows(item)

    def _ask_fields(self, kinds: Iterable[RecordKind]) -> None:
        for kind in sorted(kinds, key=lambda kind: kind.mark):
            self._queue.append((commands.fields_of(kind.entity), self._take_fields(kind)))

    def _take_fields(self, kind: RecordKind) -> Taken:
        def take(answer: Answered) -> None:
            if problem := self._known.of(kind).take(answer):
                self._blind[kind] = problem

        return take

    def _ask_records(self, records: Sequence[RecordId]) -> None:
        for kind in KINDS.values():
            mine = [record for record in records if kind_of(record) is kind]
            for first in range(0, len(mine), PAGE):
                part = mine[first : first + PAGE]
                where: dict[str, Param] = {"@id": tuple(kind.number_of(record) for record in part)}
                self._queue.append((commands.listed(kind.entity, where), self._taker(kind, part)))

    def _taker(self, kind: RecordKind, part: Sequence[RecordId]) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._items.update(dict.fromkeys(part, answer))
                return
            self._items.update({kind.id_of(item.get("id")): item for item in items_of(answer.data, "items")})
            for record in part:
                if record not in self._items:
                    # Absence from a list may be a lost right (K19): the record itself is asked.
                    self._queue.append((commands.got(kind.entity, kind.number_of(record)), self._confirm(record)))

        return take

    def _confirm(self, record: RecordId) -> Taken:
        def take(answer: Answered) -> None:
            item = answer if isinstance(answer, Problem) else as_map(answer.data).get("item")
            self._items[record] = item if isinstance(item, dict | Problem) else Unanswered()

        return take

    def _ask_rows(self, record: str, start: int = 0) -> None:
        def take(answer: Answered) -> None:
            held = self._rows.get(record, [])
            if isinstance(answer, Problem):
                self._rows[record] = answer
            elif not isinstance(held, Problem):
                try:
                    self._rows[record] = [*held, *lines(answer.data)]
                except Problem as problem:
                    self._rows[record] = problem
                    return
                if answer.next is not None and answer.next > start:
                    self._ask_rows(record, answer.next)

        self._queue.append((commands.rows_listed(kind_of(record).owner, own_number(record), start), take))

    def _name_products(self) -> None:
        """Tell of each row that is bound to a product what a store may know it by."""
        read = {record: held for record, held in self._rows.items() if not isinstance(held, Problem)}
        ids = {line.product for held in read.values() for line in held if line.product}
        if not ids:
            return
        try:
            found = self._products.behind(sorted(ids, key=_by_number), self._guard)
        except Rejected:
            return  # a catalogue that does not let the hub in: its rows are free text to a store
        except Problem as problem:
            self._rows.update(dict.fromkeys(read, problem))
            return
        self._rows.update({record: [_named(line, found) for line in held] for record, held in read.items()})

    def _ask_origins(self, origins: Collection[Origin]) -> None:
        hubs: dict[tuple[str, RecordKind], list[Origin]] = defaultdict(list)
        for origin in origins:
            self._origins[origin] = []
            hubs[origin.hub, KINDS[origin.kind]].append(origin)
        for (hub, kind), marked in hubs.items():
            for first in range(0, len(marked), PAGE):
                self._ask_marked(hub, kind, marked[first : first + PAGE])

    def _ask_marked(self, hub: str, kind: RecordKind, part: Sequence[Origin], after: int = 0) -> None:
        by_mark = {f"{hub}/{origin.id}": origin for origin in part}

        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._origins.update(dict.fromkeys(part, answer))
                return
            items = items_of(answer.data, "items")
            for item in items:
                # A portal compares without case; a mark is the hub's own and is meant to the letter.
                origin = by_mark.get(kind.origin_of(item))
                held = self._origins.get(origin) if origin else None
                if isinstance(held, list):
                    self._keep(kind, item, held)
            if len(items) >= PAGE:
                self._ask_marked(hub, kind, part, int(items[-1]["id"]))

        where = kind.where(hub, (origin.id for origin in part))
        if after:
            where[">id"] = after
        self._queue.append((commands.listed(kind.entity, where), take))

    def _keep(self, kind: RecordKind, item: Mapping[str, Any], held: list[str]) -> None:
        record = kind.id_of(item.get("id"))
        held.append(record)
        self._items[record] = item
        self._ask_rows_once(record)

    def _ask_made(self, leads: Sequence[RecordId], after: int = 0) -> None:
        """Ask for the deals that were made of leads, by people or robots."""
        if not leads:
            return
        part, rest = leads[:PAGE], leads[PAGE:]
        numbers = {LEADS.number_of(lead): lead for lead in part}

        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._made.update(dict.fromkeys(part, answer))
                return
            items = items_of(answer.data, "items")
            for item in items:
                held = self._made.get(numbers.get(str(item.get("leadId")), RecordId("")))
                if isinstance(held, list):
                    self._keep(DEALS, item, held)
            if len(items) >= PAGE:
                self._ask_made(part, int(items[-1]["id"]))

        self._made.update({lead: self._made.get(lead, []) for lead in part})
        where: dict[str, Param] = {"@leadId": tuple(numbers)}
        if after:
            where[">id"] = after
        self._queue.append((commands.listed(DEAL, where), take))
        self._ask_made(rest)

    def _ask_rows_once(self, record: str) -> None:
        if record not in self._rows:
            self._ask_rows(record)
            self._ear.ask(record)

    def _ask_keys(self, keys: Collection[MatchKey]) -> None:
        known = [key for key in keys if key.kind in ("phone", "email")]
        if known and lane_of(self._guard) is Lane.HISTORY and self._index.state.is_whole:
            self._search = Search(self._index, known)
            self._queue += self._search.questions()
            keys = [key for key in keys if key not in known]
        for key in keys:
            if key.kind == "company":
                where = {"=title": key.value}
                self._queue.append((commands.listed(COMPANY, where, ("id", "title")), self._match_company(key)))
                continue
            if key.kind == "inn":
                self._queue.append((commands.found_by_inn(key.value), self._match_inn(key)))
                continue
            kind = "PHONE" if key.kind == "phone" else "EMAIL"
            self._queue.append((commands.found(kind, variants(key)), self._match(key)))

    def _match(self, key: MatchKey) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._keys[key] = answer
                return
            hits = {str(one) for one in as_list(as_map(answer.data).get("CONTACT"))}
            self._keys[key] = [RecordId(hit) for hit in sorted(hits, key=_by_number)]

        return take

    def _match_company(self, key: MatchKey) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._keys[key] = answer
            else:
                hits = [str(item.get("id")) for item in items_of(answer.data, "items")]
                self._keys[key] = [party(COMPANY, hit) for hit in sorted(hits, key=_by_number)]

        return take

    def _match_inn(self, key: MatchKey) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._keys[key] = answer
            else:
                rows = [row for row in as_list(answer.data) if isinstance(row, dict)]
                hits = {str(row.get("ENTITY_ID")) for row in rows}
                self._keys[key] = [party(COMPANY, hit) for hit in sorted(hits, key=_by_number)]

        return take

    def _met(self) -> Sequence[str]:
        return [owner for owner in self._contacts.values() if isinstance(owner, str) and owner]

    def _ask_contacts(self, contacts: Collection[RecordId]) -> None:
        for entity in (CONTACT, COMPANY):
            wanted = sorted({one for one in contacts if entity_of(one) == entity}, key=_by_number)
            for first in range(0, len(wanted), PAGE):
                part = wanted[first : first + PAGE]
                where = {"@id": tuple(number_of(one) for one in part)}
                self._queue.append((commands.listed(entity, where, ("id", "assignedById")), self._alive(part)))

    def _alive(self, part: Sequence[RecordId]) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._contacts.update(dict.fromkeys(part, answer))
                return
            shown = _by_id(items_of(answer.data, "items"))
            for contact in part:
                number = number_of(contact)
                if number in shown:
                    self._contacts[contact] = _responsible(shown[number])
                else:
                    self._queue.append((commands.got(entity_of(contact), number), self._confirm_contact(contact)))
            if self._owners:
                self._queue += self._people.questions(self._met())

        return take

    def _confirm_contact(self, contact: RecordId) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._contacts[contact] = answer
            else:
                self._contacts[contact] = _responsible(as_map(as_map(answer.data).get("item")))

        return take

    def _found(self, held: Sequence[str] | Problem) -> Sequence[Snapshot] | Problem:
        if isinstance(held, Problem):
            return held
        shown = []
        for record in sorted(set(held), key=by_number):
            seen = self._snapshot(record, heavy=True)
            if isinstance(seen, Gone):
                continue
            if isinstance(seen, Problem):
                return seen
            shown.append(seen)
        return shown

    def _snapshot(self, record: str, *, heavy: bool) -> Snapshot | Problem:
        item, kind = self._items.get(record), kind_of(record)
        fields = self._fields(kind)
        if isinstance(item, Problem):
            return item
        if item is None or fields is None:
            return self._blind.get(kind) or Unanswered()
        held = self._rows.get(record) if heavy or record in self._rows else None
        if isinstance(held, Problem):
            return held
        said = self._ear.said.get(record)
        if isinstance(said, Problem):
            return said
        parties = self._parties if self._parties.entities else None
        if parties and (problem := parties.problem(parties_of(item))):
            return problem
        lines, comments = None if held is None else tuple(held), None if said is None else tuple(said)
        return snapshot(item, fields, self._client.root, lines, kind, comments, parties)


def variants(key: MatchKey) -> Sequence[str]:
    """Return a key in the forms it may be stored in: a portal compares phones digit by digit, as they were typed."""
    if key.kind == "email":
        return (key.value,)
    digits = key.value.lstrip("+")
    if len(digits) == 11 and digits.startswith("7"):
        return (f"+{digits}", f"8{digits[1:]}", digits)
    return (f"+{digits}", digits)


def _named(line: Line, found: Mapping[str, Product]) -> Line:
    product = found.get(line.product)
    return replace(line, xml_id=product.xml_id, sku=line.sku or product.sku) if product else line


def _by_id(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(item.get("id")): item for item in items}


def _by_number(record: str) -> tuple[int, str]:
    return (int(record), "") if record.isdigit() else (0, record)


def _responsible(item: Mapping[str, Any]) -> str:
    return str(item.get("assignedById") or "")
