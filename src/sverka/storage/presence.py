"""Who works with a database: a lock that the operating system, or the server, takes from whoever dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.engine import URL

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.storage.database import create, is_memory

_KEY = 730_608_192
"""One half of the advisory lock's name, any number nobody else uses; the other half is the schema's."""
_SHARED = text("SELECT pg_advisory_lock_shared(:key, hashtext(current_schema()))")
_TRIED = text("SELECT pg_try_advisory_xact_lock(:key, hashtext(current_schema()))")


@contextmanager
def present(url: str) -> Iterator[None]:
    """Be known to work with a database, until the end of the block or of the process.

    A file is one process's at a time; a database on a server is for any number.

    Raises:
        Misconfigured: another process works with this file; nothing is written.
    """
    file = _file(make_url(url))
    if file is None:
        engine = create(url)
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(_SHARED, {"key": _KEY})
                yield
        finally:
            engine.dispose()
        return
    with _lock_of(file).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Misconfigured(
                Text(
                    f"Another hub already runs on {file}; stop it first. A file is for one process: for several, "
                    "give the hub PostgreSQL in SVERKA_DATABASE.",
                    f"С базой {file} уже работает другой хаб; сначала остановите его. Файл – для одного процесса: "
                    "чтобы их было несколько, задайте хабу PostgreSQL в SVERKA_DATABASE.",
                )
            ) from None
        yield


def is_worked_with(url: str) -> bool:
    """Tell whether any process is known to work with a database."""
    parsed = make_url(url)
    file = _file(parsed)
    if file is not None:
        if not _lock_of(file).exists():
            return False
        with _lock_of(file).open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
        return False
    if parsed.get_backend_name() == "sqlite":
        return False
    engine = create(parsed)
    try:
        with engine.begin() as connection:
            return not connection.scalar(_TRIED, {"key": _KEY})
    finally:
        engine.dispose()


def _file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or is_memory(url):
        return None
    return Path(str(url.database))


def _lock_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.lock")
