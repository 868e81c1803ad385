"""A process of the hub, run step by step: it pauses before and after all it does to the world, and may die there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from greenlet import getcurrent, greenlet

from simulation.lives.crm import Crm
from simulation.lives.network import START, Clock
from simulation.lives.shop import Shop
from simulation.lives.witness import Ticket
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.value import FileRef
from sverka.domain.errors import Problem, Superseded
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.hub import Hub
from sverka.engine.wave import run_wave
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite, Seen
from sverka.ports.files import Fetched
from sverka.ports.guard import Guard, free
from sverka.ports.storage import Claim, Intent, IntentKind, Outcome
from sverka.ports.store import NewOrderWrite, OrderWrite, Wrote
from sverka.storage.sql_storage import SqlStorage

_PLAIN = ("can", "changed_since", "notices", "catalogue", "check", "records_of")
"""What a wave uses of a side as it is, set on the wrapper itself, so that its abilities can be told by their names."""


class Killed(BaseException):
    """The process ends here: nothing after it runs, not even what tidies up."""


class World(Protocol):
    """What a runner works in."""

    shops: Mapping[StoreName, Shop]
    crms: Mapping[OfficeName, Crm]
    storage: SqlStorage
    clock: Clock

    def hub(self, storage: Any, shops: Mapping[StoreName, Any], crms: Mapping[OfficeName, Any]) -> Hub:
        """Return a hub over these sides."""

    def claimed(self, runner: "Runner", claim: Claim) -> None:
        """Be told what a wave has taken."""

    def doubted(self, runner: "Runner") -> None:
        """Be told that nobody will know for certain what became of a wave's writes."""

    def committed(self, runner: "Runner", outcome: Outcome) -> None:
        """Be told what a wave has committed."""


class Runner:
    """One wave of one office in one process, from the start to the end or the death of it."""

    def __init__(self, world: World, name: str, office: OfficeName) -> None:
        self.world, self.name, self.office = world, name, office
        self._wave: Any = None
        self.dead = False
        self.where = ""
        self.begin()

    def begin(self) -> None:
        """Forget what the last wave saw."""
        self.looked: dict[OrderRef, Snapshot] = {}
        self.seen: dict[str, Snapshot] = {}
        self.intents: dict[int, Intent] = {}
        self.after: dict[int, Snapshot] = {}
        self.after_at: dict[int, datetime] = defaultdict(self.world.clock.now)
        self.profiles: dict[ProfileName, Profile] = {}
        self.truths: dict[Any, Any] = {}
        self.looked_at = START

    @property
    def is_running(self) -> bool:
        """Whether a wave stands somewhere in its middle."""
        return self._wave is not None

    def step(self) -> str:
        """Go on to the next pause and return what it is about to do, or what the wave came to."""
        if self._wave is None:
            self.begin()
            self._wave = greenlet(self._run)
        self.where = self._wave.switch()
        if self._wave.dead:
            self._wave = None
        return self.where

    def go(self, steps: int) -> list[str]:
        """Go on by so many steps, but not beyond the end of the wave; return where each led."""
        went = [self.step()]
        while self._wave is not None and len(went) < steps:
            went.append(self.step())
        return went

    def finish(self) -> str:
        """Go on to the end of the wave."""
        self.step()
        while self._wave is not None:
            self.step()
        return self.where

    def kill(self) -> bool:
        """End the process where it stands; False where no wave runs."""
        if self._wave is None:
            return False
        self.dead = True
        self._wave.throw(Killed)
        self._wave, self.dead = None, False
        return True

    def _run(self) -> str:
        shops = {name: _Store(self, shop) for name, shop in self.world.shops.items()}
        crms = {name: _Office(self, crm) for name, crm in self.world.crms.items()}
        hub = self.world.hub(_Storage(self, self.world.storage), shops, crms)
        self.profiles = {profile.name: profile for document in hub.profiles() for profile in document.family}
        try:
            report = run_wave(hub, self.office)
        except Superseded:
            self.world.doubted(self)
            return "finds that another process has taken over, so it sends and commits nothing more"
        except Problem as problem:
            return f"is put off: {problem.text.en}"
        except Killed:
            self.world.doubted(self)
            return "dies"
        return f"ends after {report.writes} writes" if report else "finds nothing to do"

    def answered(self, after: Mapping[int, Snapshot]) -> None:
        """Keep what the answers to writes have shown, and when."""
        self.after.update(after)
        self.after_at.update(dict.fromkeys(after, self.world.clock.now()))

    def pause(self, where: str) -> None:
        """Let the world go on until this wave's next step."""
        self.live()
        getcurrent().parent.switch(where)
        self.live()

    def live(self) -> None:
        """End here if the process is dead."""
        if self.dead:
            raise Killed

    def ticket(self) -> Ticket:
        """Return what the wave knows now."""
        looked, seen, intents = dict(self.looked), dict(self.seen), dict(self.intents)
        return Ticket(
            self.office,
            looked,
            seen,
            intents,
            self.profiles,
            self.truths,
            self.looked_at,
            dict(self.after),
            self.after_at,
        )


class _Storage:
    """The storage as one wave uses it."""

    def __init__(self, runner: Runner, storage: SqlStorage) -> None:
        self._runner, self._storage = runner, storage

    def __getattr__(self, name: str) -> Any:
        self._runner.live()
        return getattr(self._storage, name)

    def claim(self, *args: Any) -> Claim | None:
        claim = self._storage.claim(*args)
        if claim is not None:
            self._runner.world.claimed(self._runner, claim)
            self._runner.pause("has claimed " + ", ".join(str(visit.order) for visit in claim.visits))
        return claim

    def commit(self, claim: Claim, outcome: Outcome, *args: Any) -> Sequence[Intent]:
        what = "what it is about to write" if outcome.intents else "what it has seen and done"
        self._runner.pause(f"is about to commit {what}")
        intents = self._storage.commit(claim, outcome, *args)
        self._runner.intents.update({intent.id: intent for intent in intents})
        self._runner.world.committed(self._runner, outcome)
        if intents:
            self._runner.pause(f"has committed {what}")
        return intents


class _Store:
    """A store as one wave uses it."""

    def __init__(self, runner: Runner, shop: Shop) -> None:
        self._runner, self._shop = runner, shop
        self.__dict__ |= {name: getattr(shop, name) for name in _PLAIN if hasattr(shop, name)}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        answers = self._shop.read(orders, guard)
        store = StoreName(self._shop.name)
        shown = {OrderRef(store, id_): one for id_, one in answers.items() if isinstance(one, Snapshot)}
        self._runner.looked.update(shown)
        self._runner.pause("has read the store")
        return answers

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        answers = self._shop.comments(orders, guard)
        self._runner.pause("has read the comments")
        return answers

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        fetched = self._shop.fetch(owner, ref, limit, guard)
        self._runner.pause("has fetched a file")
        return fetched

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        self._runner.pause("is about to write to the store")
        self._shop.ticket = self._runner.ticket()
        answers = self._shop.write(writes, guard)
        store = StoreName(self._shop.name)
        shown = {OrderRef(store, id_): one.after for id_, one in answers.items() if isinstance(one, Wrote)}
        patches = [one for one in self._runner.intents.values() if one.kind is IntentKind.PATCH_ORDER]
        self._runner.answered({one.id: shown[one.order] for one in patches if one.order in shown})
        self._runner.pause("has written to the store")
        return answers

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        self._runner.pause("is about to make orders")
        self._shop.ticket = self._runner.ticket()
        answers = self._shop.create(orders, guard)
        self._runner.pause("has made orders")
        return answers

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        answers = self._shop.find(marks, guard)
        self._runner.pause("has looked for orders by their marks")
        return answers


class _Office:
    """A back office as one wave uses it."""

    def __init__(self, runner: Runner, crm: Crm) -> None:
        self._runner, self._crm = runner, crm
        self.__dict__ |= {name: getattr(crm, name) for name in _PLAIN if hasattr(crm, name)}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crm, name)

    def look(self, ask: Look, guard: Guard) -> Seen:
        seen = self._crm.look(ask, guard)
        self._runner.looked_at = self._runner.world.clock.now()
        self._runner.seen.update({str(id_): one for id_, one in seen.records.items() if isinstance(one, Snapshot)})
        for found in seen.origins.values():
            if not isinstance(found, Problem):
                self._runner.seen.update({one.id: one for one in found})
        self._runner.pause("has looked at the back office")
        return seen

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        fetched = self._crm.fetch(owner, ref, limit, guard)
        self._runner.pause("has fetched a file")
        return fetched

    def add_customers(self, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        self._runner.pause("is about to make contacts")
        self._crm.ticket = self._runner.ticket()
        answers = self._crm.add_customers(customers, guard)
        self._runner.pause("has made contacts")
        return answers

    def write(self, writes: Sequence[RecordWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        self._runner.pause("is about to write to the back office")
        self._crm.ticket = self._runner.ticket()
        answers = self._crm.write(writes, guard)
        self._runner.answered({key: one.after for key, one in answers.items() if isinstance(one, Wrote)})
        self._runner.pause("has written to the back office")
        return answers
