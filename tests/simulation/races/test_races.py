"""The storage under attack by several processes at once; a short form of what `attack` and `storm` can do at length."""

import os

import pytest

from simulation.races.attack import attack
from simulation.races.choosing import Every
from simulation.races.stage import Step, step_of
from simulation.races.storm import storm
from simulation.races.told import RACES


@pytest.fixture
def postgres():
    given = os.environ.get("SVERKA_TEST_POSTGRES")
    if not given:
        pytest.skip("PostgreSQL absent: set SVERKA_TEST_POSTGRES")
    return given


@pytest.mark.postgres
def test_transactions_that_cross_statement_by_statement_break_nothing(postgres):
    report = attack(postgres, seed=1, rounds=52, limit=1)
    assert report.findings == []
    assert report.runs > 100
    assert report.blocked > 50, "they never met"


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name", ["two offices claim one order", "a late commit and a takeover", "locks are freed crosswise"]
)
def test_every_order_of_statements_is_gone_through(postgres, name):
    report = attack(postgres, seed=1, rounds=0, races=[race for race in RACES if race.name == name])
    assert report.findings == []
    assert report.unfinished == []
    assert report.runs > 10


@pytest.mark.postgres
def test_a_storm_on_postgresql_leaves_nothing_broken(postgres):
    report = storm(postgres, seed=1, rounds=4)
    assert report.findings == []


def test_a_storm_on_a_file_leaves_nothing_broken(tmp_path):
    assert storm(f"sqlite:///{tmp_path / 'hub.db'}", seed=1, rounds=4).findings == []


def test_a_step_is_known_by_the_tables_it_meets():
    assert step_of("SELECT settings.name FROM settings WHERE x FOR UPDATE", ["claims"]).writes == {"claims"}
    claiming = step_of("UPDATE offices SET epoch=1 WHERE offices.name IN (SELECT visits.office FROM visits)", [])
    assert (claiming.writes, claiming.reads) == ({"offices"}, {"offices", "visits"})
    bell = step_of("INSERT INTO visits (store) VALUES ('a')", [])
    assert bell.apart(claiming), "it shows itself only at its COMMIT"
    assert not Step("COMMIT", bell.writes, bell.reads, commits=True).apart(claiming)


def test_every_order_that_matters_is_gone_through_once():
    """Two processes of two steps each that meet have six orders; two that are apart have one."""
    meet, apart = Step("same", frozenset("x")), Step("other", frozenset("y"))
    assert _runs({"one": [meet, meet], "two": [meet, meet]}) == 6
    assert _runs({"one": [meet, meet], "two": [apart, apart]}) == 1
    assert _runs({"one": [meet, apart], "two": [apart, meet]}) == 3


def _runs(steps):
    every, whole, more = Every(), set(), True
    while more:
        left, order = {who: [*some] for who, some in steps.items()}, []
        while options := {who: some[0] for who, some in left.items() if some}:
            if (going := every.choose(options)) is None:
                break
            order.append(going)
            left[going].pop(0)
        else:
            assert tuple(order) not in whole
            whole.add(tuple(order))
        more = every.next()
    return len(whole)
