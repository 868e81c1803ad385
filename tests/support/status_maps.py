"""Status maps by chance: documents that the check passes are lived through, and must come to rest and never go back.

The check runs a map from every state by one move. Here people go on moving, on both sides, between visits and before
the hub is still, so that its memory gets into states the check has not begun from.
"""

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from sverka.config.check import check
from sverka.config.checks.machine import STAGE, STATUS, Machine, State, circle
from sverka.config.read import Document, read
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.convert import alike
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.milestone import Handover
from sverka.domain.mapping.status_map import StatusMap
from sverka.domain.merge.plan import Change
from sverka.domain.merge.reconcile import reconcile
from sverka.domain.merge.snapshot import Snapshot

STATUSES = ("N", "P", "A", "D", "F")
STAGES = ("NEW", "PREPARE", "EXECUTING", "PAID", "WON", "C5:NEW", "C5:PRINT", "C5:SEND", "C5:WON")
CANCEL = ("LOSE", "C5:LOSE")
WAYS = ("->", "<-", "<->")


@dataclass
class Report:
    """What became of many maps. `circles` and `restless` never come to rest; `found` broke though they passed."""

    maps: int = 0
    refused: int = 0
    circles: int = 0
    restless: int = 0
    moves: int = 0
    visits: int = 0
    writes: int = 0
    guarded: int = 0
    found: list[str] = field(default_factory=list)

    def figures(self) -> str:
        """Return one line for people."""
        passed = self.maps - self.refused
        return (
            f"{self.maps} maps, {self.refused} refused by the check ({self.circles} for handovers in a circle, "
            f"{self.restless} for other loops), "
            f"{passed} lived through: {self.moves} moves, {self.visits} visits, {self.writes} writes, "
            f"{self.guarded} steps back held; {len(self.found)} broke"
        )


def document(dice: random.Random) -> str:
    """Return a profile document with a status map, milestones and handovers, sensible or not."""
    rows, named = _rows(dice)
    policy, guard = dice.choice(("ask", "store_wins", "office_wins")), dice.choice(("off", "forward"))
    lines = ["schema = 1", 'profile = "p"', 'store = "s"', 'portal = "b"', "[status]"]
    lines += [f"policy = {_quote(policy)}", f"guard = {_quote(guard)}"]
    lines.append(f"way = {_quote(dice.choice(('<->', '<->', '->')))}")
    lines.append(f"unmapped = {_quote(dice.choice(('hold', 'ignore')))}")
    lines += ["map = [", *rows, "]", f"cancel = {_quote(dice.sample(CANCEL, dice.randint(0, 2)))}"]
    for when in dice.sample(("payment.paid", "delivery.shipped"), dice.randint(0, 2)):
        lines += ["[[milestone]]", f"when = {_quote(when)}", f"way = {_quote(dice.choice(WAYS))}"]
        lines.append(f"stage = {_quote(dice.sample(named, min(len(named), dice.randint(1, 2))))}")
        if dice.random() < 0.4:
            lines.append(f"beyond = {_quote(dice.sample(STAGES, dice.randint(0, 3)))}")
    for _ in range(dice.randint(0, 2)):
        here, there = (STAGES[:5], STAGES[5:]) if dice.random() < 0.6 else (STAGES[5:], STAGES[:5])
        lines += ["[[handover]]", f"at = {_quote(dice.choice(here))}", f"to = {_quote(dice.choice(there))}"]
    return "\n".join(lines) + "\n"


def _rows(dice: random.Random) -> tuple[list[str], list[str]]:
    """Return the map's rows and the stages they name, each stage in one row only in three documents of four."""
    free = dice.sample(STAGES, len(STAGES))
    own = dice.random() < 0.75
    rows, named = [], []
    for status in dice.sample(STATUSES, dice.randint(1, 4)):
        stages = dice.sample(free if own else STAGES, dice.randint(1, 3 if len(free) > 5 else 1))
        free = [stage for stage in free if stage not in stages] or list(STAGES)
        back = ", back = true" if not own and dice.random() < 0.5 else ""
        rows.append(f"  {{ status = {_quote(status)}, stage = {_quote(stages)}{back} }},")
        named += stages
    return rows, list(dict.fromkeys(named))


def _quote(value: object) -> str:
    return json.dumps(value)


def try_map(seed: int, report: Report, steps: int = 30) -> None:
    """Make the map of a seed and, where the check passes it, live it through."""
    dice = random.Random(seed)
    text = document(dice)
    read_ = read(text)
    assert isinstance(read_, Document), text
    report.maps += 1
    bad = [complaint.say("en") for complaint in check(text) if complaint.bad]
    if bad:
        report.refused += 1
        report.restless += any("never come to rest" in said for said in bad) and not circle(read_.table)
        report.circles += bool(circle(read_.table))
        return
    broken = live(Machine.of(read_.table), dice, report, steps)
    if broken:
        report.found.append(f"seed {seed}: {broken}\n{text}")


def live(machine: Machine, dice: random.Random, report: Report, steps: int) -> str:
    """Let people move and the hub visit by chance; return what broke, empty where nothing did."""
    state = dice.choice(list(machine.starts()))
    for _ in range(steps):
        for _ in range(dice.choice((1, 1, 2))):
            _move(machine, state, dice)
            report.moves += 1
        broken = _visit(machine, state, report)[0] if dice.random() < 0.2 else rest(machine, state, report)
        if broken:
            return broken
    return ""


def _move(machine: Machine, state: State, dice: random.Random) -> None:
    flags = machine.flags
    match dice.choice(("status", "stage", "flag" if flags else "stage")):
        case "status":
            state.order[STATUS] = dice.choice([*machine.statuses, "X"])
        case "stage":
            state.stage = dice.choice([*machine.stages, "C7:NEW"])
        case _:
            key = dice.choice(sorted(flags))
            state.order[key] = dice.choice(flags[key])


def rest(machine: Machine, state: State, report: Report) -> str:
    """Let the hub visit until it is still."""
    seen = {state.key}
    while True:
        broken, busy = _visit(machine, state, report)
        if broken or not busy:
            return broken or _unexplained(machine, state)
        if state.key in seen:
            return f"comes again: {state.order} {state.stage}"
        seen.add(state.key)


def _visit(machine: Machine, state: State, report: Report) -> tuple[str, bool]:
    before = state.copy()
    state.moves.clear()
    busy = machine.visit(state)
    report.visits += 1
    report.writes += len(state.moves)
    report.guarded += any(one.why.value == "guarded" for one in _plan(machine, state).differences)
    back = next((change for change in state.moves if goes_back(machine.mappings, before, change)), None)
    if back:
        return f"went back: {before.order} {before.stage} → {back.value}", busy
    fields = [(change.side, change.field) for change in state.moves]
    twice = len(fields) > len(set(fields))
    return (f"wrote one field twice: {before.order} {before.stage}" if twice else ""), busy


def goes_back(mappings: Sequence[FieldMapping], before: State, change: Change) -> bool:
    """Tell, without asking the map, whether a guarded one was moved against the order of its rows."""
    one = next((m.converter for m in mappings if isinstance(m.converter, StatusMap)), None)
    if one is None or not one.guard or change.mapping.key == "handover":
        return False
    if change.side is Side.STORE:
        order = [row.status for row in one.rows]
        old = before.order.get(change.field)
    else:
        order = [stage for row in one.rows for stage in row.stages]
        old = before.stage
    known = old in order and change.value in order and CANCELLED not in (old, change.value)
    return known and order.index(str(change.value)) < order.index(str(old))


def _unexplained(machine: Machine, state: State) -> str:
    """Tell of a deal that should have been handed over, or of two sides that stand apart without a reason shown."""
    if any(isinstance(m.converter, Handover) and m.converter.onward(state.stage) for m in machine.mappings):
        return f"not handed over: {state.stage}"
    shown = {difference.key for difference in _plan(machine, state).differences}
    for mapping in machine.mappings:
        apart = not alike(mapping.converter, state.order.get(mapping.store_field), state.stage)
        if apart and not mapping.ignore_unmapped and mapping.key not in shown:
            return f"apart without a reason: {state.order} {state.stage} {mapping.key}"
    return ""


def _plan(machine: Machine, state: State):  # type: ignore[no-untyped-def]
    return reconcile(
        machine.mappings, state.memory, Snapshot("1", dict(state.order)), Snapshot("1", {STAGE: state.stage})
    )


def main(count: int, first: int) -> int:
    """Try that many maps, print the figures, and return 1 where anything broke."""
    report = Report()
    for seed in range(first, first + count):
        try_map(seed, report)
    lines = [f"status maps, seeds {first} to {first + count - 1}: {report.figures()}", *report.found[:3]]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(bool(report.found))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20000, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
