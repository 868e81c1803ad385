"""Races that are told: what may cross, each as short as it can be."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulation.races.hands import DOUBT, Call, call
from sverka.ports.storage import Lane


@dataclass(frozen=True)
class Race:
    """What several processes do at once. `before` is done first, by each in turn."""

    name: str
    before: Sequence[Sequence[Call]]
    calls: Sequence[Sequence[Call]]


LATER = call("tick", by=DOUBT + 1)
RUNG = call("ring", on=[1, 2], at="ab")


def _held(office: str, *more: Call) -> list[Call]:
    return [call("ring", on=[1, 2], at=office), call("claim", at=office), *more]


def _bound(office: str) -> list[Call]:
    return [*_held(office), call("bind"), call("finish")]


RACES = [
    Race("two offices claim one order", [[RUNG]], [[call("claim", at="a")], [call("claim", at="b")]]),
    Race("one office is claimed twice", [[RUNG]], [[call("claim", at="a")], [call("claim", at="a")]]),
    Race(
        "a bell during a claim",
        [[call("ring", on=[1])]],
        [[call("claim", at="a"), call("finish")], [call("ring", on=[1])]],
    ),
    Race("a bell during a finish", [_held("a")], [[call("finish", again=True)], [call("ring", on=[1])]]),
    Race("a bell during a release", [_held("a")], [[call("release")], [call("ring", on=[2, 1])]]),
    Race(
        "bells that cross",
        [[]],
        [
            [call("ring", on=[1, 2])],
            [call("ring", on=[2, 1], lane=Lane.SWEEP, late=5)],
            [call("receive", on=[1], at="b")],
        ],
    ),
    Race("bells that cross a claim", [[RUNG]], [[call("claim", at="a")], [call("swept", on=[2, 1], at="ba")]]),
    Race(
        "a bell for two offices crosses a claim that lifts",
        [[call("ring", on=[1], at="b", lane=Lane.BACKFILL), call("ring", on=[1])]],
        [[call("claim", at="a")], [call("ring", on=[1], at="ba")]],
    ),
    Race(
        "two offices free each other",
        [_held("a"), [call("ring", on=[3], at="b"), call("claim", at="b")]],
        [[LATER, call("claim", at="a")], [LATER, call("claim", at="b")]],
    ),
    Race(
        "a finish that tells others crosses a bell",
        [[call("ring", on=[1]), call("claim", at="a"), call("ring", on=[1, 2])]],
        [[call("finish", again=True, tell=[2], release=False)], [call("ring", on=[2, 1])]],
    ),
    Race(
        "a finish and a release cross a bell",
        [[*_held("a"), call("ring", on=[1, 2])], [call("ring", on=[3, 4], at="b"), call("claim", at="b")]],
        [[call("finish", again=True)], [call("release")], [call("ring", on=[4, 2], at="ba")]],
    ),
    Race("a late commit and a takeover", [_held("a"), [LATER]], [[call("intend")], [call("claim", at="a")]]),
    Race(
        "a late finish and a takeover", [_held("a"), [LATER]], [[call("finish", again=True)], [call("claim", at="a")]]
    ),
    Race(
        "a late finish and another office",
        [_held("a"), [LATER, call("ring", on=[1], at="b")]],
        [[call("finish")], [call("claim", at="b")]],
    ),
    Race(
        "a late commit and another office",
        [_held("a"), [LATER, call("ring", on=[1], at="b")]],
        [[call("intend")], [call("claim", at="b")]],
    ),
    Race(
        "a late release and another office",
        [_held("a"), [LATER, call("ring", on=[1], at="b")]],
        [[call("release")], [call("claim", at="b")]],
    ),
    Race("a late release and a takeover", [_held("a"), [LATER]], [[call("release")], [call("claim", at="a")]]),
    Race("a late extension and a takeover", [_held("a"), [LATER]], [[call("extend", by=600)], [call("claim", at="a")]]),
    Race(
        "an intent is left in doubt",
        [[*_held("a"), call("ring", on=[1], at="b"), call("tick", by=30)]],
        [[call("intend"), call("finish", again=True, close=False)], [call("claim", at="b")]],
    ),
    Race(
        "an intent wakes the star",
        [_bound("a"), _bound("b"), _held("a")],
        [[], [call("claim", at="b"), call("finish")], [call("intend")]],
    ),
    Race(
        "a live order passes another office's backfill",
        [[call("ring", on=[1], at="b", lane=Lane.BACKFILL, late=-9), call("ring", on=[1])]],
        [[call("claim", at="a")], [call("ring", on=[1], at="b", lane=Lane.SWEEP)]],
    ),
    Race(
        "a compared order passes another office's history",
        [[call("ring", on=[1], at="b", lane=Lane.HISTORY, late=-9), call("ring", on=[1], lane=Lane.BACKFILL)]],
        [[call("claim", at="a")], [call("ring", on=[1], at="b", lane=Lane.SWEEP)]],
    ),
    Race(
        "who waits longer",
        [[call("ring", on=[1], at="b", lane=Lane.BACKFILL, late=-9), call("ring", on=[1], late=-8)]],
        [
            [
                call("claim", at="a"),
                call("finish"),
                call("ring", on=[1], late=1),
                call("tick", by=2),
                call("claim", at="a"),
            ],
            [call("claim", at="b"), call("finish")],
        ],
    ),
    Race(
        "locks are freed under a claim", [_held("a")], [[call("intend")], [call("free_locks")], [call("claim", at="a")]]
    ),
    Race(
        "locks are freed crosswise",
        [_held("a"), [call("ring", on=[3], at="b"), call("claim", at="b")], [LATER]],
        [[], [call("free_locks")], [call("claim", at="b")]],
    ),
    Race(
        "a pause during a claim",
        [[call("ring", on=[1], at="b", late=-9), call("ring", on=[1])]],
        [[call("claim", at="a")], [call("pause", at="b"), call("resume", at="b")]],
    ),
    Race(
        "made anew and released",
        [_bound("a"), _bound("b"), _held("a")],
        [[], [call("make_anew", on=1)], [call("bind"), call("finish")]],
    ),
]
"""The told races; each has been seen to end in every order."""
