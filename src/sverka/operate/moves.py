"""Which rule moved what, from the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sverka.bootstrap import House
from sverka.engine.narrate import move_of
from sverka.operate.answer import who_answered
from sverka.ports.journal import JournalLine
from sverka.storage.profiles import ProfileVersion


@dataclass(frozen=True)
class Move:
    """One value that was written: the rule and the profile's row behind it, and who decided where a person did."""

    at: datetime
    order: str
    side: str
    field: str
    before: str
    after: str
    rule: str
    row: str
    by: str
    profile: str


def moves_of(house: House, lines: Sequence[JournalLine]) -> list[Move]:
    """Return the journal's writes with the versions of the profiles that were in force."""
    versions = {name: house.storage.profiles.versions(name) for name in {one.profile for one in lines if one.profile}}
    return [_move(house, one, versions.get(one.profile, ()) if one.profile else ()) for one in lines]


def _move(house: House, one: JournalLine, versions: Sequence[ProfileVersion]) -> Move:
    in_force = max((version.version for version in versions if version.applied_at <= one.at), default=0)
    side, row = move_of(one)
    return Move(
        at=one.at,
        order=str(one.order or ""),
        side=side.value if side else "",
        field=one.field,
        before=one.before,
        after=one.after,
        rule=one.rule,
        row=row,
        by=_who(house, one, row) if one.rule == "decision" else "",
        profile=f"{one.profile} v{in_force}" if in_force else str(one.profile or ""),
    )


def _who(house: House, one: JournalLine, row: str) -> str:
    """Return who decided on that row last before it was written, as the order's story has it."""
    story = house.storage.journal.timeline(one.order) if one.order else ()
    answers = [line for line in story if line.rule == "K22" and line.at <= one.at and f"`{row}`" in line.text.en]
    return who_answered(answers[-1]) if answers else ""
