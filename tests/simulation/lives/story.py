"""One told story: a scene, a few acts, what has to come of them, and why there is a rule for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.lives.acts import Act
from simulation.lives.database import Database
from simulation.lives.play import Played, play
from simulation.lives.setting import CRM, ERP, SALES, Line, Setting
from simulation.lives.topics import TOPICS
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.field_mapping import Side

NOBODY, ANNA_BY_PHONE, ANNA = 4, 0, 2
"""Buyers: one who leaves no phone and no e-mail, one with a phone, the same with an e-mail too."""

DOUBT = 250
"""Seconds after which nothing that was sent before can still land."""

ABOUT_TO_WRITE = "is about to write to the back office"
ABOUT_TO_STORE = "is about to write to the store"
ABOUT_TO_REMEMBER = "is about to commit what it has seen and done"
"""What a process says of itself at moments for `wave_until`."""

CLOSING = (Act("rest"), Act("show"))
"""How every story ends."""


@dataclass(frozen=True)
class Story:
    """What befalls, and what the hub makes of it.

    `title` says in one sentence what befalls, `why` what a shop owner would see without the rule. `expects` are words
    the telling must hold, so that the story cannot become idle; `ends` are words of its last sentence. `without` are
    words of the objection where the rule is switched off; empty, where the story breaks under no switch. A story the
    sides in memory cannot play names the test that tells it in `test`, a pytest node id, and has no acts.
    """

    rule: str
    title: str
    why: str
    acts: Sequence[Act] = ()
    setting: Setting = field(default_factory=lambda: scene(Line("track")))
    expects: Sequence[str] = ()
    ends: Sequence[str] = ()
    without: str = ""
    test: str = ""

    def play(self, database: Database) -> Played:
        """Live the story to its end, or to the first objection."""
        return play(self.setting, [*self.acts, *CLOSING], database)

    def objection(self, played: Played) -> str:
        """Return what is wrong with a playing: the oracle's objection, or an end not its own; empty where it held."""
        if played.broke:
            return played.findings[0]
        return "" if all(words in played.story[-1] for words in self.ends) else played.story[-1]


def scene(*lines: Line, **habits: Any) -> Setting:
    """Return a shop and a CRM with one profile of these lines."""
    return Setting({SALES: lines}, **habits)


def place(order: int = 1, buyer: int = NOBODY, bell: str = "now") -> Act:
    """Have a customer place an order."""
    return Act("place", (order - 1, buyer, bell))


def shop_sets(topic: str, value: Value, order: int = 1, bell: str = "now") -> Act:
    """Have somebody in the shop edit an order."""
    return Act("edit", (Side.STORE.value, order - 1, topic, TOPICS[topic].store.index(value), bell))


def manager_sets(topic: str, value: Value, record: int = 1, bell: str = "now") -> Act:
    """Have a manager edit a record, counted among those there are."""
    return Act("edit", (Side.OFFICE.value, record - 1, topic, TOPICS[topic].office.index(value), bell))


def wave(process: str = "A", office: str = CRM, meets: str = "") -> Act:
    """Let a process carry a wave to its end; what its next request meets is the name of a fate."""
    return Act("wave", (process, int(office == ERP), 0, (meets,) if meets else ()))


def wave_until(words: str, process: str = "A", office: str = CRM) -> Act:
    """Let a process carry a wave to the moment it says these words of itself."""
    return Act("until", (process, int(office == ERP), words))


def kill(process: str = "A") -> Act:
    """Kill a process in the middle of its wave."""
    return Act("kill", (process, 0))


def trash(record: int = 1) -> Act:
    """Have a manager throw a record into the bin."""
    return Act("trash", (record - 1, "now"))


def look() -> Act:
    """Have the operator ask for a look at the first order."""
    return Act("operator", ("look", 0))


def price(fits: bool) -> Act:
    """Have the shop set what the first order costs; where it does not fit, its lines add up to less."""
    return Act("price", (0, 0, fits, "now"))


def seconds_pass(seconds: int = DOUBT) -> Act:
    """Let time pass, by default until no doubt is left."""
    return Act("pass", (seconds,))


def says(words: int = 0, order: int = 1, bell: str = "now") -> Act:
    """Have somebody in the shop say something of an order."""
    return Act("say", (Side.STORE.value, order - 1, words, bell))


def manager_writes(words: int = 0, record: int = 1, bell: str = "now") -> Act:
    """Have a manager write a comment under a record."""
    return Act("say", (Side.OFFICE.value, record - 1, words, bell))


def switch(which: int = 0) -> Act:
    """Have the owner turn a switch of the first profile: 0 whether deals are written, 1 whether orders are."""
    return Act("reconfigure", ("switch", which))
