"""Secrets, encrypted at rest and never shown: not in a repr, not in an error, not in a log."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection, Engine, delete, select, update

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.storage.database import read, taking, upsert, write
from sverka.storage.tables import secrets
from sverka.storage.whole_file import drafted, settle

_WRONG_KEY = Text(
    "The vault cannot be opened with this key; give the key the secrets were kept under, or connect again.",
    "Хранилище секретов не открывается этим ключом; укажите прежний ключ или подключите заново.",
)
_BAD_KEY = Text(
    "The vault's key is damaged: 44 characters of URL-safe base64 are expected; restore the key from your backup.",
    "Ключ хранилища секретов испорчен: нужны 44 знака base64 для URL; верните ключ из резервной копии.",
)


def key_in(path: Path) -> bytes:
    """Return the key kept in a file; where there is none, make it, readable by its owner alone (mode 0600)."""
    if not path.exists():
        # A link appears whole or not at all, and the first of two processes wins.
        with drafted(path, Fernet.generate_key()) as draft, suppress(FileExistsError):
            os.link(draft, path)
    # What is sealed under it must not outlive it.
    settle(path.parent)
    return path.read_bytes().strip()


def next_key_file(path: Path) -> Path:
    """Return where the key stands that takes the place of the one in `path`, while secrets are sealed anew."""
    return path.with_name(f"{path.name}.new")


class Kept(Mapping[str, str]):
    """All secrets as they were at one moment, read at once; each is opened when it is asked for, and not before.

    Asking for one raises `Misconfigured` where the key is another one.
    """

    def __init__(self, tokens: Mapping[str, bytes], opened: Callable[[bytes], bytes]) -> None:
        self._tokens = tokens
        self._opened = opened

    def __getitem__(self, name: str) -> str:
        return self._opened(self._tokens[name]).decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def __repr__(self) -> str:
        return "Kept()"

    def sealed(self, name: str) -> bytes:
        """Return a secret as it is sealed, by which it is seen whether it is another one; empty where there is none."""
        return self._tokens.get(name, b"")


class Vault:
    """Secrets by name."""

    def __init__(self, engine: Engine, key: bytes, following: bytes = b"") -> None:
        """Take a Fernet key, and the one that follows it where a rotation was cut off.

        Raises:
            Misconfigured: a key is none.
        """
        self._engine = engine
        try:
            self._fernet = MultiFernet([Fernet(one) for one in (key, following) if one or one is key])
        except ValueError:
            raise Misconfigured(_BAD_KEY) from None

    def __repr__(self) -> str:
        return "Vault()"

    def put(self, name: str, secret: str) -> None:
        """Keep a secret under a name, in the place of an earlier one."""
        row = {"name": name, "token": self._fernet.encrypt(secret.encode())}
        write(
            self._engine,
            lambda connection: connection.execute(upsert(connection, secrets, ("name",), taking("token")), [row]),
        )

    def get(self, name: str) -> str | None:
        """Return a secret, None where there is none; raises `Misconfigured` where the key is another one."""
        statement = select(secrets.c.token).where(secrets.c.name == name)
        token = read(self._engine, lambda connection: connection.scalar(statement))
        return None if token is None else self._open(token).decode()

    def all(self) -> Kept:
        """Return all secrets, in one query."""
        statement = select(secrets.c.name, secrets.c.token)
        rows = read(self._engine, lambda connection: connection.execute(statement).all())
        return Kept({row.name: row.token for row in rows}, self._open)

    def reseal(self, key: bytes) -> int:
        """Seal every secret under another key, in one transaction; return how many there are.

        Raises:
            Misconfigured: the key is none, or a secret cannot be opened; nothing is changed then.
        """
        following = Vault(self._engine, key)._fernet

        def work(connection: Connection) -> int:
            sealed = connection.execute(select(secrets.c.name, secrets.c.token).with_for_update()).all()
            for row in sealed:
                token = following.encrypt(self._open(row.token))
                connection.execute(update(secrets).where(secrets.c.name == row.name).values(token=token))
            return len(sealed)

        return write(self._engine, work)

    def _open(self, token: bytes) -> bytes:
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            raise Misconfigured(_WRONG_KEY) from None

    def check(self) -> None:
        """Raise `Misconfigured` where secrets are kept, and none of them under this key."""
        names = self.names()
        for name in names:
            with suppress(Misconfigured):
                self.get(name)
                return
        if names:
            raise Misconfigured(_WRONG_KEY)

    def names(self) -> Sequence[str]:
        """Return the names under which secrets are kept."""
        statement = select(secrets.c.name).order_by(secrets.c.name)
        return read(self._engine, lambda connection: connection.scalars(statement).all())

    def forget(self, name: str) -> None:
        """Delete a secret; harmless where there is none."""
        write(self._engine, lambda connection: connection.execute(delete(secrets).where(secrets.c.name == name)))
