"""An order that a profile leaves to people (`create_deals = false`) is sent by one of them."""

from dataclasses import replace
from datetime import timedelta

from sverka.domain.errors import Problem
from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.kind import Kind
from sverka.domain.mapping.profile import Profile, route
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.parties.scout import scout
from sverka.engine.survey.whole import read_stores
from sverka.ports.guard import free
from sverka.ports.journal import Event, JournalLine

_SENT = Text("A person sends the order to the portal.", "Человек отправляет заказ на портал.")
_AGO = timedelta(minutes=10)


def send(hub: Hub, order: OrderRef) -> int:
    """Have an order get its record at its next visit though its profiles make none themselves; return how many it is.

    An order that has, had or awaits a record is left alone, and so are profiles whose conditions do not take it.

    Raises:
        Problem: the order cannot be read.
    """
    by_hand = {one.name for one in hub.profiles() if not one.switches.create_records}
    memory = hub.storage.recall([order], hub.clock.now() - _AGO)
    known = {one.office for one in memory.bindings.get(order, ())} | {
        one.office for one in memory.intents if one.order == order
    }
    lifted = replace(hub, profiles=lambda: [_lifted(one) for one in hub.profiles()])
    owed: list[tuple[OfficeName, ProfileName, Kind]] = []
    for office in hub.offices_of(order.store):
        if office in known:
            continue
        shown = scout(lifted, office, read_stores(hub, [order], free), memory, free).shown[order]
        if isinstance(shown, Problem):
            raise shown
        fitting = route(lifted.profiles_of(office, order.store), shown.fields)
        owed += [(office, one.name, one.kind) for one in fitting if one.name in by_hand]
    if owed:
        line = JournalLine(hub.clock.now(), Event.APPLIED, _SENT, order, rule="by hand")
        hub.storage.make_anew(order, line, owed)
    return len(owed)


def _lifted(profile: Profile) -> Profile:
    return replace(profile, switches=replace(profile.switches, create_records=True))
