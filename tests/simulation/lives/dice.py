"""The dice: a seed leads to a scene and to what happens in it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from simulation.lives.acts import Act
from simulation.lives.network import Fate
from simulation.lives.setting import PRINT, SALES, WORKS, Line, Setting
from simulation.lives.topics import TOPICS
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Policy, Side, Way

LENGTH = 40
"""Acts in one life."""

_BELLS = ("now", "now", "now", "lost", "twice", "late", "storm")
_FATES = tuple(fate.name for fate in Fate)
_ODDS = tuple({Fate.FINE: 6.0, Fate.STRANGER: 0.4}.get(fate, 1.2) for fate in Fate)
_RULES = [name for name, topic in TOPICS.items() if topic.fixed]
_ROBOTS = (
    (Side.OFFICE, "stageId", "EXECUTING", "QUALITY", 0),
    (Side.OFFICE, "stageId", "NEW", "EXECUTING", 30),
    (Side.OFFICE, "stageId", "WON", "NEW", 0),
    (Side.STORE, "status", "F", "P", 0),
    (Side.STORE, "status", "P", "N", 90),
    (Side.OFFICE, "UF_TRACK", "A", "B", 20),
)


def setting(seed: int) -> Setting:
    """Draw a scene. Most runs have one order and two fields: contention, and not variety, is what breaks a merge."""
    dice = random.Random(f"scene {seed}")
    names: Sequence[ProfileName] = dice.choice(
        [(SALES,), (SALES,), (SALES, PRINT), (SALES, WORKS), (SALES, PRINT, WORKS)]
    )
    topics = _topics(dice)
    habits = {"guard": dice.random() < 0.3, "tells": dice.random() < 0.4}
    profiles: Mapping[ProfileName, tuple[Line, ...]] = {
        name: tuple(replace(_line(dice, topic), **habits) for topic in topics) for name in names
    }
    return Setting(
        profiles,
        stores=dice.choice([1, 1, 1, 2]),
        orders=dice.choice([1, 1, 1, 2, 4]),
        echoes=dice.random() < 0.5,
        sweeps=dice.random() < 0.3,
        lag=dice.choice([0, 0, 55]),
        hours=dice.choice([0, 0, 3, -3]),
        bound=dice.choice([200, 200, 1]),
        robots=tuple(dice.sample(_ROBOTS, dice.choice([0, 0, 1, 2]))),
        on_deleted=dice.choice(["release", "release", "recreate", "cancel_order"]),
        new_order=(makes := dice.random() < 0.2),
        lead=not makes and dice.random() < 0.15,
        invoice=not makes and dice.random() < 0.15,
        marks_late=makes and dice.random() < 0.5,
    )


def _topics(dice: random.Random) -> Sequence[str]:
    """Draw fields: mostly any few of them, or a status with what else moves a deal on."""
    theme = dice.random()
    if theme < 0.2:
        return ["status", *dice.sample(_RULES, dice.choice([1, 1, 2, 3])), dice.choice(["track", "note"])]
    if theme < 0.35:
        return ["comments", *dice.sample(["docs", "files", "status", "track"], dice.choice([0, 1, 1, 2]))]
    crowded = dice.random() < 0.2
    return dice.sample([*TOPICS], dice.choice([2, 2, 2, 3, 4]) if not crowded else 5)


def _line(dice: random.Random, topic: str) -> Line:
    way = None
    if TOPICS[topic].way is Way.BOTH and dice.random() < 0.2:
        way = dice.choice([Way.TO_OFFICE, Way.TO_STORE])
    return Line(topic, dice.choice(list(Policy)), way)


def acts(seed: int, scene: Setting) -> list[Act]:
    """Draw what happens."""
    dice = random.Random(f"acts {seed}")
    calm = dice.random() < 0.3
    begun = [Act("place", (0, dice.randrange(5), dice.choice(_BELLS)))]
    if dice.random() < 0.7:  # most lives begin with an order that is bound: what breaks a merge comes after
        begun = [
            Act("place", (0, dice.randrange(5), "now")),
            Act("wave", ("A", 0, 0, ())),
            Act("wave", ("A", 1, 0, ())),
        ]
    return [*begun, *(_act(dice, scene, calm) for _ in range(LENGTH))]


_WEIGHTS = {
    "place": 3, "edit": 26, "price": 3, "delete_order": 0.4, "trash": 1, "restore_record": 1, "merge": 1, "decide": 2.5,
    "operator": 3, "reconfigure": 1, "deliver": 4, "sweep": 2, "compare": 0.7, "pass": 6, "wave": 40, "kill": 3,
    "backup": 0.5, "restore_backup": 0.35, "open_deal": 2, "say": 9, "unsay": 2, "convert": 4,
}  # fmt: skip


def _act(dice: random.Random, scene: Setting, calm: bool) -> Act:
    verb = dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    bell = dice.choice(_BELLS)
    index = dice.randrange(12)
    match verb:
        case "place":
            return Act(verb, (dice.randrange(4), dice.randrange(5), bell))
        case "edit":
            side = dice.choice(list(Side))
            return Act(verb, (side.value, index, dice.choice(scene.topics), dice.randrange(8), bell))
        case "price":
            return Act(verb, (index, dice.randrange(3), dice.random() < 0.8, bell))
        case "say":
            return Act(verb, (dice.choice(list(Side)).value, index, dice.randrange(4), bell))
        case "unsay":
            return Act(verb, (dice.choice(list(Side)).value, index, dice.randrange(4)))
        case "trash" | "convert":
            return Act(verb, (index, bell))
        case "open_deal":
            return Act(verb, (index, bell))
        case "restore_record":
            return Act(verb, (bell,))
        case "merge":
            return Act(verb, (dice.randrange(4), dice.randrange(4)))
        case "decide":
            return Act(verb, (index, dice.choice(list(Side)).value))
        case "operator":
            return Act(verb, (dice.choice(["recreate", "retry", "look", "resume", "resume"]), index))
        case "reconfigure":
            return Act(verb, (dice.choice(["policy", "way", "map", "field", "route", "switch", "switch"]), index))
        case "deliver":
            return Act(verb, (dice.randrange(1, 4),))
        case "sweep":
            return Act(verb, (index,))
        case "pass":
            return Act(verb, (dice.choice([1, 5, 30, 70, 130, 250, 700]),))
        case "wave":
            steps = 0 if dice.random() < 0.5 else dice.randrange(1, 7)
            return Act(verb, (dice.choice("AAB"), dice.randrange(2), steps, _fates(dice, calm)))
        case "kill":
            return Act(verb, (dice.choice("AAB"), dice.randrange(2)))
        case "delete_order":
            return Act(verb, (index,))
    return Act(verb)


def _fates(dice: random.Random, calm: bool) -> tuple[str, ...]:
    if calm or dice.random() < 0.55:
        return ()
    return tuple(dice.choices(_FATES, _ODDS, k=dice.randrange(1, 5)))
