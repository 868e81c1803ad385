"""What processes might do, by chance."""

from collections.abc import Callable, Sequence
from random import Random

from simulation.races.hands import DOUBT, Call, call
from sverka.ports.storage import Lane

_WORDS: Sequence[tuple[int, Callable[[Random], Call]]] = (
    (
        4,
        lambda some: call("ring", on=some.sample(range(1, 5), some.randint(1, 3)), at=_offices(some), lane=_lane(some)),
    ),
    (1, lambda some: call("swept", on=some.sample(range(1, 5), some.randint(1, 3)), at=_offices(some))),
    (
        6,
        lambda some: call("claim", at=some.choice("abc"), bound=some.randint(1, 4), quiet=some.choice((0, 4))),
    ),
    (4, lambda _: call("intend")),
    (6, lambda some: call("finish", again=some.random() < 0.4, close=some.random() < 0.6, release=some.random() < 0.8)),
    (2, lambda _: call("release")),
    (1, lambda _: call("bind")),
    (1, lambda some: call("extend", by=some.choice((60, 600)))),
    (1, lambda some: call("make_anew", on=some.randint(1, 4))),
    (1, lambda some: call(some.choice(("pause", "resume")), at=some.choice("abc"))),
    (3, lambda some: call("tick", by=some.choice((1, 30, DOUBT + 1)))),
)


def _offices(some: Random) -> str:
    return "".join(some.sample("abc", some.randint(1, 3)))


def _lane(some: Random) -> Lane:
    return some.choice((Lane.LIVE, Lane.LIVE, Lane.SWEEP, Lane.BACKFILL, Lane.HISTORY))


def random_calls(some: Random, amount: int) -> list[Call]:
    """Return what one process might do."""
    weights = [weight for weight, _ in _WORDS]
    return [word(some) for _, word in some.choices(_WORDS, weights, k=amount)]
