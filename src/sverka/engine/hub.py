"""Everything the engine works with, put together once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sverka.domain.ids import OfficeName, StoreName
from sverka.domain.kind import Kind
from sverka.domain.mapping.profile import Profile
from sverka.ports.backoffice import BackOffice
from sverka.ports.clock import Clock
from sverka.ports.storage import Storage, Terms
from sverka.ports.store import Store


def _forget(office: OfficeName, field: str, options: Mapping[str, str]) -> None:
    del office, field, options


@dataclass(frozen=True)
class Hub:
    """The connected systems and the hub's own parts.

    `id` is written into records as their originator (K1). `profiles` returns the applied profiles, in the order in
    which routes are tried. `paused` names connections that did not let the hub in. `bound` is how many visits one
    wave takes while live ones are due, and how many new orders it ever looks at; `quiet` how many otherwise. `learnt`
    is told the options of an office's list by id, where they are not those its catalogue has. `keys` returns, by
    connection, the unguessable part of the address at which it rings.
    """

    id: str
    stores: Mapping[StoreName, Store]
    offices: Mapping[OfficeName, BackOffice]
    profiles: Callable[[], Sequence[Profile]]
    storage: Storage
    clock: Clock
    terms: Terms = field(default_factory=Terms)
    paused: frozenset[str] = frozenset()
    bound: int = 200
    quiet: int = 2500
    learnt: Callable[[OfficeName, str, Mapping[str, str]], None] = _forget
    keys: Callable[[], Mapping[str, str]] = dict

    def profiles_of(self, office: OfficeName, store: StoreName) -> Sequence[Profile]:
        """Return the profiles between one store and one office."""
        return [p for p in self.profiles() if p.office == office and p.store == store]

    def kinds_of(self, office: OfficeName) -> Collection[Kind]:
        """Return the kinds of records that the profiles of an office make."""
        return {one.kind for profile in self.profiles() if profile.office == office for one in profile.family}

    def offices_of(self, store: StoreName) -> Sequence[OfficeName]:
        """Return the back offices that a store's orders may go to; a record without an order is its own office's."""
        return sorted({profile.office for profile in self.profiles() if store in (profile.store, f"@{profile.office}")})
