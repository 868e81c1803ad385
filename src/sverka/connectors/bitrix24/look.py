"""Everything a wave wants to see, in as few requests as can be: what can share a batch does."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.client import Answered, Client, as_list, as_map
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, DEAL, PAGE, Command
from sverka.connectors.bitrix24.fields import Fields, Known
from sverka.connectors.bitrix24.params import Param
from sverka.connectors.bitrix24.parties import entity_of, number_of, party
from sverka.connectors.bitrix24.party_reading import Parties, Taken
from sverka.connectors.bitrix24.rows import lines
from sverka.connectors.bitrix24.snapshots import parties_of, snapshot
from sverka.connectors.bitrix24.values import items_of
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Gone, Problem, Unanswered
from sverka.domain.ids import Origin, RecordId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import Look, Seen
from sverka.ports.guard import Guard


class Looker:
    """One look: commands wait in a queue, an answer may put further ones in, and each round of the queue is sent."""

    def __init__(self, client: Client, known: Known, guard: Guard, clients: Mapping[int, Known]) -> None:
        """Take the portal, what is known of its fields, and the guard that is asked before every request."""
        self._client = client
        self._known = known
        self._clients = clients
        self._parties = Parties(clients, ())
        self._guard = guard
        self._queue: list[tuple[Command, Taken]] = []
        self._blind: Problem | None = None
        self._items: dict[str, Mapping[str, Any] | Problem] = {}
        self._rows: dict[str, list[Line] | Problem] = {}
        self._origins: dict[Origin, list[str] | Problem] = {}
        self._keys: dict[MatchKey, Sequence[RecordId] | Problem] = {}
        self._contacts: dict[RecordId, str | Problem] = {}

    def look(self, ask: Look) -> Seen:
        """Return an answer for everything asked."""
        heavy = set(ask.heavy)
        self._parties = Parties(self._clients, ask.fields)
        if records_or_contacts(ask):
            self._queue += self._parties.lacks_fields()
        self._queue += self._parties.ask(ask.contacts)
        records = sorted({*ask.records, *heavy}, key=_by_number)
        if self._known.fields is None and (records or ask.origins):
            self._queue.append((commands.deal_fields(), self._take_fields))
        self._ask_origins(ask.origins)
        self._ask_keys(ask.keys)
        self._ask_records(records)
        for record in sorted(heavy, key=_by_number):
            self._ask_rows(record)
        self._ask_contacts(ask.contacts)
        self._drain()
        self._queue += self._parties.ask([one for item in self._shown() for one in parties_of(item)])
        self._drain()
        if self._known.fields is not None and not all(map(self._known.fields.knows, self._shown())):
            self._queue.append((commands.deal_fields(), self._take_fields))
            self._drain()
        return Seen(
            records={record: self._snapshot(record, heavy=record in heavy) for record in records},
            origins={origin: self._found(origin) for origin in ask.origins},
            keys=self._keys,
            contacts=self._contacts,
            parties={contact: self._parties.shown([contact])[0] for contact in ask.contacts},
        )

    def _drain(self) -> None:
        while self._queue:
            queue, self._queue = self._queue, []
            answers = self._client.run([command for command, _ in queue], self._guard)
            for (_, take), answer in zip(queue, answers, strict=True):
                take(answer)
            self._queue += self._parties.more
            self._parties.more = []

    def _shown(self) -> Sequence[Mapping[str, Any]]:
        return [item for item in self._items.values() if not isinstance(item, Problem)]

    def _take_fields(self, answer: Answered) -> None:
        self._blind = self._known.take(answer)

    def _ask_records(self, records: Sequence[RecordId]) -> None:
        for first in range(0, len(records), PAGE):
            part = records[first : first + PAGE]
            self._queue.append((commands.listed(DEAL, {"@id": tuple(part)}), self._taker(part)))

    def _taker(self, part: Sequence[RecordId]) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._items.update(dict.fromkeys(part, answer))
                return
            self._items.update(_by_id(items_of(answer.data, "items")))
            for record in part:
                if record not in self._items:
                    # Absence from a list may be a lost right (K19): the record itself is asked.
                    self._queue.append((commands.got(DEAL, record), self._confirm(record)))

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

        self._queue.append((commands.rows_listed(record, start), take))

    def _ask_origins(self, origins: Collection[Origin]) -> None:
        hubs: dict[str, list[Origin]] = defaultdict(list)
        for origin in origins:
            self._origins[origin] = []
            hubs[origin.hub].append(origin)
        for hub, marked in hubs.items():
            for first in range(0, len(marked), PAGE):
                self._ask_marked(hub, marked[first : first + PAGE])

    def _ask_marked(self, hub: str, part: Sequence[Origin], after: int = 0) -> None:
        by_mark = {origin.id: origin for origin in part}

        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._origins.update(dict.fromkeys(part, answer))
                return
            items = items_of(answer.data, "items")
            for item in items:
                # A portal compares without case; a mark is the hub's own and is meant to the letter.
                origin = by_mark.get(str(item.get("originId"))) if item.get("originatorId") == hub else None
                held = self._origins.get(origin) if origin else None
                if isinstance(held, list):
                    record = str(item.get("id"))
                    held.append(record)
                    self._items[record] = item
                    self._ask_rows_once(record)
            if len(items) >= PAGE:
                self._ask_marked(hub, part, int(items[-1]["id"]))

        where: dict[str, Param] = {"=originatorId": hub, "@originId": tuple(by_mark)}
        if after:
            where[">id"] = after
        self._queue.append((commands.listed(DEAL, where), take))

    def _ask_rows_once(self, record: str) -> None:
        if record not in self._rows:
            self._ask_rows(record)

    def _ask_keys(self, keys: Collection[MatchKey]) -> None:
        for key in keys:
            if key.kind == "company":
                where = {"=title": key.value}
                self._queue.append((commands.listed(COMPANY, where, ("id", "title")), self._match_company(key)))
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

        return take

    def _confirm_contact(self, contact: RecordId) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._contacts[contact] = answer
            else:
                self._contacts[contact] = _responsible(as_map(as_map(answer.data).get("item")))

        return take

    def _found(self, origin: Origin) -> Sequence[Snapshot] | Problem:
        held = self._origins[origin]
        if isinstance(held, Problem):
            return held
        shown = []
        for record in sorted(set(held), key=_by_number):
            seen = self._snapshot(record, heavy=True)
            if isinstance(seen, Gone):
                continue
            if isinstance(seen, Problem):
                return seen
            shown.append(seen)
        return shown

    def _snapshot(self, record: str, *, heavy: bool) -> Snapshot | Problem:
        item = self._items.get(record)
        fields: Fields | None = self._known.fields
        if isinstance(item, Problem):
            return item
        if item is None or fields is None:
            return self._blind or Unanswered()
        held = self._rows.get(record) if heavy or record in self._rows else None
        if isinstance(held, Problem):
            return held
        parties = self._parties if self._parties.entities else None
        if parties and (problem := parties.problem(parties_of(item))):
            return problem
        return snapshot(item, fields, self._client.root, None if held is None else tuple(held), parties)


def records_or_contacts(ask: Look) -> bool:
    """Tell whether a look may lead to a contact or a company, whose fields have to be known then."""
    return bool(ask.records or ask.heavy or ask.origins or ask.contacts)


def variants(key: MatchKey) -> Sequence[str]:
    """Return a key in the forms it may be stored in: a portal compares phones digit by digit, as they were typed."""
    if key.kind == "email":
        return (key.value,)
    digits = key.value.lstrip("+")
    if len(digits) == 11 and digits.startswith("7"):
        return (f"+{digits}", f"8{digits[1:]}", digits)
    return (f"+{digits}", digits)


def _by_id(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(item.get("id")): item for item in items}


def _by_number(record: str) -> tuple[int, str]:
    return (int(record), "") if record.isdigit() else (0, record)


def _responsible(item: Mapping[str, Any]) -> str:
    return str(item.get("assignedById") or "")
