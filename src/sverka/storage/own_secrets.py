"""The secrets one connection keeps for itself, and the work that one process does for all of them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, Engine, update

from sverka.ports.clock import Clock
from sverka.storage.database import upsert, write
from sverka.storage.tables import START, leases
from sverka.storage.vault import Vault


class OwnSecrets:
    """The `Secrets` port: the vault's entries under a connection's name, and leases in the database."""

    def __init__(self, engine: Engine, clock: Clock, vault: Vault, connection: str) -> None:
        """Take the connection's name."""
        self._engine = engine
        self._clock = clock
        self._vault = vault
        self._connection = connection

    def get(self, name: str) -> str | None:
        """Return a secret; raises `Misconfigured` where the vault's key is another one."""
        return self._vault.get(f"{self._connection}/{name}")

    def put(self, name: str, secret: str) -> None:
        """Keep a secret, encrypted."""
        self._vault.put(f"{self._connection}/{name}", secret)

    @contextmanager
    def alone(self, work: str, seconds: float) -> Iterator[bool]:
        """Hold a lease; no transaction is open meanwhile, for the work may ask the network."""
        name, holder = f"{self._connection}/{work}", secrets.token_hex(8)
        taken = write(self._engine, lambda connection: self._take(connection, name, holder, seconds))
        try:
            yield taken
        finally:
            if taken:
                ours = (leases.c.name == name) & (leases.c.holder == holder)
                statement = update(leases).where(ours).values(until=START)
                write(self._engine, lambda connection: connection.execute(statement))

    def _take(self, connection: Connection, name: str, holder: str, seconds: float) -> bool:
        now = self._clock.now()
        connection.execute(upsert(connection, leases, ("name",)), [{"name": name, "holder": "", "until": START}])
        free = (leases.c.name == name) & (leases.c.until <= now)
        values = {"holder": holder, "until": now + timedelta(seconds=seconds)}
        return connection.execute(update(leases).where(free).values(values)).rowcount == 1
