"""The secrets of one connection, and work that one process does for all."""

from sqlalchemy import select

from sverka.storage.database import read
from sverka.storage.tables import secrets


def test_a_secret_is_the_connections_own_and_kept_encrypted(hub):
    own, other = hub.storage.secrets_of("b24"), hub.storage.secrets_of("b25")
    own.put("tokens", "s3cret")
    assert (own.get("tokens"), other.get("tokens")) == ("s3cret", None)
    rows = read(hub.storage._engine, lambda connection: connection.execute(select(*secrets.c)).all())
    assert [row.name for row in rows] == ["b24/tokens"]
    assert b"s3cret" not in rows[0].token


def test_one_at_a_time_until_it_is_done(hub):
    own = hub.storage.secrets_of("b24")
    with own.alone("tokens", 60) as first, own.alone("tokens", 60) as second, own.alone("queue", 60) as other:
        assert (first, second, other) == (True, False, True)
    with own.alone("tokens", 60), hub.storage.secrets_of("b25").alone("tokens", 60) as stranger:
        assert stranger
    with own.alone("tokens", 60) as again:
        assert again


def test_who_took_too_long_holds_it_no_more_and_takes_it_from_nobody(hub):
    own = hub.storage.secrets_of("b24")
    slow, next_one = own.alone("tokens", 60), own.alone("tokens", 60)
    assert slow.__enter__()
    hub.clock.sleep(59)
    with own.alone("tokens", 60) as early:
        assert not early
    hub.clock.sleep(1)
    assert next_one.__enter__()
    slow.__exit__(None, None, None)
    with own.alone("tokens", 60) as third:
        assert not third
    next_one.__exit__(None, None, None)
    with own.alone("tokens", 60) as last:
        assert last
