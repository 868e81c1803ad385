"""What an attack has to say, and the database it is made on."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from sverka.storage.database import create, migrate


@dataclass
class Report:
    """How much was tried, and what was found."""

    runs: int = 0
    steps: int = 0
    blocked: int = 0
    retries: int = 0
    findings: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """Races whose every order was not gone through, for want of runs."""

    def add(self, other: "Report") -> None:
        """Take another's figures in."""
        for name in ("runs", "steps", "blocked", "retries"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.findings += other.findings
        self.unfinished += other.unfinished


@contextmanager
def own_schema(url: str) -> Iterator[str]:
    """Yield the URL of an empty migrated database: a new schema on PostgreSQL, dropped at the end; else the same."""
    outside = create(url)
    schema = f"race_{secrets.token_hex(6)}" if outside.dialect.name == "postgresql" else ""
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
