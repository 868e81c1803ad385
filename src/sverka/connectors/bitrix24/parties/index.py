"""The portal's contacts by phone and e-mail, kept by the hub: whoever is looked up here costs no search.

The index only proposes. In the request in which it is used the portal is asked who has changed since it was last
looked at, and to show the contacts it proposes: so nobody is missed, and nobody taken who has lost a phone or himself.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import CONTACT, PAGE
from sverka.connectors.bitrix24.parties.reading import Ask, Taken
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.walk import pages, walked
from sverka.connectors.bitrix24.wire.client import Answered, Client
from sverka.connectors.bitrix24.wire.params import Param
from sverka.connectors.kit import Kit
from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.errors import Problem
from sverka.domain.ids import RecordId
from sverka.ports.guard import Guard
from sverka.ports.shelf import Shown

OVERLAP: Final = timedelta(minutes=2)
"""How far back changes are asked for: a portal's lists show a contact up to a minute late."""

_STATE: Final = "clients"
_REACHED: Final = ("PHONE", "EMAIL")


@dataclass
class State:
    """How far the index has come: the last id read at first, and from when on changes are to be asked for."""

    since: datetime | None = None
    after: int = 0
    is_whole: bool = False

    def as_body(self) -> bytes:
        """Return what is kept of it."""
        told = self.since.isoformat() if self.since else None
        return json.dumps([told, self.after, self.is_whole]).encode()

    @classmethod
    def of(cls, shown: Shown | None) -> "State":
        """Read what was kept."""
        if shown is None:
            return cls()
        told, after, is_whole = json.loads(shown.body)
        return cls(datetime.fromisoformat(told) if told else None, after, is_whole)


@dataclass
class Index:
    """The index of one portal, on its connection's shelf. `_made` are the hub's own new contacts: they are no news."""

    client: Client
    kit: Kit
    zone: tzinfo
    _made: dict[str, datetime] = field(default_factory=dict)

    def own(self, since: datetime | None) -> Sequence[str]:
        """Return the contacts the hub has made since a moment; older ones are forgotten here."""
        self._made = {one: at for one, at in self._made.items() if since is None or at >= since}
        return sorted(self._made, key=int)

    @property
    def state(self) -> State:
        """How far it has come, whichever process brought it there."""
        return State.of(self.kit.shelf.get([_STATE]).get(_STATE))

    def learn(self, guard: Guard) -> Iterator[int]:
        """Read all contacts once, up to 2500 a request, and yield how many were read; raises what stopped it.

        From a portal that does not tell the time nothing is learnt: it could not be asked what has changed since.
        """
        state, read, at_once = self.state, 0, 1
        while not state.is_whole:
            answers = self.client.run(list(pages(CONTACT, {}, (), state.after, at_once)), guard)
            state.since = state.since or _asked(answers[0])
            if state.since is None and not isinstance(answers[0], Problem):
                return
            items: list[Mapping[str, Any]] = []
            for answer in answers:
                part = walked(answer, state.after)
                items += part
                state.is_whole = len(part) < PAGE
                if state.is_whole:
                    break
                state.after = int(part[-1]["id"])
            at_once = PAGE
            self.put(items)
            self.keep(state)
            read += len(items)
            yield read

    def note_made(self, contacts: Collection[RecordId]) -> None:
        """Remember contacts the hub has made just now: it knows them better than a list shows them."""
        now = self.kit.clock.now()
        self._made |= dict.fromkeys(contacts, now)

    def put(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Lay contacts into the index under every key they have."""
        found: dict[str, set[str]] = defaultdict(set)
        for item in items:
            for key in keys_of(item):
                found[_name(key)].add(str(item.get("id")))
        known = self.kit.shelf.get(list(found))
        now = self.kit.clock.now()
        new = {name: ids | set(json.loads(known[name].body) if name in known else ()) for name, ids in found.items()}
        self.kit.shelf.put([Shown(name, json.dumps(sorted(ids)).encode(), now) for name, ids in new.items()])

    def keep(self, state: State) -> None:
        """Keep how far it has come."""
        self.kit.shelf.put([Shown(_STATE, state.as_body(), self.kit.clock.now())])


class Search:
    """One look-up of buyers in a whole index; `more` are questions that an answer has led to."""

    def __init__(self, index: Index, keys: Collection[MatchKey]) -> None:
        """Take the phones and e-mails that are looked for."""
        self._index = index
        self._keys = list(keys)
        self._state = index.state
        self._begun: datetime | None = None
        self._found: dict[MatchKey, set[str]] = {key: set() for key in keys}
        self._problem: Problem | None = None
        self._lost: dict[str, Problem] = {}
        kept = index.kit.shelf.get([_name(key) for key in keys])
        self._proposed = {key: json.loads(kept[_name(key)].body) for key in keys if _name(key) in kept}
        self.more: list[Ask] = []

    def questions(self) -> list[Ask]:
        """Return what the portal is to be asked, in one round where few contacts have changed."""
        ids = sorted({one for some in self._proposed.values() for one in some}, key=int)
        parts = [ids[first : first + PAGE] for first in range(0, len(ids), PAGE)]
        shown: list[Ask] = [(commands.listed(CONTACT, {"@id": tuple(part)}), self._confirm(part)) for part in parts]
        return [self._changed(0), *shown]

    def answers(self) -> dict[MatchKey, Sequence[RecordId] | Problem]:
        """Return the contacts that have each key, oldest first; a key of which not all is known is the problem."""
        return {key: self._answer(key) for key in self._keys}

    def _answer(self, key: MatchKey) -> Sequence[RecordId] | Problem:
        lost = next((self._lost[one] for one in self._proposed.get(key, ()) if one in self._lost), None)
        return self._problem or lost or [RecordId(one) for one in sorted(self._found[key], key=int)]

    def _changed(self, after: int) -> Ask:
        since = self._state.since
        where: dict[str, Param] = {">id": after}
        if since:
            where[">=updatedTime"] = since.astimezone(self._index.zone).isoformat()
        if own := self._index.own(since):
            where["!@id"] = own
        return commands.listed(CONTACT, where), self._take_changed(after)

    def _take_changed(self, after: int) -> Taken:
        def take(answer: Answered) -> None:
            try:
                items = walked(answer, after)
            except Problem as problem:
                self._problem = problem
                return
            self._see(items)
            self._index.put(items)
            self._begun = self._begun or _asked(answer)
            if len(items) >= PAGE:
                self.more.append(self._changed(int(items[-1]["id"])))
            elif self._begun:
                self._state.since = self._begun
                self._index.keep(self._state)

        return take

    def _confirm(self, part: Sequence[str]) -> Taken:
        def take(answer: Answered) -> None:
            if isinstance(answer, Problem):
                self._lost |= dict.fromkeys(part, answer)
            else:
                self._see(items_of(answer.data, "items"))

        return take

    def _see(self, items: Sequence[Mapping[str, Any]]) -> None:
        for item in items:
            for key in keys_of(item):
                if key in self._found:
                    self._found[key].add(str(item.get("id")))


def _asked(answer: Answered) -> datetime | None:
    """Return the moment from which on changes are unknown after an answer: what a list shows late counts too."""
    return None if isinstance(answer, Problem) or answer.at is None else answer.at - OVERLAP


def keys_of(item: Mapping[str, Any]) -> Sequence[MatchKey]:
    """Return the keys a contact can be found by, as a buyer's own are read."""
    lines = items_of(item, "fm")
    phones, emails = ([str(one.get("value") or "") for one in lines if one.get("typeId") == kind] for kind in _REACHED)
    told = [*(Customer(phone=phone) for phone in phones), *(Customer(email=email) for email in emails)]
    return [key for one in told for key in one.keys()]  # noqa: SIM118 - a buyer is no mapping


def _name(key: MatchKey) -> str:
    return f"{_STATE}/{key}"
