"""Where lives are played."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from simulation.lives.database import Database


@pytest.fixture
def memory() -> Iterator[Database]:
    with closing(Database()) as database:
        yield database
