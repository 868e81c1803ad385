"""Races of transactions on PostgreSQL, step by step: told ones in every order that matters, others by chance."""

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from random import Random
from typing import Any

from simulation.place import own_schema
from simulation.races.chances import random_calls
from simulation.races.choosing import Chance, Every
from simulation.races.hands import Hand, call
from simulation.races.judge import Case, Rows, State, keep, look, put_back
from simulation.races.report import Report
from simulation.races.stage import Stage
from simulation.races.told import RACES, Race
from sverka.storage.database import create


class Arena:
    """A stage, and a connection that puts the tables back and looks at them."""

    def __init__(self, url: str) -> None:
        self.stage = Stage(url)
        self._engine = create(url)
        self._outside = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.clean()

    def clean(self) -> None:
        """Empty the tables."""
        put_back(self._outside, {})

    def close(self) -> None:
        self.stage.close()
        self._outside.close()
        self._engine.dispose()

    def prepare(self, race: Race) -> tuple[Rows, list[Hand]]:
        """Do what comes before a race, and return the tables and the processes as they stand then."""
        self.clean()
        hands = [Hand(player.name, player.storage, player) for player in self.stage.players]
        for hand, calls in zip(hands, race.before, strict=False):
            hand.play(calls)
        return keep(self._outside), hands[: len(race.calls)]

    def run(self, race: Race, ready: tuple[Rows, list[Hand]], choose: Callable[[Any], str | None]) -> list[str] | None:
        """Run a race once and return what was found; None where the run was given up."""
        rows, before = ready
        put_back(self._outside, rows)
        hands = [hand.again(player.storage, player) for hand, player in zip(before, self.stage.players, strict=False)]
        states, retries = [self._look(-1)], self.stage.retries
        plays = [partial(hand.play, calls) for hand, calls in zip(hands, race.calls, strict=True)]
        raised = self.stage.run(plays, choose, lambda: states.append(self._look(self.stage.taken)))
        if self.stage.abandoned:
            return None
        errors = [f"raised: {hand.name}: {error!r:.300}" for hand, error in zip(hands, raised, strict=True) if error]
        if self.stage.retries > retries:
            errors.append("waited: two transactions waited for each other, and one was run again")
        held = [hand.held for hand in before if hand.held]
        deeds = [deed for hand in hands for deed in hand.deeds]
        return errors + Case(states[0], states[-1], deeds, held, states[1:]).findings()

    def _look(self, at: int) -> State:
        return look(self._outside, at)


def explore(arena: Arena, race: Race, limit: int) -> Report:
    """Run a race in every order that can matter, up to so many runs."""
    report, every = Report(), Every()
    ready = arena.prepare(race)
    arena.stage.blocked = arena.stage.retries = 0
    more = True
    while more and report.runs < limit:
        found = arena.run(race, ready, every.choose)
        report.runs += 1
        report.steps += arena.stage.taken
        report.findings += [f"{race.name}: {one}; {'; '.join(every.taken)}" for one in found or ()]
        more = every.next()
    report.blocked, report.retries = arena.stage.blocked, arena.stage.retries
    report.unfinished = [race.name] if more else []
    return report


def wander(arena: Arena, race: Race, seed: str) -> Report:
    """Run a race once, in an order of chance."""
    chance = Chance(seed)
    arena.stage.blocked = arena.stage.retries = 0
    found = arena.run(race, arena.prepare(race), chance.choose)
    told = f"{race.name}, seed {seed}: {race.before} {race.calls}; {'; '.join(chance.taken)}"
    return Report(
        1, arena.stage.taken, arena.stage.blocked, arena.stage.retries, [f"{one}; {told}" for one in found or ()]
    )


def random_race(some: Random) -> Race:
    """Return what two or three processes might do at once."""
    players = some.randint(2, 3)
    before = [[call("ring", on=range(1, 5), at="abc"), *random_calls(some, 3)]]
    before += [random_calls(some, 3) for _ in range(players - 1)]
    return Race("random", before, [random_calls(some, some.randint(1, 3)) for _ in range(players)])


def attack(url: str, seed: int, rounds: int, limit: int = 400, races: Sequence[Race] = RACES) -> Report:
    """Explore the told races, each in up to `limit` runs; then `rounds` times run one of them, and one of chance.

    All in a schema of its own. A seed gives the same runs, but where the database picks one of two that wait.
    """
    report = Report()
    with own_schema(url) as here, closing(Arena(here)) as arena:
        for race in races:
            report.add(explore(arena, race, limit))
        for number in range(rounds):
            one = f"{seed}/{number}"
            report.add(wander(arena, races[number % len(races)], one))
            report.add(wander(arena, random_race(Random(one)), one))
    return report
