"""What is set up once: the schema, the hub's id, connections, profiles, secrets."""

import json
import stat
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from support import quick
from support.postgres import own_database, own_schema, run
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import BindingState
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.storage import database
from sverka.storage.connections import SavedConnection
from sverka.storage.database import create
from sverka.storage.schema import migrate
from sverka.storage.sql_storage import open_storage
from sverka.storage.tables import metadata
from sverka.storage.vault import Vault, key_in

TEXT = Text("Too many writes.", "Слишком много записей.")
MAIN = ProfileName("main")


def test_the_migrations_end_where_the_tables_stand(hub):
    engine = hub.storage._engine
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        changes = compare_metadata(context, metadata)
    assert changes == []


def test_partial_indexes_carry_their_conditions(hub):
    if hub.url.startswith("sqlite"):
        found = dict(hub.sql("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    else:
        found = dict(hub.sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"))
    assert {name for name, sql in found.items() if "'waiting'" in sql} == {"uq_visits_waiting", "ix_visits_next"}
    assert {name for name, sql in found.items() if "'running'" in sql} == {
        "uq_visits_running",
        "ix_visits_running_office",
    }


def test_migrating_twice_changes_nothing(hub):
    hub.ring("a", 17)
    migrate(hub.storage._engine)
    assert hub.waiting() == {"a": 1}


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "WIN1251"])
def test_a_database_that_keeps_no_utf8_is_refused_and_stays_empty(encoding):
    with own_database(encoding) as url:
        engine = create(url)
        with pytest.raises(Misconfigured, match=f"stores text as {encoding}.*ENCODING 'UTF8'"):
            migrate(engine)
        assert run(url, "SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'") == []
        engine.dispose()


def test_the_hub_id_is_made_once(shared):
    prefix, _, number = shared.storage.hub_id.partition("-")
    assert (prefix, len(number)) == ("sverka", 8)
    assert int(number, 16) >= 0
    assert shared.open().hub_id == shared.storage.hub_id


def test_a_file_acknowledges_only_what_is_on_the_disk(tmp_path, make_hub, monkeypatch):
    monkeypatch.setattr(database, "_tune", quick.TUNE)
    hub = make_hub(f"sqlite:///{tmp_path / 'hub.db'}")
    assert hub.sql("PRAGMA journal_mode") == [("wal",)]
    assert hub.sql("PRAGMA synchronous") == [(2,)]
    assert hub.sql("PRAGMA foreign_keys") == [(1,)]


SHAPES = {
    "sqlite": "SELECT name, sql FROM sqlite_master ORDER BY name",
    "postgresql": """
        SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = current_schema()
        UNION SELECT indexname, replace(indexdef, current_schema(), ''), '', '', '' FROM pg_indexes
        WHERE schemaname = current_schema()
        UNION SELECT conname, pg_get_constraintdef(oid), '', '', '' FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2""",
}


def shape(url):
    """Return what a new database is made of, and what is in it from the first."""
    engine = create(url)
    migrate(engine)
    with engine.begin() as connection:
        found = [
            [tuple(row) for row in connection.execute(text(statement))]
            for statement in (
                SHAPES[engine.dialect.name],
                "SELECT * FROM alembic_version",
                "SELECT * FROM settings ORDER BY name",
            )
        ]
    engine.dispose()
    return found


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_statements_repeated_make_what_the_migrations_make(kind, monkeypatch):
    """All other tests stand on databases so made (support.quick)."""
    with own_schema() if kind == "postgresql" else nullcontext("sqlite://") as first:
        shape(first)
    with own_schema() if kind == "postgresql" else nullcontext("sqlite://") as second:
        repeated = shape(second)
    monkeypatch.setattr(command, "upgrade", quick.UPGRADE)
    with own_schema() if kind == "postgresql" else nullcontext("sqlite://") as third:
        assert shape(third) == repeated
    assert len(repeated[0]) > 80


def test_a_url_shown_hides_its_password(hub):
    engine = hub.storage._engine
    assert engine.hide_parameters
    assert "hunter2" not in str(make_url("postgresql+psycopg://u:hunter2@h/d"))


def test_connections_are_kept_without_losing_their_pause(hub):
    shop = SavedConnection("shop", Side.STORE, "woocommerce", {"url": "https://shop.example", "page": 50})
    portal = SavedConnection("b24", Side.OFFICE, "bitrix24")
    hub.storage.connections.save(shop)
    hub.storage.connections.save(portal)
    assert hub.storage.connections.list() == [portal, shop]
    assert hub.storage.connections.list(Side.STORE) == [shop]
    hub.storage.pause_connection("shop", JournalLine(hub.now, Event.PROBLEM, TEXT))
    hub.storage.connections.save(shop)
    assert hub.storage.connections.get("shop").paused == TEXT
    assert [line.text for line in hub.storage.journal.tail()] == [TEXT]
    assert hub.storage.connections.resume("shop")
    assert hub.storage.connections.get("shop") == shop
    assert not hub.storage.connections.resume("shop")
    hub.storage.connections.remove("shop")
    assert hub.storage.connections.get("shop") is None


def test_every_applied_version_of_a_profile_is_kept(hub):
    profiles = hub.storage.profiles
    assert profiles.apply(MAIN, "first", 10, "anna") == 1
    hub.clock.sleep(60)
    line = JournalLine(hub.now, Event.APPLIED, TEXT, profile=MAIN)
    assert profiles.apply(MAIN, "second", 20, "boris", line) == 2
    assert profiles.apply(MAIN, "second", 20, "boris", line) == 2
    kept = [(one.version, one.document, one.author, one.applied_at) for one in profiles.versions(MAIN)]
    assert kept == [
        (1, "first", "anna", hub.now - timedelta(seconds=60)),
        (2, "second", "boris", hub.now),
    ]
    assert (profiles.get(MAIN).document, profiles.get(MAIN).version) == ("second", 2)
    assert hub.storage.journal.tail() == [line]


def test_profiles_are_asked_in_order_of_priority(hub):
    for name, priority in (("last", 30), ("first", 10), ("middle", 20)):
        hub.storage.profiles.apply(ProfileName(name), "", priority)
    assert hub.storage.profiles.set_active(ProfileName("middle"), active=False)
    assert [one.name for one in hub.storage.profiles.list()] == ["first", "middle", "last"]
    assert [one.name for one in hub.storage.profiles.list(active_only=True)] == ["first", "last"]
    assert not hub.storage.profiles.set_active(ProfileName("nobody"), active=True)


def test_a_halted_profile_says_why_until_it_is_resumed(hub):
    hub.storage.profiles.apply(MAIN, "document", 1)
    hub.storage.pause(MAIN, JournalLine(hub.now, Event.HALTED, TEXT, profile=MAIN))
    hub.storage.profiles.apply(MAIN, "newer", 1)
    assert hub.storage.profiles.get(MAIN).paused == TEXT
    line = JournalLine(hub.now, Event.CLEARED, TEXT, profile=MAIN)
    assert hub.storage.profiles.resume(MAIN, line)
    assert not hub.storage.profiles.resume(MAIN, line)
    assert hub.storage.profiles.get(MAIN).paused is None
    assert [one.event for one in hub.storage.journal.tail()] == [Event.HALTED, Event.CLEARED]


def test_secrets_come_back_and_go(hub):
    vault = hub.storage.vault
    vault.put("b24.token", "old")
    vault.put("b24.token", "hunter2-пароль")
    vault.put("shop.key", "x")
    assert vault.get("b24.token") == "hunter2-пароль"
    assert vault.names() == ["b24.token", "shop.key"]
    vault.forget("b24.token")
    assert vault.get("b24.token") is None


def test_a_secret_stands_nowhere_in_clear(hub, tmp_path):
    hub.storage.vault.put("b24.token", "hunter2")
    (token,) = hub.sql("SELECT token FROM secrets")[0]
    assert b"hunter2" not in bytes(token)
    assert "hunter2" not in repr(hub.storage.vault)
    for file in tmp_path.iterdir():
        assert b"hunter2" not in file.read_bytes()


def test_another_key_opens_nothing_and_says_what_to_do(hub):
    hub.storage.vault.put("b24.token", "hunter2")
    stranger = Fernet.generate_key()
    with pytest.raises(Misconfigured) as caught:
        Vault(hub.storage._engine, stranger).get("b24.token")
    assert "connect again" in caught.value.text.en
    assert caught.value.__cause__ is None
    assert stranger.decode() not in repr(caught.value)


def test_a_damaged_key_is_named_and_not_shown(hub):
    with pytest.raises(Misconfigured) as caught:
        Vault(hub.storage._engine, b"damaged")
    assert "damaged" not in repr(caught.value.args).replace("key is damaged", "")


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "hub.db.key"
    key = key_in(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_in(path) == key
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_keeps_its_key_beside_it(tmp_path, hub):
    url = f"sqlite:///{tmp_path / 'own.db'}"
    first = open_storage(url, hub.clock)
    first.vault.put("name", "secret")
    first.close()
    second = open_storage(url, hub.clock)
    assert second.vault.get("name") == "secret"
    second.close()
    assert Path(tmp_path / "own.db.key").exists()


def test_postgresql_without_a_key_is_refused_before_it_is_reached(hub):
    with pytest.raises(Misconfigured):
        open_storage("postgresql+psycopg://nobody@nowhere.invalid/none", hub.clock)


def test_settings_of_a_connection_are_json(hub):
    hub.storage.connections.save(SavedConnection("shop", Side.STORE, "woocommerce", {"список": ["а", 1, None]}))
    (kept,) = hub.sql("SELECT CAST(settings AS TEXT) FROM connections")[0]
    assert json.loads(kept) == {"список": ["а", 1, None]}


def test_a_database_file_is_its_owners_alone(tmp_path):
    file = tmp_path / "hub.db"
    create(f"sqlite:///{file}").dispose()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_back_office_that_is_removed_keeps_nobody_waiting(hub):
    hub.storage.connections.save(SavedConnection("old", Side.OFFICE, "bitrix24"))
    hub.bind("old")
    hub.ring("old", 17)
    hub.storage.connections.remove("old")
    assert hub.waiting() == {}
    (binding,) = hub.storage.recall([hub.order()], hub.now).bindings[hub.order()]
    assert binding.state is BindingState.RELEASED
    hub.ring("a", 17)
    hub.commit(hub.claim("a"), intents=[hub.intent("a")])
    assert "old" not in hub.waiting(), "a write on the order rings for nobody who is gone"


def test_a_key_is_refused_where_it_opens_nothing_of_what_is_kept(hub):
    stranger = Vault(hub.storage._engine, Fernet.generate_key())
    stranger.check()
    hub.storage.vault.put("b24.token", "hunter2")
    hub.storage.vault.check()
    with pytest.raises(Misconfigured, match="this key"):
        stranger.check()
    stranger.put("shop.token", "given anew")
    stranger.check()
    hub.storage.vault.check()


def test_a_database_that_went_away_does_not_answer(hub, monkeypatch):
    assert hub.storage.answers()

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(hub.storage._engine, "connect", away)
    assert not hub.storage.answers()
