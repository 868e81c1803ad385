"""What a problem leads to: a pause of the right length, of the right thing."""

from datetime import timedelta
from typing import Any

import pytest

from support.world import CRM, MAIN, START, World, profile
from sverka.domain.errors import (
    AuthLost,
    Gone,
    Halt,
    Later,
    Misconfigured,
    Problem,
    Rejected,
    Unanswered,
)
from sverka.engine.trouble import line_of, pause_for, stop_what_must
from sverka.ports.journal import Event

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("problem", "attempts", "pause"),
    [
        (Rejected(), 0, 30 * SECOND),
        (Rejected(), 1, MINUTE),
        (Rejected(), 2, 2 * MINUTE),
        (Gone(), 4, 8 * MINUTE),
        (Unanswered(), 5, 15 * MINUTE),
        (Unanswered(), 10_000, 15 * MINUTE),
        (Later(after=5 * SECOND), 0, 5 * SECOND),
        (Later(after=5 * SECOND), 3, 40 * SECOND),
        (Later(after=5 * SECOND), 50, 15 * MINUTE),
        (Later(after=60 * MINUTE), 0, 60 * MINUTE),
        (Later(after=60 * MINUTE), 3, 60 * MINUTE),
        (AuthLost(), 0, 5 * MINUTE),
        (AuthLost(), 9, 5 * MINUTE),
        (Misconfigured(), 3, 5 * MINUTE),
        (Halt(), 3, 5 * MINUTE),
    ],
)
def test_a_pause_doubles_up_to_its_longest(problem: Problem, attempts: int, pause: timedelta) -> None:
    assert pause_for(problem, attempts) == pause


@pytest.mark.parametrize(
    ("problem", "with_profile", "profiles", "connections"),
    [
        (Halt(), True, {MAIN}, 0),
        (Misconfigured(), True, set(), 1),
        (AuthLost(), True, set(), 1),
        (Halt(), False, set(), 1),
        (Misconfigured(), False, set(), 1),
        (AuthLost(), False, set(), 1),
        (Later(), True, set(), 0),
        (Rejected(), True, set(), 0),
        (Unanswered(), False, set(), 0),
    ],
)
def test_what_must_stop_is_the_profile_or_the_connection(
    world: World, problem: Problem, *, with_profile: bool, profiles: set[str], connections: int
) -> None:
    stopped = stop_what_must(world.hub, problem, START, connection=CRM, profile=profile() if with_profile else None)
    assert stopped is bool(profiles or connections)
    assert world.paused == profiles
    assert world.storage.counts().paused_connections == connections


def test_a_problems_line_names_its_owner_and_its_kind(make_task: Any) -> None:
    task = make_task({})
    line = line_of(Rejected(), START, task.order, CRM, task)
    assert (line.event, line.rule, line.order, line.profile, line.office) == (
        Event.PROBLEM, "Rejected", task.order, MAIN, CRM,
    )  # fmt: skip
    assert line.text == Rejected.text
    bare = line_of(Gone(), START, None, CRM)
    assert (bare.event, bare.profile, bare.order) == (Event.RELEASED, None, None)
