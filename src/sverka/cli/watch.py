"""How a hub that runs is watched: its alerts and traces while it runs, and its numbers at its door."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from starlette.routing import Route

from sverka.bootstrap import House
from sverka.cli.home import settings_now
from sverka.config.watching import Watching
from sverka.operate.metrics import exposition
from sverka.operate.traces import tracing
from sverka.operate.watchman import Watchman
from sverka.operate.ways import ways_of
from sverka.ports.watch import counts
from sverka.web.metrics import metrics_route


def watching_now() -> Watching:
    """Return how this environment has the hub watched; Misconfigured where a value cannot be used."""
    return Watching.from_env(os.environ, Path.cwd())


@contextmanager
def watched(house: House) -> Iterator[None]:
    """Tell of what stands still, and trace the work where that is asked for, while the block runs."""
    wanted = watching_now()
    watchman = Watchman(house, ways_of(wanted, settings_now().language, house.clock), wanted.patience)
    with tracing(wanted):
        watchman.start()
        try:
            yield
        finally:
            watchman.stop()


def numbers_of(house: House) -> Sequence[Route]:
    """Return the route of the hub's numbers, none where no token is set."""
    token = watching_now().metrics_token

    def numbers() -> bytes:
        house.storage.tallies.keep(counts)
        return exposition(house)

    return [metrics_route(numbers, token)] if token else []
