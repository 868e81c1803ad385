"""Where the hub lives: its settings, and the open house that commands work in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from sverka.bootstrap import House, open_house
from sverka.config.settings import Settings
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.storage.presence import is_worked_with, present


def settings_now() -> Settings:
    """Return the settings of this environment and folder; Misconfigured where a value cannot be used."""
    return Settings.from_env(os.environ, Path.cwd())


def database_file(settings: Settings) -> Path | None:
    """Return the database's file, None where it lives on a server."""
    url = make_url(settings.database)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def exists(settings: Settings) -> bool:
    """Tell whether `sverka init` was run here."""
    file = database_file(settings)
    return settings.key_file.exists() and (file is None or file.exists())


@contextmanager
def at_home(is_ours: bool = False) -> Iterator[House]:
    """Open the house and close it afterwards; `is_ours`: this process alone is known to work with its database.

    Raises:
        Misconfigured: there is no database or no key yet; the sentence says which and what to run.
    """
    settings = settings_now()
    file = database_file(settings)
    if file is not None and not file.exists():
        raise Misconfigured(
            Text(f"There is no database {file}; run `sverka init` first, or change to the hub's folder, or set "
                 "SVERKA_DATABASE.",
                 f"Базы {file} нет; сначала выполните `sverka init`, или перейдите в папку хаба, или задайте "
                 "SVERKA_DATABASE.")
        )  # fmt: skip
    if not settings.key_file.exists():
        key = settings.key_file
        raise Misconfigured(
            Text(f"There is no key file {key}; restore it from your backup, or run `sverka init` first if this hub is "
                 "new.",
                 f"Файла ключа {key} нет; верните его из резервной копии или, если хаб новый, сначала выполните "
                 "`sverka init`.")
        )  # fmt: skip
    house = open_house(settings, is_ours=is_ours)
    try:
        yield house
    finally:
        house.close()


@contextmanager
def at_work(is_ours: bool = False) -> Iterator[House]:
    """Open the house to change something in it, and keep afterwards how far its journal has come.

    Raises:
        Misconfigured: as `at_home`; or the database is older than this hub's last run (K20).
    """
    with at_home(is_ours) as house:
        older = house.older()
        if older:
            raise Misconfigured(older)
        house.remember()
        try:
            yield house
        finally:
            house.remember()


@contextmanager
def alone() -> Iterator[None]:
    """Let no other process run the hub meanwhile.

    Raises:
        Misconfigured: one does.
    """
    settings = settings_now()
    if not exists(settings):
        yield  # whoever opens the house says what is missing, and finds no lock that was left here
        return
    if database_file(settings) is None and is_worked_with(settings.database):
        raise Misconfigured(
            Text("Other processes of the hub work with the database; stop every `sverka up`, `sverka web` and "
                 "`sverka worker` first.",
                 "С базой работают другие процессы хаба; сначала остановите все `sverka up`, `sverka web` и "
                 "`sverka worker`.")
        )  # fmt: skip
    with present(settings.database):
        yield


@contextmanager
def on_duty() -> Iterator[House]:
    """Open the house to run its hub.

    A database file has one process at a time; the locks of whoever had it before are freed, for he has died. A
    database on a server has any number of them.

    Raises:
        Misconfigured: as `at_work`; or another process has this file; or the key is not that of the saved secrets.
    """
    settings = settings_now()
    if database_file(settings) is None:
        with at_work() as house, present(settings.database):
            house.storage.vault.check()
            yield house
    else:
        with alone(), at_work(is_ours=True) as house:
            house.storage.vault.check()
            house.storage.free_locks(house.terms)
            yield house
