"""Engines, transactions and the one statement in which the two databases differ: the upsert."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Engine, Row, Table, case, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.base import Executable

Answer = TypeVar("Answer")
Item = TypeVar("Item")

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of whatever columns were selected."""

Sets: TypeAlias = Callable[[Table, Any], Mapping[str, Any]]
"""What an existing row becomes in an upsert, from the table and the new row."""

CHUNK = 500
"""How many values stand in one IN list."""

_open: ContextVar[tuple[Engine, Connection] | None] = ContextVar("open", default=None)
"""The transaction of a `write` that this thread is in, and whose it is."""

_TRY_AGAIN = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock: the transaction did nothing and may be run again."""
_TRIES = 8


def create(url: str | URL) -> Engine:
    """Return an engine for `sqlite:///path`, `sqlite://` (in memory) or `postgresql+psycopg://...`.

    Parameters of statements never stand in an error, for they hold customers' data.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # Without it psycopg answers with bytes where the server knows no encoding, before anybody can ask and refuse.
        says = {"client_encoding": "utf8"}
        return create_engine(
            parsed, connect_args=says, isolation_level="READ COMMITTED", hide_parameters=True, pool_pre_ping=True
        )
    connect: dict[str, Any] = {"check_same_thread": False, "timeout": 30}
    if is_memory(parsed):
        # A database in memory lives in its connection; a pool of one makes threads take turns at it.
        engine = create_engine(
            parsed, connect_args=connect, hide_parameters=True, poolclass=QueuePool, pool_size=1, max_overflow=0
        )
    else:
        # Buyers' names and phones are in it: only the owner may read the file.
        Path(str(parsed.database)).touch(mode=0o600)
        engine = create_engine(parsed, connect_args=connect, hide_parameters=True)
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    return engine


def is_memory(url: URL) -> bool:
    """Tell whether a SQLite URL names no file."""
    return url.database in (None, "", ":memory:")


def _tune(connection: Any, _record: object) -> None:
    # pysqlite begins lazily and would let two writers start from one snapshot; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("sverka_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def write(engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
    """Run `work` in one transaction; on PostgreSQL a deadlock's victim is run again.

    `work` must have no effects outside the database. Whatever it raises rolls everything back. What is written and read
    within it, by this thread and in the same database, is part of its transaction.
    """
    if (joined := _joined(engine)) is not None:
        return work(joined)
    for last in (*(False,) * (_TRIES - 1), True):
        try:
            with engine.begin() as connection:
                before = _open.set((engine, connection))
                try:
                    return work(connection)
                finally:
                    _open.reset(before)
        except DBAPIError as error:
            if last or getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN:
                raise
    raise AssertionError  # pragma: no cover - the last try returns or raises


def read(engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
    """Run `work`, which only reads, in one consistent snapshot that blocks no writer."""
    if (joined := _joined(engine)) is not None:
        return work(joined)
    with engine.connect() as bare:
        if engine.dialect.name == "sqlite":
            connection = bare.execution_options(sverka_reads=True)
        else:
            connection = bare.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            return work(connection)


def _joined(engine: Engine) -> Connection | None:
    held = _open.get()
    return held[1] if held is not None and held[0] is engine else None


def upsert(
    connection: Connection,
    table: Table,
    keys: Sequence[str],
    sets: Sets | None = None,
    where: str = "",
) -> Any:
    """Return an `INSERT .. ON CONFLICT` of the connection's dialect.

    `keys` name the unique index and `where` its condition, literally as in the index. `sets(table, new)` gives what
    an existing row becomes; without it the row stays as it is. A statement is put together once, so `sets` must be one
    function and not a new one at each call.
    """
    return _upsert(connection.dialect.name, table, tuple(keys), sets, where)


@cache
def _upsert(dialect: str, table: Table, keys: tuple[str, ...], sets: Sets | None, where: str) -> Any:
    condition = text(where) if where else None
    if dialect == "sqlite":
        one = sqlite.insert(table)
        if sets is None:
            return one.on_conflict_do_nothing(keys, condition)
        return one.on_conflict_do_update(keys, condition, sets(table, one.excluded))
    other = postgresql.insert(table)
    if sets is None:
        return other.on_conflict_do_nothing(index_elements=keys, index_where=condition)
    return other.on_conflict_do_update(index_elements=keys, index_where=condition, set_=sets(table, other.excluded))


@cache
def taking(*names: str) -> Sets:
    """Return the `sets` of an upsert that takes these columns from the new row."""
    return lambda _table, new: {name: new[name] for name in names}


def least(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the smaller of two columns; the databases have no common function for it."""
    return case((one < other, one), else_=other)


def greatest(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the larger of two columns."""
    return case((one > other, one), else_=other)


def many(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for every row at once; nothing is sent where there is none."""
    if rows:
        connection.execute(statement, rows)


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """Cut a set into lists short enough for one statement."""
    left = iter(items)
    while part := list(islice(left, size)):
        yield part


def within(column: Column[Any], values: Iterable[Any]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together say `column IN values`, one for each chunk."""
    for part in chunks(values):
        yield column.in_(part)
