"""The secrets one connection keeps for itself, and the work that one process does for all of them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine

from sverka.ports.clock import Clock
from sverka.storage import leases
from sverka.storage.database import write
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
        name, holder, now = f"{self._connection}/{work}", secrets.token_hex(8), self._clock.now()
        until = now + timedelta(seconds=seconds)
        taken = write(self._engine, lambda connection: leases.hold(connection, name, holder, now, until))
        try:
            yield taken
        finally:
            if taken:
                write(self._engine, lambda connection: leases.let_go(connection, holder))
