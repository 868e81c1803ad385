"""What a system showed once is kept, and told by the moment at which it was new."""

from datetime import UTC, datetime, timedelta

from sverka.domain.mapping.field_mapping import Side
from sverka.ports.shelf import Shown
from sverka.storage.connections import SavedConnection

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def test_the_newest_showing_is_kept_and_the_same_again_is_no_news(hub):
    shelf = hub.storage.shelf_of("shop")
    shelf.put([Shown("1", b"one", NOON), Shown("2", b"two", NOON)])
    shelf.put([Shown("1", b"one", LATER), Shown("2", b"other", LATER)])
    assert shelf.get(["1", "2", "3"]) == {"1": Shown("1", b"one", NOON), "2": Shown("2", b"other", LATER)}
    assert list(shelf.since(None)) == [("1", NOON), ("2", LATER)]
    assert list(shelf.since(LATER)) == [("2", LATER)], "its own moment is among them"


def test_of_two_showings_at_once_the_last_counts(hub):
    shelf = hub.storage.shelf_of("shop")
    shelf.put([Shown("1", b"one", NOON), Shown("1", b"two", NOON)])
    assert shelf.get(["1"])["1"].body == b"two"


def test_every_connection_has_a_shelf_of_its_own_which_goes_with_it(hub):
    for name in ("shop", "other"):
        hub.storage.connections.save(SavedConnection(name, Side.STORE, "commerceml"))
        hub.storage.shelf_of(name).put([Shown("wc1c#order#18", b"x" * 100_000, NOON)])
    hub.storage.connections.remove("shop")
    assert hub.storage.shelf_of("shop").get(["wc1c#order#18"]) == {}
    assert hub.storage.shelf_of("other").get(["wc1c#order#18"])["wc1c#order#18"].body == b"x" * 100_000
