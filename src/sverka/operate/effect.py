"""What applying a changed profile would touch, and what becomes of what no longer agrees under it (K13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sverka.bootstrap import House
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.mapping.profile import Profile, document_of
from sverka.domain.merge.binding import Binding, BindingState, Entry, Pair
from sverka.domain.merge.plan import Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.merge.renew import Choice, has_winner, is_stale, joins_others, leader, renewed
from sverka.operate.answer import answered
from sverka.storage.conflicts import Shown

_PAGE = 500
Stale = dict[str, tuple[Entry, FieldMapping]]


@dataclass
class Effect:
    """What applying would touch: orders whose differences are looked at again, bindings whose memory is forgotten.

    `bound` are orders, whichever of their records there are: deals, leads, invoices. `unmet` are orders that the
    profile's new rows have never been seen on. `standing` are conflicts of changed rows, each with the row as it
    is now.
    """

    held: Sequence[OrderRef]
    bound: set[OrderRef] = field(default_factory=set)
    unmet: set[OrderRef] = field(default_factory=set)
    stale: dict[int, tuple[OrderRef, Stale]] = field(default_factory=dict)
    standing: list[tuple[Shown, FieldMapping]] = field(default_factory=list)

    @property
    def forgotten(self) -> int:
        """How many orders a person would be asked about."""
        return len({order for order, _ in self.stale.values()})

    def asked(self, choice: Choice) -> int:
        """Return on how many orders a row joins other fields about which a choice cannot tell whose value stays."""
        lost = (
            order
            for order, some in self.stale.values()
            if any(
                joins_others(*pair) and not (choice == "recompute" and has_winner(pair[1])) for pair in some.values()
            )
        )
        return len(set(lost))


def held_by(house: House, name: ProfileName) -> list[OrderRef]:
    """Return the orders that hold differences under a profile."""
    return sorted({one.order for one in _differences(house, name)})


def _differences(house: House, name: ProfileName) -> list[Shown]:
    return [one for one in house.storage.differences.list(limit=None) if document_of(one.profile) == name]


def bound_under(house: House, profile: Profile) -> Iterator[Binding]:
    """Yield the bindings of a profile and its facets whose records are there, in order of age."""
    names = {one.name for one in profile.family}
    after = 0
    while page := house.storage.bound_orders(profile.office, after, _PAGE):
        after = page[-1][0]
        memory = house.storage.recall([order for _, order in page], house.clock.now())
        known = {id_ for id_, _ in page}
        for binding in (one for some in memory.bindings.values() for one in some if one.id in known):
            if binding.profile in names and binding.state is BindingState.BOUND:
                yield binding


def effect_of(house: House, profile: Profile, old: Profile | None) -> Effect:
    """Return what applying a profile would touch, where `old` is in force now."""
    before = {one.name: _rows(one) for one in old.family} if old else {}
    rows = {one.name: _rows(one) for one in profile.family}
    found = _differences(house, profile.name)
    effect = Effect(sorted({one.order for one in found}))
    stale_keys: set[tuple[OrderRef, ProfileName, str]] = set()
    for binding in bound_under(house, profile):
        effect.bound.add(binding.order)
        mine = rows[binding.profile]
        entries = {key: (entry, mine[key]) for key, entry in binding.baseline.items() if key in mine}
        stale = {key: pair for key, pair in entries.items() if is_stale(*pair)}
        if mine.keys() - before.get(binding.profile, {}).keys() - binding.baseline.keys():
            effect.unmet.add(binding.order)
        if stale:
            effect.stale[binding.id] = (binding.order, stale)
            stale_keys |= {(binding.order, binding.profile, key) for key in stale}
    for one in found:
        key, name = one.difference.key, one.profile
        now, was = rows.get(name, {}).get(key), before.get(name, {}).get(key)
        has_changed = (one.order, name, key) in stale_keys or (was and now and was.fingerprint() != now.fingerprint())
        if now and has_changed and _is_open(one) and not (was and _joins_others(was, now)):
            effect.standing.append((one, now))
    return effect


def _rows(profile: Profile) -> Mapping[str, FieldMapping]:
    return {mapping.key: mapping for mapping in profile.mappings}


def _is_open(one: Shown) -> bool:
    """Whether it is a conflict that nobody has answered; what a guard holds is for a person alone."""
    return one.difference.why is Why.CONFLICT and one.decision is None


def _joins_others(was: FieldMapping, now: FieldMapping) -> bool:
    return (was.store_field, was.office_field) != (now.store_field, now.office_field)


def renew(house: House, effect: Effect, choice: Choice) -> list[OrderRef]:
    """Do with what no longer agrees as was chosen, and return the orders to be looked at for it."""
    entries = {id_: renewed(stale, choice) for id_, (_, stale) in effect.stale.items()}
    house.storage.remember({id_: some for id_, some in entries.items() if some})
    return sorted({order for order, _ in effect.stale.values()})


def settle(house: House, effect: Effect, choice: Choice, by: str) -> int:
    """Answer the standing conflicts as was chosen, in that person's name; return how many answers stand (K22)."""
    if choice == "ask":
        return 0
    now, kept = house.clock.now(), 0
    for one, mapping in effect.standing:
        winner = leader(mapping) if choice == "recompute" else None
        answer = Decision(winner, Pair(one.difference.store, one.difference.office))
        told = answered(one, winner, by, now)
        kept += house.storage.differences.decide(one.order, one.profile, one.difference.key, answer, told)
    return kept
