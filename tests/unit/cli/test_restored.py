"""The database is put back from a copy: who notices, and what `sverka restored` does about it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sverka.bootstrap import SystemClock
from sverka.cli.home import at_home
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine

COUNTER = Path("sverka.counter")


def back_up():
    with closing(sqlite3.connect("sverka.db")) as here, closing(sqlite3.connect("copy.db")) as there:
        here.backup(there)


def put_back():
    for tail in ("-wal", "-shm"):
        Path(f"sverka.db{tail}").unlink(missing_ok=True)
    Path("copy.db").replace("sverka.db")


def deals(portal):
    return len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"])


@pytest.fixture
def older(applied, place):
    """A hub on a copy that knows the first of three orders; the second has a deal too, the third has none."""
    orders = [place()]
    applied.ok("order", "sync", orders[0])
    back_up()
    orders.append(place())
    applied.ok("order", "sync", orders[1])
    put_back()
    orders.append(place())
    return orders


@pytest.fixture
def later(monkeypatch):
    """Return what lets the hub's clock be an hour ahead: the silence is over."""
    return lambda: monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + timedelta(hours=1))


@pytest.mark.parametrize(
    "command",
    [
        ("order", "sync", "shop/1"),
        ("order", "decide", "shop/1", "status", "--winner", "store"),
        ("sweep",),
        ("profile", "apply", "print.toml", "--yes"),
        ("profile", "resume", "print"),
        ("connection", "resume", "b24"),
        ("connect", "portal", "b24", "--plan", "box"),
    ],
)
def test_what_would_work_on_an_older_database_is_refused(older, applied, command):
    counted = COUNTER.read_text("ascii")
    assert "run `sverka restored`" in applied.fails(*command).err
    assert "выполните `sverka restored`" in applied.fails(*command, env={"SVERKA_LANG": "ru"}).err
    assert COUNTER.read_text("ascii") == counted


def test_the_hub_does_not_start_on_an_older_database(older, applied, portal_server):
    taken = portal_server.url.rpartition("/")[2]  # a hub that got so far would fail, and not run for ever
    assert "run `sverka restored`" in applied.fails("up", "--listen", taken).err


def test_what_only_reads_works_and_the_doctor_says_it(older, applied):
    for command in (("order", "list"), ("order", "show", older[0]), ("connection", "list"), ("profile", "list")):
        applied.ok(*command)
    assert applied("status").out
    said = applied.fails("doctor").out
    assert "run `sverka restored`" in said
    assert "Needs attention: database." in said


def test_after_restored_the_hub_finds_what_it_made_and_makes_nothing_twice(older, applied, portal, later):
    said = applied.ok("restored").out
    assert "Then it looks at 1 orders" in said
    assert "Nothing stands in the way." in applied.ok("doctor").out
    applied.fails("order", "sync", older[0], "--wait-seconds", 0)
    later()
    assert "0 made, 1 found again" in applied.ok("order", "sync", older[1]).out
    assert "0 made, 0 fields written" in applied.ok("order", "sync", older[0]).out
    assert "Nothing differs." in applied.ok("order", "show", older[0]).out
    assert deals(portal) == 2


def test_an_older_order_is_listed_and_made_on_request(older, applied, portal, later):
    applied.ok("restored")
    later()
    listed = applied.ok("order", "sync", older[2]).out
    assert f"sverka order sync {older[2]} --recreate" in listed
    assert "sverka doctor" not in listed
    assert deals(portal) == 2
    assert f"{older[2]} record (waiting" in applied.ok("order", "list", "--differences").out
    assert "1 made" in applied.ok("order", "sync", older[2], "--recreate").out
    assert deals(portal) == 3
    assert "Nothing differs." in applied.ok("order", "show", older[2]).out


def test_a_database_that_looks_no_older_is_left_alone_unless_told(applied):
    counted = int(COUNTER.read_text("ascii"))
    assert "add --yes" in applied.fails("restored").err
    assert "добавьте --yes" in applied.fails("restored", env={"SVERKA_LANG": "ru"}).err
    assert int(COUNTER.read_text("ascii")) == counted
    assert "goes on from this backup" in applied.ok("restored", "--yes").out
    assert int(COUNTER.read_text("ascii")) > counted
    assert "Хаб продолжит с этой копии" in applied.ok("restored", "--yes", env={"SVERKA_LANG": "ru"}).out


def test_the_same_copy_put_back_twice_is_noticed_twice(older, applied):
    back_up()
    applied.ok("restored")
    put_back()
    assert "run `sverka restored`" in applied.fails("sweep").err
    applied.ok("restored")
    applied.ok("sweep")


def test_another_machine_s_counter_is_satisfied_by_one_restored(older, applied):
    Path("other.counter").write_text(COUNTER.read_text("ascii"), "ascii")
    there = {"SVERKA_COUNTER_FILE": "other.counter"}
    assert "run `sverka restored`" in applied.fails("sweep", env=there).err
    applied.ok("restored")
    applied.ok("sweep", env=there)
    assert int(Path("other.counter").read_text("ascii")) > int(COUNTER.read_text("ascii"))


def test_a_counter_that_cannot_be_kept_stops_work_before_it_begins(applied):
    said = applied.fails("sweep", env={"SVERKA_COUNTER_FILE": "nowhere/hub.counter"}).err
    assert "SVERKA_COUNTER_FILE" in said
    COUNTER.write_text("seven", "ascii")
    assert "holds no number" in applied.fails("sweep").err
    assert "holds no number" in applied.fails("doctor").out


def test_a_hub_that_works_beside_a_command_does_not_make_its_database_look_older(applied):
    with at_home() as beside, at_home() as house:
        newest = house.storage.journal.newest

        def overtaken():
            found = newest()
            line = JournalLine(beside.clock.now(), Event.APPLIED, Text("Worked on.", "Работа идёт."))
            beside.storage.journal.write([line])
            beside.remember()
            return found

        house.storage.journal.newest = overtaken
        assert house.older() is None


def test_a_hub_begun_anew_is_told_how_to_go_on(applied, portal_server):
    applied.ok("sweep")
    Path("sverka.db").unlink()
    for tail in ("-wal", "-shm"):
        Path(f"sverka.db{tail}").unlink(missing_ok=True)
    applied.ok("init")
    connect = ("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--plan", "box")
    assert f"if it is a new one, delete {COUNTER.resolve()}" in applied.fails(*connect).err
    COUNTER.unlink()
    applied.ok(*connect)
