"""A schema of its own in the PostgreSQL that tests are given."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from sverka.dispatch.procrastinate.schema import conninfo


@contextmanager
def own_schema() -> Iterator[str]:
    """Give the URL of a schema that is dropped afterwards; its connections bear its name as their application's."""
    given = os.environ.get("SVERKA_TEST_POSTGRES")
    if not given:
        pytest.skip("PostgreSQL absent: set SVERKA_TEST_POSTGRES")
    schema = f"test_{secrets.token_hex(6)}"
    url = make_url(given).update_query_dict({"options": f"-csearch_path={schema}", "application_name": schema})
    with psycopg.connect(conninfo(given), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def own_database(encoding: str) -> Iterator[str]:
    """Give the URL of a database that stores text as `encoding`, and is dropped afterwards."""
    given = os.environ.get("SVERKA_TEST_POSTGRES")
    if not given:
        pytest.skip("PostgreSQL absent: set SVERKA_TEST_POSTGRES")
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(conninfo(given), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
        try:
            yield make_url(given).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(url: str, statement: str, *values: object) -> list[tuple]:
    """Execute a statement from outside, and return its rows."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def leave_dead(url: str, task: str, lock: str, arguments: str) -> None:
    """Leave a job as a worker does that was killed an hour ago."""
    dead = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
    columns = "(queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
    row = "SELECT %s, %s, %s, %s, %s, 'doing', id FROM dead"
    job = (f"{task}s", task, lock, lock, arguments)
    run(url, f"WITH dead AS ({dead}) INSERT INTO procrastinate_jobs {columns} {row}", *job)


def cut_off(url: str) -> int:
    """End all connections to a schema, as a server does that restarts; return how many there were."""
    ours = "application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
    return len(run(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"))
