"""The tables jobs are kept in: procrastinate's own, brought up to date by the hub and not by its command line."""

from importlib.resources import files

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

_LOCK = 7_306_081_926
"""The advisory lock under which the tables are made; any number nobody else uses."""

_NEWER = Text(
    "The database's tables of jobs were made by a newer version; update the program.",
    "Таблицы заданий в базе созданы более новой версией; обновите программу.",
)
_FOREIGN = Text(
    "The database holds procrastinate's tables that the hub did not make; give the hub a database of its own in "
    "SVERKA_DATABASE.",
    "В базе есть таблицы procrastinate, созданные не хабом; дайте хабу отдельную базу в SVERKA_DATABASE.",
)


def conninfo(url: str) -> str:
    """Return what libpq connects with for an SQLAlchemy URL of PostgreSQL; it may hold a password."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def prepare(url: str) -> None:
    """Make the tables, or bring them up to date, in one transaction; processes that start at once take turns.

    The last of procrastinate's migrations that was applied stands in the table's comment, so a dump carries it.

    Raises:
        Misconfigured: a newer program made them, or another one, or they may not be made; nothing is written.
    """
    try:
        _prepare(url)
    except psycopg.Error as error:
        why = type(error).__name__
        raise Misconfigured(
            Text(
                f"The tables of jobs cannot be made ({why}); the user of SVERKA_DATABASE must be allowed to create "
                "tables and functions in it.",
                f"Таблицы заданий не создать ({why}); у пользователя из SVERKA_DATABASE должно быть право создавать "
                "таблицы и функции.",
            )
        ) from None


def _prepare(url: str) -> None:
    package = files("procrastinate.sql")
    steps = sorted(one.name for one in (package / "migrations").iterdir() if one.name.endswith(".sql"))
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        is_there, applied = _state(connection)
        if is_there and not applied:
            raise Misconfigured(_FOREIGN)
        if applied > steps[-1]:
            raise Misconfigured(_NEWER)
        missing = [package / "migrations" / step for step in steps if step > applied]
        for script in missing if is_there else [package / "schema.sql"]:
            connection.execute(script.read_bytes())
        if applied != steps[-1]:
            comment = sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(sql.Literal(steps[-1]))
            connection.execute(comment)


def _state(connection: psycopg.Connection) -> tuple[bool, str]:
    """Tell whether the table is there, and which migration was the last."""
    found = connection.execute(
        "SELECT oid, obj_description(oid, 'pg_class') FROM to_regclass('procrastinate_jobs') AS oid"
    ).fetchone()
    oid, comment = found or (None, None)
    return oid is not None, comment or ""
