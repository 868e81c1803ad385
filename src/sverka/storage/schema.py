"""The schema: brought up to date while nobody works with the database, and refused where it is not as it should be."""

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.storage.tables import metadata

_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 7_306_081_925
"""The advisory lock under which PostgreSQL is migrated; any number nobody else uses."""
_alembic = threading.Lock()
_COLUMNS = {
    "sqlite": text("SELECT one.name, part.name FROM sqlite_master AS one JOIN pragma_table_info(one.name) AS part"),
    "postgresql": text("SELECT table_name, column_name FROM information_schema.columns"
                       " WHERE table_schema = current_schema()"),
}  # fmt: skip
"""Every column there is: one question, for it is asked at every opening."""

_NEWER = Text(
    "The database was made by a newer version; update the program.",
    "База создана более новой версией; обновите программу.",
)
_AT_WORK = Text(
    "The database is an older version's, and a hub of that version works with it. Stop it (every `sverka up`, "
    "`sverka web` and `sverka worker`), run `sverka init`, and start it again.",
    "База – от прежней версии, и с ней работает хаб той же версии. Остановите его (все `sverka up`, `sverka web` и "
    "`sverka worker`), выполните `sverka init` и запустите снова.",
)


def migrate(engine: Engine, is_at_work: Callable[[], bool] = lambda: False) -> None:
    """Bring the schema to its newest revision in one transaction; two processes that start at once take turns.

    `is_at_work` tells whether another process works with the database; it is asked only where there is something to
    change.

    Raises:
        Misconfigured: the schema is newer than the program, or not whole, or in use, or the database keeps no UTF8;
            nothing is written.
    """
    known, newest = _revisions()
    # Alembic keeps its context in a module; two threads must not hold it together.
    with _alembic, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _check_encoding(connection)
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        found = MigrationContext.configure(connection).get_current_revision()
        if found is not None and found not in known:
            raise Misconfigured(_NEWER)
        if found is None and inspect(connection).has_table("settings"):
            raise Misconfigured(_broken("alembic_version"))
        if found != newest:
            if found is not None and is_at_work():
                raise Misconfigured(_AT_WORK)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        _check_whole(connection)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


@cache
def _revisions() -> tuple[frozenset[str], str | None]:
    """Return the revisions this program knows, and the newest of them; read once, for every command asks."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(one.revision for one in scripts.walk_revisions()), scripts.get_current_head()


def _check_encoding(connection: Connection) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        remedy = "CREATE DATABASE sverka ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
        raise Misconfigured(Text(
            f"The database stores text as {encoding}, in which some names cannot be kept. Give the hub one in UTF8: "
            f"{remedy}.",
            f"База хранит текст в {encoding}, где часть имён не сохранить. Дайте хабу базу в UTF8: {remedy}.",
        ))  # fmt: skip


def _check_whole(connection: Connection) -> None:
    found = {(table, column) for table, column in connection.execute(_COLUMNS[connection.dialect.name])}
    for table in metadata.sorted_tables:
        for column in table.c:
            if (table.name, column.name) not in found:
                raise Misconfigured(_broken(f"{table.name}.{column.name}"))


def _broken(lacking: str) -> Text:
    return Text(
        f"The database is not whole: it lacks {lacking}. Put it back from your backup, whole, and run "
        "`sverka restored`; or give a new hub an empty database in SVERKA_DATABASE.",
        f"База не цела: в ней нет {lacking}. Верните её из резервной копии целиком и выполните `sverka restored`; "
        "новому хабу задайте пустую базу в SVERKA_DATABASE.",
    )
