"""Who works on a portal: asked for along with other things, and kept for a while."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import PAGE, Command
from sverka.connectors.bitrix24.wire.client import Answered, Client, as_list
from sverka.domain.errors import Problem
from sverka.ports.backoffice import Person
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard, free

_KEPT = timedelta(minutes=15)


class People:
    """The employees of one portal, as far as the hub has met them.

    A hub without the scope `user_brief` is told of nobody, and asks again no sooner than of the others.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin knowing nobody."""
        self._clock = clock
        self._known: dict[str, tuple[datetime, Person | None]] = {}

    def unknown(self, ids: Collection[str]) -> Sequence[str]:
        """Return those who must be asked for."""
        since = self._clock.now() - _KEPT
        return [one for one in dict.fromkeys(ids) if one not in self._known or self._known[one][0] < since]

    def questions(self, ids: Collection[str]) -> list[tuple[Command, Callable[[Answered], None]]]:
        """Return the commands that ask for those not known, a page each, with what takes their answers."""
        wanted = self.unknown(ids)
        parts = [wanted[first : first + PAGE] for first in range(0, len(wanted), PAGE)]
        return [(commands.employees(part), partial(self.take, part)) for part in parts]

    def take(self, ids: Collection[str], answer: Answered) -> None:
        """Keep what a portal said of at most 50 employees; whom it leaves out it does not have."""
        now = self._clock.now()
        if isinstance(answer, Problem):
            self._known |= dict.fromkeys(ids, (now, None))
            return
        found = {person.id: person for person in map(person_of, as_list(answer.data))}
        self._known |= {one: (now, found.get(one) or Person(one, works=False)) for one in ids}

    def of(self, ids: Collection[str]) -> dict[str, Person]:
        """Return what is known of them."""
        met = {one: self._known[one][1] for one in ids if one in self._known}
        return {one: person for one, person in met.items() if person is not None}


def read(client: Client, people: People, ids: Collection[str], guard: Guard) -> Mapping[str, Person]:
    """Return the employees, asking for those not known; raises the problem where the portal tells of nobody."""
    wanted = people.unknown(ids)
    parts = [wanted[first : first + PAGE] for first in range(0, len(wanted), PAGE)]
    for part, answer in zip(parts, client.run([commands.employees(part) for part in parts], guard), strict=True):
        if isinstance(answer, Problem):
            raise answer
        people.take(part, answer)
    return people.of(ids)


def search(client: Client, name: str) -> Sequence[Person]:
    """Return those who work there and whose name or position holds the words."""
    found: list[Person] = []
    start: int | None = 0
    while start is not None:
        [answer] = client.run([commands.employees_by_name(name, start)], free)
        if isinstance(answer, Problem):
            raise answer
        found += [person_of(line) for line in as_list(answer.data)]
        start = answer.next if answer.next is not None and answer.next > start else None
    return [person for person in found if person.works]


def person_of(line: Any) -> Person:
    """Read one employee."""
    told = line if isinstance(line, dict) else {}
    name = " ".join(str(told.get(part) or "") for part in ("NAME", "LAST_NAME")).strip()
    id_ = str(told.get("ID"))
    works = str(told.get("ACTIVE")).lower() in ("true", "y", "1")
    return Person(id_, name or f"№ {id_}", works, str(told.get("WORK_POSITION") or ""))
