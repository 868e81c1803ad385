"""Playing one life from its scene and acts, and shortening one that broke to the shortest story that still does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulation.lives import dice
from simulation.lives.acts import Act, do
from simulation.lives.database import Database
from simulation.lives.life import Life
from simulation.lives.rates import Rates
from simulation.lives.rest import come_to_rest
from simulation.lives.setting import Setting

PATIENCE = 600
"""So many tries a story is given to become shorter."""


@dataclass
class Played:
    """What came of one life: `findings` are the oracle's objections, `story` what happened in sentences."""

    setting: Setting
    acts: Sequence[Act]
    findings: list[str]
    story: list[str]
    rates: Rates = field(default_factory=Rates)
    requests: int = 0
    waves: int = 0

    @property
    def broke(self) -> bool:
        """Whether the oracle objected."""
        return bool(self.findings)


def play(setting: Setting, acts: Sequence[Act], database: Database) -> Played:
    """Live a life to its end, or to the first objection; a crash of the hub is an objection.

    Raises:
        KeyboardInterrupt: somebody ends the run, also where the driver hid that behind an error of its own.

    """
    life = Life(setting, database)
    try:
        for act in acts:
            do(life, act)
            if life.oracle.findings:
                break
        else:
            come_to_rest(life)
    except Exception as error:
        if _is_interrupted(error):
            raise KeyboardInterrupt from error
        life.oracle.object(f"the hub crashed: {type(error).__name__}: {str(error)[:300]}")
    return Played(setting, acts, life.oracle.findings, life.story, life.oracle.rates, life.line.requests, life.count)


def _is_interrupted(error: BaseException | None) -> bool:
    """Tell whether an error came of an interrupt: the pool's ping of PostgreSQL, interrupted, fails to tidy up."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def play_seed(seed: int, database: Database) -> Played:
    """Live the life a seed leads to."""
    setting = dice.setting(seed)
    return play(setting, dice.acts(seed, setting), database)


def shorten(played: Played, database: Database, patience: int = PATIENCE) -> Played:
    """Return the shortest story found that still breaks, in the simplest scene."""
    best = played
    tries = 0

    def attempt(setting: Setting, acts: Sequence[Act]) -> bool:
        nonlocal best, tries
        if tries >= patience:
            return False
        tries += 1
        again = play(setting, acts, database)
        if again.broke:
            best = again
        return again.broke

    before = None
    while before != (best.setting, tuple(best.acts)) and tries < patience:
        before = (best.setting, tuple(best.acts))
        _fewer(lambda acts: attempt(best.setting, acts), lambda: list(best.acts))
        for change in _SIMPLER_SCENES:
            simpler = change(best.setting)
            if simpler != best.setting:
                attempt(simpler, best.acts)
        for at in range(len(best.acts)):
            for act in _simpler(best.acts[at]) if at < len(best.acts) else ():
                attempt(best.setting, [*best.acts[:at], act, *best.acts[at + 1 :]])
    return best


def _fewer(attempt: Callable[[list[Act]], bool], acts: Callable[[], list[Act]]) -> None:
    """Take out runs of acts, long ones first, for as long as it still breaks."""
    size = max(1, len(acts()) // 2)
    while size:
        at = 0
        while at < len(acts()):
            left = acts()
            if not attempt([*left[:at], *left[at + size :]]):
                at += size
        size //= 2


def _simpler(act: Act) -> Sequence[Act]:
    """Return plainer versions of an act: fair weather, a bell at once, a whole wave."""
    args = act.args
    match act.verb:
        case "wave":
            slot, office, steps, fates = args
            fine = [Act("wave", (slot, office, steps, fates[:at] + fates[at + 1 :])) for at in range(len(fates))]
            return [*fine, Act("wave", ("A", office, steps, fates)), Act("wave", (slot, 0, steps, fates)),
                    Act("wave", (slot, office, 0, fates))]  # fmt: skip
        case "place":
            return [Act("place", (0, 0, "now")), Act("place", (args[0], 0, args[2])), Act("place", (*args[:2], "now"))]
        case "edit":
            return [Act("edit", (*args[:4], "now")), Act("edit", (args[0], 0, *args[2:]))]
        case "price" | "trash" | "restore_record":
            return [Act(act.verb, (*args[:-1], "now"))]
    return []


def _drop_profile(setting: Setting) -> Setting:
    names = list(setting.profiles)
    return setting if len(names) == 1 else replace(setting, profiles={n: setting.profiles[n] for n in names[:-1]})


def _drop_topic(at: int) -> Callable[[Setting], Setting]:
    def change(setting: Setting) -> Setting:
        topics = setting.topics
        if len(topics) < 2 or at >= len(topics):
            return setting
        left = {
            name: tuple(line for line in lines if line.topic != topics[at]) for name, lines in setting.profiles.items()
        }
        return setting if not all(left.values()) else replace(setting, profiles=left)

    return change


def _plain(**values: Any) -> Callable[[Setting], Setting]:
    return lambda setting: replace(setting, **values)


def _plain_lines(setting: Setting) -> Setting:
    plain = {name: tuple(replace(line, way=None) for line in lines) for name, lines in setting.profiles.items()}
    return replace(setting, profiles=plain)


_SIMPLER_SCENES: Sequence[Callable[[Setting], Setting]] = (
    _drop_profile,
    *(_drop_topic(at) for at in range(5)),
    _plain(stores=1),
    _plain(orders=1),
    _plain(robots=()),
    _plain(lag=0),
    _plain(hours=0),
    _plain(bound=200),
    _plain(echoes=False),
    _plain(sweeps=False),
    _plain(on_deleted="release"),
    _plain_lines,
)
