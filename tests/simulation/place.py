"""A database that nobody else uses, for as long as it is needed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from sverka.storage.database import create
from sverka.storage.schema import migrate


@contextmanager
def own_schema(url: str) -> Iterator[str]:
    """Yield the URL of an empty migrated database: a new schema on PostgreSQL, dropped at the end; else the same."""
    outside = create(url)
    schema = f"prove_{secrets.token_hex(6)}" if outside.dialect.name == "postgresql" else ""
    here = url
    if schema:
        with outside.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        own = outside.url.update_query_dict({"options": f"-csearch_path={schema}"})
        here = own.render_as_string(hide_password=False)
    inside = create(here)
    try:
        migrate(inside)
        yield here
    finally:
        inside.dispose()
        if schema:
            with outside.begin() as connection:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        outside.dispose()
