"""The proof in short: random lives on every database, and that a life can be lived again and shortened."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from simulation.lives import dice
from simulation.lives.database import Database
from simulation.lives.play import Played, play, play_seed, shorten
from simulation.lives.told import told
from simulation.place import own_schema

FIRST = 20_000_000
"""The first seed here; `make prove` begins at 0."""


def held(database: Database, first: int, runs: int) -> list[Played]:
    """Live so many lives, and return them all if none broke."""
    lives = []
    for seed in range(first, first + runs):
        lives.append(play_seed(seed, database))
        assert not lives[-1].broke, told(f"make prove SEED={seed}", lives[-1])
    return lives


@pytest.mark.covers("R127", "R131", "R133", "R166", "C20", "C22")
@pytest.mark.parametrize("part", range(2))
def test_lives_in_memory_hold(memory: Database, part: int) -> None:
    lives = held(memory, FIRST + part * 1000, 60)
    assert sum(life.rates.writes for life in lives) > 100, "nothing much happened"
    assert sum(life.rates.window for life in lives) > 0, "no edit met the window between the look and the write"


@pytest.mark.covers("R166")
def test_lives_on_a_file_hold(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'hub.db'}")) as database:
        held(database, FIRST + 10_000, 12)


@pytest.mark.postgres
def test_lives_on_postgresql_hold() -> None:
    given = os.environ.get("SVERKA_TEST_POSTGRES")
    if not given:
        pytest.skip("PostgreSQL absent: set SVERKA_TEST_POSTGRES")
    with own_schema(given) as here, closing(Database(here)) as database:
        held(database, FIRST + 20_000, 12)


def test_a_life_is_lived_again_word_for_word(memory: Database) -> None:
    once, again = play_seed(FIRST, memory), play_seed(FIRST, memory)
    assert once.story
    assert (once.story, once.rates, once.requests) == (again.story, again.rates, again.requests)


def test_a_life_that_breaks_is_shortened_and_still_breaks(memory: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sverka.engine.act.brake.brake_ping_pong", None)
    monkeypatch.setattr("sverka.engine.wave.brake_ping_pong", lambda *_args: 1 / 0)
    setting = dice.setting(FIRST)
    broken = play(setting, dice.acts(FIRST, setting), memory)
    assert "the hub crashed: ZeroDivisionError" in broken.findings[0]
    short = shorten(broken, memory)
    assert short.broke
    assert len(short.acts) < 4 < len(broken.acts)
