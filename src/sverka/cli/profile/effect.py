"""What applying a changed profile would touch, and what becomes of what no longer agrees under it (K13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sverka.bootstrap import House
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.mapping.profile import Profile, document_of
from sverka.domain.merge.binding import Binding, BindingState, Entry
from sverka.domain.merge.renew import Choice, is_stale, renewed

_PAGE = 500
Stale = dict[str, tuple[Entry, FieldMapping]]


@dataclass
class Effect:
    """What applying would touch: orders whose differences are looked at again, bindings whose memory is forgotten.

    `bound` counts orders, whichever of their records there are: deals, leads, invoices. `unmet` are orders that have
    never been seen under some row of the profile.
    """

    held: Sequence[OrderRef]
    bound: int = 0
    unmet: set[OrderRef] = field(default_factory=set)
    stale: dict[int, tuple[OrderRef, Stale]] = field(default_factory=dict)

    @property
    def forgotten(self) -> int:
        """How many orders a person would be asked about."""
        return len({order for order, _ in self.stale.values()})


def held_by(house: House, name: ProfileName) -> list[OrderRef]:
    """Return the orders that hold differences under a profile."""
    return sorted({one.order for one in house.storage.differences.list(limit=None) if document_of(one.profile) == name})


def bound_under(house: House, profile: Profile) -> Iterator[Binding]:
    """Yield the bindings of a profile and its facets whose records are there, in order of age."""
    after, names = 0, {one.name for one in profile.family}
    while page := house.storage.bound_orders(profile.office, after, _PAGE):
        after = page[-1][0]
        memory = house.storage.recall([order for _, order in page], house.clock.now())
        known = {id_ for id_, _ in page}
        for binding in (one for some in memory.bindings.values() for one in some if one.id in known):
            if binding.profile in names and binding.state is BindingState.BOUND:
                yield binding


def effect_of(house: House, profile: Profile) -> Effect:
    """Return what applying a profile would touch."""
    of_each = {one.name: {mapping.key: mapping for mapping in one.mappings} for one in profile.family}
    effect, bound = Effect(held_by(house, profile.name)), set[OrderRef]()
    for binding in bound_under(house, profile):
        mappings = of_each[binding.profile]
        bound.add(binding.order)
        entries = {key: (entry, mappings[key]) for key, entry in binding.baseline.items() if key in mappings}
        stale = {key: pair for key, pair in entries.items() if is_stale(*pair)}
        if mappings.keys() - binding.baseline.keys():
            effect.unmet.add(binding.order)
        if stale:
            effect.stale[binding.id] = (binding.order, stale)
    effect.bound = len(bound)
    return effect


def renew(house: House, effect: Effect, choice: Choice) -> list[OrderRef]:
    """Do with what no longer agrees as was chosen, and return the orders to be looked at for it."""
    entries = {id_: renewed(stale, choice) for id_, (_, stale) in effect.stale.items()}
    house.storage.remember({id_: some for id_, some in entries.items() if some})
    return sorted({order for order, _ in effect.stale.values()}) if choice != "ask" else []
