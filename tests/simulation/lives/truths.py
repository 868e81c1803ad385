"""What was last truly agreed on, field by field, and whose hand moved a field last."""

from dataclasses import dataclass, field
from datetime import datetime

from simulation.lives.rates import Truth
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.course import Onward
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.merge.binding import Entry, Pair
from sverka.ports.clock import Clock

Owner = tuple[OrderRef, ProfileName]
PERSON, ROBOT, HUB = "a person", "a robot", "the hub"


@dataclass
class Truths:
    """Taken from the sides and never from the hub's memory. `findings` are sentences; none means that all held."""

    clock: Clock
    findings: list[str] = field(default_factory=list)
    truths: dict[tuple[Owner, str, str], Truth] = field(default_factory=dict)
    hands: dict[tuple[str, str, str], tuple[str, datetime]] = field(default_factory=dict)
    cloudy: set[Owner] = field(default_factory=set)
    lost: set[Owner] = field(default_factory=set)

    def object(self, text: str) -> None:
        """Object to what has just happened."""
        self.findings.append(text)

    def truth(self, owner: Owner, mapping: FieldMapping) -> Truth | None:
        """Return what is known of a field under the mapping's two fields."""
        return self.truths.get(truth_name(owner, mapping))

    def agreed(self, owner: Owner, mapping: FieldMapping, pair: Pair) -> None:
        """Take in that both sides show a pair that is agreed on now."""
        truth = Truth(Entry(pair, mapping.fingerprint()), self.clock.now(), owner in self.cloudy)
        self.truths[truth_name(owner, mapping)] = truth

    def known_to_agree(
        self, owner: Owner, mapping: FieldMapping, pair: Pair, at: datetime, *, sure: bool = True
    ) -> None:
        """Take in what the hub has seen to agree, unless something newer is known: a wave may be late to say it."""
        known = self.truth(owner, mapping)
        if known is None or known.at <= at:
            truth = Truth(Entry(pair, mapping.fingerprint()), at, owner in self.cloudy and not sure)
            self.truths[truth_name(owner, mapping)] = truth

    def cloud(self, owner: Owner) -> None:
        """Take in that the hub cannot know any more what was agreed on: its questions are fair from now on."""
        self.cloudy.add(owner)
        for (whose, _, _), truth in self.truths.items():
            truth.clouded = truth.clouded or whose == owner

    def lose(self, owner: Owner) -> None:
        """Take in that the hub has forgotten what was agreed on, and not only what became of a write."""
        self.lost.add(owner)
        self.cloud(owner)

    def forget(self, owner: Owner) -> None:
        """Drop all that was agreed on: a record is born anew."""
        for name in [name for name in self.truths if name[0] == owner]:
            del self.truths[name]

    def moved(self, side: str, id_: str, field_: str, who: str) -> None:
        """Take in whose hand has moved a field last."""
        self.hands[side, id_, field_] = who, self.clock.now()


def truth_name(owner: Owner, mapping: FieldMapping) -> tuple[Owner, str, str]:
    """Name what is known by its two fields; a rule that goes by the record alone knows nothing of the order's."""
    return owner, "" if isinstance(mapping.converter, Onward) else mapping.store_field, mapping.office_field
