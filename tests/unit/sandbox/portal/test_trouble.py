"""Files of troubles."""

from __future__ import annotations

import pytest

from sverka.sandbox.portal import Fault
from sverka.sandbox.portal.data import DataError
from sverka.sandbox.portal.data.trouble import read_trouble

FILE = """
seed = 7
[[fault]]
kind = "html"
status = 502
method = "crm.item.*"
percent = 5
[[fault]]
kind = "close"
after = 10
times = 3
[events]
drop_percent = 50
double = true
delay_seconds = 2.5
"""


def test_what_a_file_orders(portal):
    trouble = read_trouble(FILE)
    assert trouble.faults == (
        Fault("html", status=502, method="crm.item.*", percent=5.0),
        Fault("close", after=10, times=3),
    )
    trouble.order(portal)
    switches = portal.events.switches
    assert (switches.drop_percent, switches.double, switches.delay_seconds, switches.hold) == (50, True, 2.5, False)
    assert [line["kind"] for line in portal.faults.waiting()] == ["html", "close"]


def test_the_same_file_makes_the_same_trouble(portal, listener):
    portal.subscribe(listener.url, ["ONCRMDEALADD"])
    seen = []
    for seed in (7, 7, 8):
        read_trouble(f"seed = {seed}\n[events]\ndrop_percent = 50\n[[fault]]\nkind = 'error'\npercent = 40").order(
            portal
        )
        struck = [portal.faults.take(["profile"], set()) is not None for _ in range(30)]
        portal.faults.clear()
        portal.reset_counters()
        for _ in range(30):
            portal.create(2, {})
        assert portal.flush()
        seen.append((struck, sorted((line.outcome for line in portal.events.log), key=str)))
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[2][0]
    assert set(seen[0][1]) == {"delivered", "dropped"}


@pytest.mark.parametrize(
    ("text", "en", "ru"),
    [
        ("x =", "TOML: Invalid value (at", "не читается"),
        ("[[faults]]", "TOML: there is no 'faults' here; known: events, fault, seed", "здесь нет 'faults'"),
        ("fault = 1", "fault: a list is due", "список"),
        ("[[fault]]\nstatus = 500", "fault[0]: field kind is missing", "нет поля kind"),
        (
            "[[fault]]\nkind = 'htm'",
            "fault[0], field kind: there is no 'htm' here; known: close",
            "поле kind",
        ),
        ("[[fault]]\nkind = 'html'\npercnt = 1", "fault[0]: there is no 'percnt' here", "здесь нет 'percnt'"),
        ("[[fault]]\nkind = 'html'\ntimes = 'x'", "fault[0], field times: a whole number is due", "целое число"),
        ("[[fault]]\nkind = 'html'\npercent = 200", "fault[0]: a percentage lies between", "не подходит"),
        ("[events]\ndouble = 1", "events, field double: true or false is due", "true или false"),
        ("[events]\ndoubel = true", "events: there is no 'doubel' here", "здесь нет 'doubel'"),
        ("seed = 'x'", "seed: a whole number is due", "целое число"),
    ],
)
def test_what_is_wrong_is_told(text, en, ru):
    with pytest.raises(DataError) as told:
        read_trouble(text)
    assert en in told.value.en
    assert ru in told.value.ru
