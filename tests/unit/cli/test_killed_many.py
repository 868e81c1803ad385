"""Several processes on one PostgreSQL, killed at random while orders come: nothing is lost, nothing doubled."""

import os
import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from support.postgres import own_schema, run
from support.running import end, until
from support.street import Street
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL

KILLS = int(os.environ.get("SVERKA_KILLS", "2"))
SEED = int(os.environ.get("SVERKA_KILLS_SEED", "1"))


@pytest.fixture
def street(sverka, request, monkeypatch) -> Iterator[Street]:
    """A street whose hub is on PostgreSQL."""
    with own_schema() as url:
        monkeypatch.setenv("SVERKA_DATABASE", url)
        names = ("connected", "site", "site_server", "portal", "portal_server")
        yield Street(*(request.getfixturevalue(name) for name in names))


class Crew:
    """The processes of a hub: one that dies is followed by another, until the crew is dismissed."""

    def __init__(self, street: Street, workers: int, chance: random.Random) -> None:
        sweeps = ("--sweep-minutes", "0.05")
        self._street, self._chance = street, chance
        self._commands = [("web", "--listen", f"127.0.0.1:{street.port}"), *[("worker", *sweeps)] * workers]
        self._processes = [None] * len(self._commands)
        self._open = ExitStack()
        self._lock = threading.Lock()
        self.kills = 0
        self._left = 0
        self._handle = street.portal.handle
        street.portal.handle = self._answer

    def __enter__(self) -> "Crew":
        self.muster()
        return self

    def __exit__(self, *_: object) -> None:
        self._street.portal.handle = self._handle
        self._open.close()

    def muster(self) -> None:
        """Start whoever is missing."""
        for place, process in enumerate(self._processes):
            if process is None or process.poll() is not None:
                self._processes[place] = self._open.enter_context(self._street.hub(*self._commands[place]))

    @property
    def is_whole(self) -> bool:
        return all(process.poll() is None for process in self._processes)

    def dismiss(self) -> None:
        """Tell everybody to stop; all end well."""
        for process in self._processes:
            end(process)

    def expect(self, kills: int) -> None:
        """Let so many of them be killed."""
        self._left = kills

    def _answer(self, call):
        """Answer a request of the hub's; by chance somebody dies before it, or before he has heard the answer."""
        if self._chance.random() < 0.5:
            self._strike()
            return self._handle(call)
        answer = self._handle(call)
        self._strike()
        return answer

    def _strike(self) -> None:
        with self._lock:
            if self._left and self.is_whole and self._chance.random() < 0.3:
                self._left -= 1
                self.kills += 1
                self._chance.choice(self._processes).kill()


@pytest.mark.postgres
@pytest.mark.covers("R166", "C35")
@pytest.mark.timeout(120 + 60 * KILLS)
def test_processes_killed_while_orders_come_lose_and_double_nothing(street):
    chance = random.Random(SEED)
    with Crew(street, 2, chance) as crew:
        for number in range(KILLS):
            crew.expect(1)
            street.order(chance.randint(1, 6))
            if number % 3 == 2:
                street.managers_move(number % 2)
            until(lambda: not crew.is_whole, "somebody dies")
            crew.muster()
        street.order(2)
        until(street.in_step, "every order has its deal on the right stage")
        until(street.rests, "no write is in doubt and nothing differs")
        crew.dismiss()
    deals, contacts = (len(street.portal.core.state.items[kind]) for kind in (DEAL, CONTACT))
    assert deals == contacts == len(street.site.orders) > KILLS
    assert crew.kills == KILLS
    assert run(os.environ["SVERKA_DATABASE"], "SELECT 1 FROM visits WHERE state = 'running'") == []
