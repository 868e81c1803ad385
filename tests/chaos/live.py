"""One run, from the first order to the verdict."""

import time
from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from chaos.acts import People
from chaos.faults import Trouble
from chaos.hearsay import Hearsay
from chaos.plan import Plan
from chaos.street import Street
from chaos.town import Town
from chaos.verdict import Verdict, is_final, snapshot, waits_for_night
from chaos.waiting import until

REST = 300.0
"""Seconds within which a hub comes to rest once the weather is clear, whatever the machine does besides."""


@dataclass
class Told:
    """What became of a run."""

    plan: Plan
    objections: list[str]
    seconds: float = 0.0
    deaths: dict[str, int] = field(default_factory=dict)
    """Kills, by what was killed."""
    orders: int = 0
    acts: int = 0
    """What people did besides ordering: fields and lines edited, words said."""
    faults: int = 0
    """Troubles that were no kills: bad answers, bells lost, doubled, held or shuffled, clocks and disks."""
    shown: int = 0
    unseen: Collection[str] = ()
    requests: int = 0


def live(town: Town, plan: Plan, folder: Path, patience: float = REST) -> Told:
    """Play a plan to its end and judge it."""
    begun = time.monotonic()
    street = Street(town, plan, folder)
    people, told, did = People(street), Told(plan, []), Counter[str]()
    with ExitStack() as stack:
        street.open()
        stack.callback(street.close)
        hearsay = Hearsay(street)
        stack.callback(hearsay.close)
        trouble = Trouble(street)
        start = time.monotonic()
        for step in plan.steps:
            _pass(start + step.at, street, people)
            if trouble.does(step):
                did[step.do] += 1
            else:
                people.do(step)
        street.clear()
        verdict = Verdict(street, people, hearsay)
        told.objections, told.unseen = _rested(street, people, verdict, patience), verdict.unseen
        if not told.objections:
            told.objections = _silent(street, hearsay, patience)
        told.deaths, told.orders = street.deaths, len(people.numbers)
        told.acts, told.faults = people.done - told.orders, sum(did[do] for do in did if not do.startswith("kill"))
        told.shown, told.requests = len(hearsay.shown()), len(street.portal.requests)
        told.seconds = time.monotonic() - begun
    return told


def _pass(moment: float, street: Street, people: People) -> None:
    """Let real time pass until a moment, and what has waited be done meanwhile."""
    street.revive()
    people.catch_up()
    while time.monotonic() < moment:
        time.sleep(min(0.05, max(0.0, moment - time.monotonic())))
        street.revive()
        people.catch_up()


def _rested(street: Street, people: People, verdict: Verdict, patience: float) -> list[str]:
    """Wait until there is nothing to object to, and return what is left after so many seconds.

    A portal lists the comments of one deal alone, so that no sweep finds one whose bell was lost, but the comparison of
    every night does: where nothing else is missing, it comes now.
    """
    objections: list[str] = []
    is_night = False

    def is_well() -> bool:
        nonlocal objections, is_night
        street.revive(at_once=True)
        left, unrest = people.catch_up(), verdict.hearsay.unrest()
        objections = [f"{left} acts still wait for their deals"] if left else []
        objections += [unrest] if unrest else verdict.objections()
        if objections and not is_night and all(map(waits_for_night, objections)):
            is_night = True
            _compare(street)
        return not objections or any(map(is_final, objections))

    try:
        until(is_well, "the hub comes to rest", patience, pause=0.5)
    except AssertionError:
        return [*objections, *verdict.objections(), f"the hub has not come to rest in {patience:.0f} s"]
    return objections


def _silent(street: Street, hearsay: Hearsay, patience: float) -> list[str]:
    """Let the hub compare every order with its deal; it has nothing to write."""
    street.calm()
    before = snapshot(street)
    _compare(street)
    until(lambda: not hearsay.unrest(), "the comparison is over", patience, pause=0.2)
    after = snapshot(street)
    names = ("orders", "deals", "writes", "contacts")
    return [f"NOT SILENT: {name} moved" for name, was, now in zip(names, before, after, strict=True) if was != now]


def _compare(street: Street) -> None:
    words = ("sweep", "--all")
    street.town.nursery.run(words, street.folder, street.folder / "sweep.log", **street.environment)
