"""A hub killed in the middle of a burst and started again: nothing is lost, nothing doubled, over real HTTP."""

import pytest

from support.running import end, until
from support.street import Street
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL


@pytest.mark.covers("R166", "C35")
def test_a_hub_killed_again_and_again_in_a_burst_loses_and_doubles_nothing(
    connected, site, site_server, portal, portal_server
):
    street = Street(connected, site, site_server, portal, portal_server)
    street.killed_at(portal.core, "publish", 4, lambda: street.order(12))
    street.order(3)
    street.killed_at(portal.core, "publish", 24, lambda: street.order(6))
    with street.hub() as process:
        until(street.in_step, "every order has its deal")
        until(street.rests, "what was begun is known to be done")
        process.kill()
    street.killed_at(site, "on_event", 1, lambda: street.managers_move(0))
    street.managers_move(1)
    street.shop_hands_over()
    street.order(4)
    with street.hub() as process:
        until(street.in_step, "every order has its deal on the right stage")
        until(street.rests, "no write is in doubt and nothing differs")
        end(process)
    assert street.in_step()
    assert len(portal.core.state.items[DEAL]) == len(portal.core.state.items[CONTACT]) == len(site.orders) == 25
    assert set(street.deals().values()) == {"C2:NEW", "C2:EXECUTING", "C2:WON"}
