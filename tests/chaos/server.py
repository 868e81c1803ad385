"""A PostgreSQL server of one's own, to be killed and started again."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from chaos.waiting import until

_INSTALLED = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Return where the newest server's programs are; None where there is none."""
    folders = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    return folders[-1].parent if folders else None


class Server:
    """A server on a socket in a folder nobody else may enter; as a context manager it is made, and taken away."""

    def __init__(self) -> None:
        found = binaries()
        assert found is not None, "PostgreSQL absent"
        self._bin = found
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.folder = Path(tempfile.mkdtemp(prefix="chaos-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        words = ("-D", str(self._data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        made = self._started("initdb", *words)
        assert made.wait() == 0, self._log.read_text("utf-8")
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_up(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and return once it answers; what a dead one has left of itself may take a moment to go."""

        def answers() -> bool:
            if not self.is_up:
                # only the server's life is at stake here, not the machine's
                words = ("-D", str(self._data), "-k", str(self.folder), "-h", "", "-c", "fsync=off")
                self._process = self._started("postgres", *words, "-c", "max_connections=200")
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                return False
            return True

        until(answers, "PostgreSQL answers")

    def kill(self) -> None:
        """End it with SIGKILL, as a machine out of memory does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def url(self, database: str) -> str:
        """Return what a hub is told of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def run(self, statement: str, *names: str) -> None:
        """Execute a statement with names in its braces, as the server's owner."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _started(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        # it refuses to run as root
        as_whom = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if os.geteuid() == 0 else ()
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*as_whom, str(self._bin / program), *words], cwd=self.folder, stdout=log, stderr=log
            )
