"""What a profile would do to real orders, as if it were in force; nothing is written anywhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sverka.domain.ids import OrderId, OrderRef
from sverka.domain.mapping.profile import Profile
from sverka.engine.by_hand.preview import Preview
from sverka.engine.by_hand.preview import preview as foresee
from sverka.engine.hub import Hub
from sverka.ports.notices import Subject

_WINDOWS = (1, 7, 30, 365)
"""Days back in which the newest orders are looked for, before all of history is."""

_AT_ONCE = 200
"""Orders looked at together, as a wave takes them."""

_START = datetime.min.replace(tzinfo=UTC)


def foresee_all(hub: Hub, profile: Profile, orders: Sequence[OrderRef]) -> Preview:
    """Return what the hub would do to these orders."""
    whole = Preview()
    for first in range(0, len(orders), _AT_ONCE):
        part = foresee(hub, profile.office, orders[first : first + _AT_ONCE])
        whole.foreseen += part.foreseen
        whole.unrouted += part.unrouted
        whole.problems |= part.problems
    return whole


def hub_with(hub: Hub, profile: Profile) -> Hub:
    """Return the hub as if the profile were applied, in its place among the others or after them."""
    profiles = [profile if one.name == profile.name else one for one in hub.profiles()]
    if all(one.name != profile.name for one in profiles):
        profiles.append(profile)
    return replace(hub, profiles=lambda: profiles)


def newest(hub: Hub, profile: Profile, last: int) -> Sequence[OrderRef]:
    """Return the orders a store touched last, newest first."""
    now = hub.clock.now()
    stamps: dict[str, datetime] = {}
    for since in (*(now - timedelta(days=days) for days in _WINDOWS), None):
        notices = hub.stores[profile.store].changed_since(since)
        stamps = {one.id: one.stamp or _START for one in notices if one.subject is Subject.ORDER}
        if len(stamps) >= last:
            break
    ids = sorted(stamps, key=lambda key: (stamps[key], key), reverse=True)
    return [OrderRef(profile.store, OrderId(key)) for key in ids[:last]]
