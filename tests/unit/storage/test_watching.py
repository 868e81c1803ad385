"""Counts of all processes, alerts that stand, and acts that are old."""

from datetime import timedelta

from sverka.ports.watch import Counts
from sverka.storage.audit import Act, Door


def test_what_two_processes_count_adds_up_and_what_they_are_told_is_the_newest(hub):
    for amount in (1, 2):
        counts = Counts()
        counts.add("bells", amount, connection="shop")
        counts.add("bells", amount, connection="shop")
        counts.tell("operating_seconds", amount, method="crm.item.list", connection="crm")
        hub.clock.sleep(1)
        hub.storage.tallies.keep(counts)
        hub.storage.tallies.keep(counts)  # what is kept is not counted again
    bells, told = hub.storage.tallies.list()
    assert (bells.name, bells.labels, bells.amount) == ("bells", {"connection": "shop"}, 6)
    assert (told.amount, told.at) == (2, hub.now)


def test_old_acts_go_where_it_is_said_what_is_old(hub):
    for days in (400, 300):
        hub.storage.audit.write(Act(hub.now - timedelta(days=days), "anna", Door.CLI, "profile apply", str(days)))
    hub.storage.forget_before(hub.now - timedelta(days=90))
    assert len(hub.storage.audit.list()) == 2
    hub.storage.forget_before(hub.now - timedelta(days=90), hub.now - timedelta(days=365))
    assert [one.subject for one in hub.storage.audit.list()] == ["300"]
