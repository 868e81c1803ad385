"""One run's world: a portal, a shop, one hub or several between them, and who may kill whom."""

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chaos import bells
from chaos.bases import Command
from chaos.plan import Plan
from chaos.shop import orders_of
from chaos.town import Town
from chaos.waiting import until
from chaos.weather import VARIABLE, Page
from sverka.sandbox.portal import PortalServer
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL
from sverka.sandbox.portal.portal import Answer, HttpCall
from sverka.sandbox.portal.state import Item

LINES = 6
"""How many bells a portal rings at once."""


@dataclass
class Being:
    """A process that dies and is born again: how it is started, and since when it may be."""

    name: str
    start: Callable[[], int]
    process: int = 0
    again: float = 0.0
    deaths: int = 0


@dataclass
class Street:
    """Everything a run is played on; `close` ends it all."""

    town: Town
    plan: Plan
    folder: Path
    hubs: list[Being] = field(default_factory=list)
    """The processes of the hub; the first one takes the bells."""
    server_deaths: int = 0
    _server_again: float = 0.0
    _ends: threading.RLock = field(default_factory=threading.RLock)
    _marked: list[tuple[int, dict]] = field(default_factory=list)

    def open(self) -> None:
        """Copy the town's folder and start everything."""
        hook, token = self.town.copy(self.plan.kind, self.plan.policies, self.folder)
        self.page = Page(self.folder / "weather.page")
        self.server: PortalServer = self.town.portal()
        self.portal = self.server.portal
        self.portal.faults.seed(self.plan.seed)
        self.portal.events.reseed(self.plan.seed)
        self.town.subscribe(self.portal, hook, token)
        if self.plan.bells_alone:
            bells.insist(self.portal.events)
        for _ in range(LINES - 1):
            threading.Thread(target=self.portal.events._work, daemon=True).start()
        self._answer = self.portal.handle
        self.portal.handle = self._watched  # type: ignore[method-assign]
        self.server.start()
        self.store = Being("store", lambda: self.town.start_store(self.plan.kind, self.folder, **self._alone))
        crew = enumerate(self.town.base.crew(f"127.0.0.1:{self.town.hub_port}"))
        self.hubs = [
            Being(words[0], lambda number=number, words=words: self._start_hub(number, words)) for number, words in crew
        ]
        for being in self._beings:
            being.process = being.start()
        until(self._hubs_work, "every process of the hub works")

    def _hubs_work(self) -> bool:
        logs = [self.folder / f"hub{number}.log" for number in range(len(self.hubs))]
        return all(log.exists() and "Ctrl+C stops it" in log.read_text("utf-8") for log in logs)

    @property
    def _beings(self) -> list[Being]:
        return [self.store, *self.hubs]

    def _start_hub(self, number: int, words: Command) -> int:
        return self.town.nursery.start(words, self.folder, self.folder / f"hub{number}.log", **self.environment)

    @property
    def deaths(self) -> dict[str, int]:
        """Return how often each kind of process was killed."""
        counts = Counter({"database": self.server_deaths} if self.town.base.server else {})
        for being in self._beings:
            counts[being.name] += being.deaths
        return dict(counts)

    @property
    def environment(self) -> dict[str, str]:
        """Return what tells a hub of this run where its database is, and its weather."""
        page = {VARIABLE: str(self.folder / "weather.page")}
        return {**page, **self._alone, **self.town.base.environment(self.folder)}

    @property
    def _alone(self) -> dict[str, str]:
        return {bells.VARIABLE: "1"} if self.plan.bells_alone else {}

    def kill(self, being: Being, pause: float) -> bool:
        """End a process with SIGKILL and let it be born again after a pause; False where it is dead already."""
        with self._ends:
            if not being.process:
                return False
            self.town.nursery.kill(being.process)
            being.process, being.again, being.deaths = 0, time.monotonic() + pause, being.deaths + 1
            return True

    def kill_database(self, pause: float) -> None:
        """End the database's server with SIGKILL and let it start again after a pause."""
        server = self.town.base.server
        if server is not None and server.is_up:
            server.kill()
            self._server_again, self.server_deaths = time.monotonic() + pause, self.server_deaths + 1

    def revive(self, *, at_once: bool = False) -> None:
        """Start what has been dead for long enough, and what has ended by itself."""
        server = self.town.base.server
        if server is not None and not server.is_up and (at_once or time.monotonic() >= self._server_again):
            server.start()
        with self._ends:
            for being in self._beings:
                if being.process and self.town.nursery.ended(being.process) is not None:
                    being.process, being.again = 0, 0.0
                if not being.process and (at_once or time.monotonic() >= being.again):
                    being.process = being.start()

    def kill_at_request(self, number: int, value: dict) -> None:
        """Kill a hub at a request of any hub to come, before the portal has done it or before it answers."""
        with self._ends:
            self._marked.append((number, dict(value)))

    def _watched(self, call: HttpCall) -> Answer:
        with self._ends:
            struck = None
            for mark in self._marked:
                mark[1]["after"] -= mark[1]["commands"] in f"{call.method} {call.params.get('cmd')}"
                if mark[1]["after"] < 0 and struck is None:
                    struck = mark
            if struck is not None:
                self._marked.remove(struck)
        if struck is not None and not struck[1]["done"]:
            self.kill(self.hubs[struck[0] % len(self.hubs)], struck[1]["pause"])
        answer = self._answer(call)
        if struck is not None and struck[1]["done"]:
            self.kill(self.hubs[struck[0] % len(self.hubs)], struck[1]["pause"])
        return answer

    def clear(self) -> None:
        """Let the weather clear: what is ordered for certain requests still strikes, nothing else does."""
        self.page.skew, self.page.is_full = 0.0, False
        switches = self.portal.events.switches
        switches.drop_next, switches.drop_percent = 0, 0.0
        switches.double = switches.reorder = False
        self.portal.events.release()
        self.revive(at_once=True)
        until(self._store_is_up, "the store answers")
        self.town.control("release_deliveries")

    def calm(self) -> None:
        """Call off what has not struck yet."""
        with self._ends:
            self._marked.clear()
        self.portal.faults.clear()
        self.revive(at_once=True)
        until(self._store_is_up, "the store answers")
        self.town.control("clear_faults")

    def _store_is_up(self) -> bool:
        self.revive()
        return bool(self.store.process)

    def close(self) -> None:
        """Kill everything, and remove what the run has left."""
        with self._ends:
            self._marked.clear()
            for being in self._beings:
                self.kill(being, 0.0)
        self.server.stop()
        self.town.base.drop(self.folder)
        if "CHAOS_LOGS" in os.environ:
            shutil.copytree(self.folder, os.environ["CHAOS_LOGS"], dirs_exist_ok=True)
        shutil.rmtree(self.folder)

    # What both sides hold

    def orders(self) -> dict[int, dict]:
        """Return what the shop's database holds of every order."""
        return orders_of(self.folder / "shop.db")

    def deals(self) -> dict[str, list[Item]]:
        """Return the deals by the mark of their order; "" has those without one."""
        found: dict[str, list[Item]] = {}
        for item in list(self.portal.core.state.items[DEAL].values()):
            found.setdefault(str(item.values.get("originId") or ""), []).append(item)
        return found

    def contacts(self) -> list[Item]:
        """Return all contacts."""
        return list(self.portal.core.state.items[CONTACT].values())


def mark_of(number: int) -> str:
    """Return what a deal says of its order, whose number in the shop is given."""
    return f"shop/{number}/print"
