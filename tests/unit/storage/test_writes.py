"""What the brakes count: all writes of a profile within the window, and those that come again and again."""

from datetime import timedelta

import pytest

from sverka.domain.ids import ProfileName
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine

MAIN = ProfileName("main")


def wrote(hub, number, field="stageId", *, profile=MAIN, rule="moved-alone", ago=0):
    at = hub.now - timedelta(minutes=ago)
    line = JournalLine(at, Event.WROTE, Text("", ""), hub.order(number), profile, rule=rule, field=field)
    hub.storage.journal.write([line])


@pytest.mark.parametrize(("often", "again"), [(1, 4), (3, 2), (5, 0)])
def test_writes_past_the_usual_few_to_one_field_of_one_order_count_as_again(hub, often, again):
    for _ in range(5):
        wrote(hub, 1)
    wrote(hub, 1, "opportunity")
    wrote(hub, 2)
    wrote(hub, 1, profile=ProfileName("other"))
    wrote(hub, 1, rule="birth")
    wrote(hub, 1, ago=11)
    since = hub.now - timedelta(minutes=10)
    assert hub.storage.count_writes(MAIN, since, often) == (7, again)


def test_without_writes_there_are_none(hub):
    assert hub.storage.count_writes(MAIN, hub.now, 3) == (0, 0)
