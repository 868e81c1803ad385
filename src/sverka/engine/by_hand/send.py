"""An order that a profile leaves to people (`create_deals = false`) is sent by one of them."""

from dataclasses import replace
from datetime import timedelta

from sverka.domain.errors import Problem
from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.kind import Kind
from sverka.domain.mapping.profile import Profile, route
from sverka.engine.hub import Hub
from sverka.engine.parties.scout import scout
from sverka.engine.survey.whole import read_stores
from sverka.ports.guard import free

_AGO = timedelta(minutes=10)

Owed = tuple[OfficeName, ProfileName, Kind]
"""A record that an order is to get: where, under which profile, and of what kind."""


def left_to_people(hub: Hub, order: OrderRef) -> list[Owed]:
    """Return the records that an order would have if its profiles made them themselves.

    An order that has, had or awaits a record has none to come, nor has one that the profiles' conditions do not take.

    Raises:
        Problem: the order cannot be read.
    """
    by_hand = {one.name for one in hub.profiles() if not one.switches.create_records}
    memory = hub.storage.recall([order], hub.clock.now() - _AGO)
    known = {one.office for one in memory.bindings.get(order, ())}
    known |= {one.office for one in memory.intents if one.order == order}
    lifted = replace(hub, profiles=lambda: [_lifted(one) for one in hub.profiles()])
    owed: list[Owed] = []
    for office in hub.offices_of(order.store):
        if office in known:
            continue
        shown = scout(lifted, office, read_stores(hub, [order], free), memory, free).shown[order]
        if isinstance(shown, Problem):
            raise shown
        fitting = route(lifted.profiles_of(office, order.store), shown.fields)
        owed += [(office, one.name, one.kind) for one in fitting if one.name in by_hand]
    return owed


def _lifted(profile: Profile) -> Profile:
    return replace(profile, switches=replace(profile.switches, create_records=True))
