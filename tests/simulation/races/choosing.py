"""Who goes next: chance, or every order of steps that can matter, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from simulation.races.stage import Step


class Chance:
    """Chooses by a seed."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self.taken: list[str] = []

    def choose(self, options: Mapping[str, Step]) -> str:
        """Return one of those who may go."""
        going = self._random.choice(sorted(options))
        self.taken.append(f"{going}: {options[going].label}")
        return going


@dataclass
class Fork:
    """A place where several could go. Who is asleep would only repeat a run that was made."""

    options: Mapping[str, Step]
    asleep: frozenset[str] = frozenset()
    tried: list[str] = field(default_factory=list)

    @property
    def going(self) -> str:
        return self.tried[-1]

    def next(self) -> str | None:
        """Return who is still to be tried."""
        return next((who for who in sorted(self.options) if who not in self.asleep and who not in self.tried), None)

    def passes_on(self, options: Mapping[str, Step]) -> frozenset[str]:
        """Return who sleeps after this: who was tried before, as long as what was done could as well come later."""
        done = self.options[self.going]
        sleepers = self.asleep | frozenset(self.tried[:-1])
        return frozenset(who for who in sleepers if who in options and self.options[who].apart(done))


class Every:
    """Walks through all runs, depth first: sleep sets leave out those that differ only in steps that are apart.

    Of two that one COMMIT lets go on, the database picks the first. Where it picked another than the last time, the
    walk goes on from there anew.
    """

    def __init__(self) -> None:
        self._forks: list[Fork] = []
        self._depth = 0

    @property
    def taken(self) -> list[str]:
        return [f"{fork.going}: {fork.options[fork.going].label}" for fork in self._forks]

    def choose(self, options: Mapping[str, Step]) -> str | None:
        """Return who goes; None where every way on from here repeats a run."""
        if self._depth < len(self._forks) and self._forks[self._depth].options != options:
            del self._forks[self._depth :]
        if self._depth < len(self._forks):
            fork = self._forks[self._depth]
        else:
            fork = Fork(dict(options), self._forks[-1].passes_on(options) if self._forks else frozenset())
            if (first := fork.next()) is None:
                return None
            fork.tried.append(first)
            self._forks.append(fork)
        self._depth += 1
        return fork.going

    def next(self) -> bool:
        """Turn back to the last place with another way; False where all have been gone."""
        self._depth = 0
        while self._forks:
            if (other := self._forks[-1].next()) is not None:
                self._forks[-1].tried.append(other)
                return True
            self._forks.pop()
        return False
