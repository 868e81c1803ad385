"""What makes the suite quick and changes nothing that a test could see.

The statements of the first migration from nothing are remembered, for each kind of database, and repeated for every
other new one. All databases of SQLite share what was compiled for the first. Their files are not forced to the disk: a
test's process may die, the machine does not. The machine's authorities are read once for all clients.
"""

import os
import ssl
from functools import cache
from typing import Any

import httpcore2
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event

from sverka.storage import database

TUNE = database._tune
"""How the program itself sets a connection up."""

UPGRADE = command.upgrade
"""Alembic's own way to a revision."""

SSL_CONTEXT = httpcore2.default_ssl_context
"""How a client that is told nothing knows whom to trust."""

_SAID: dict[str, list[tuple[str, Any]]] = {}
_CHANGES = ("CREATE", "ALTER", "INSERT", "UPDATE", "DELETE", "DROP")


def hurry() -> None:
    """Have databases made and written quickly in this process."""
    command.upgrade = _upgrade
    database._tune = _tune
    database.create_engine = _create_engine
    httpcore2.default_ssl_context = _default_ssl_context


def _tune(connection: Any, record: object) -> None:
    TUNE(connection, record)
    connection.execute("PRAGMA synchronous=OFF")


def _default_ssl_context(**options: Any) -> ssl.SSLContext:
    told = tuple(os.environ.get(name, "") for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    return _ssl_context(told, tuple(options.items()))


@cache
def _ssl_context(_told: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> ssl.SSLContext:
    return SSL_CONTEXT(**dict(options))


def _create_engine(*arguments: Any, **options: Any) -> Engine:
    engine = create_engine(*arguments, **options)
    if engine.dialect.name == "sqlite":
        first = _first()
        # what is compiled is kept under the dialect's identity
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
    return engine


@cache
def _first() -> Engine:
    engine = create_engine("sqlite://", query_cache_size=5000)
    with engine.connect():
        pass  # now the dialect knows its database
    engine.dispose()
    return engine


def _upgrade(config: Config, revision: str, **options: Any) -> None:
    connection: Connection | None = config.attributes.get("connection")
    if connection is None or revision != "head" or MigrationContext.configure(connection).get_current_revision():
        UPGRADE(config, revision, **options)
        return
    kind = connection.dialect.name
    if kind not in _SAID:
        _SAID[kind] = _heard(connection, lambda: UPGRADE(config, revision, **options))
        return
    for statement, parameters in _SAID[kind]:
        connection.exec_driver_sql(statement, parameters)


def _heard(connection: Connection, work: Any) -> list[tuple[str, Any]]:
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_CHANGES):
            said.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", hear)
    return said
