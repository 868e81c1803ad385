"""The one place where everything meets."""

import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from types import ModuleType

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from sverka.config.load import load
from sverka.config.settings import Settings
from sverka.connectors.absent import AbsentOffice, AbsentStore
from sverka.connectors.kit import Kit
from sverka.connectors.registry import Connector, make, manifests
from sverka.dispatch import Embedded
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.ids import OfficeName, StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text
from sverka.engine.by_hand.restore import restore
from sverka.engine.hub import Hub
from sverka.ports.backoffice import BackOffice
from sverka.ports.clock import Clock
from sverka.ports.dispatch import Dispatch, Errand, Work
from sverka.ports.shelf import Shown
from sverka.ports.storage import Terms
from sverka.ports.store import Store
from sverka.ports.watch import counts
from sverka.storage.connections import SavedConnection
from sverka.storage.counter import Counter
from sverka.storage.profiles import SavedProfile
from sverka.storage.sql_storage import SqlStorage, open_storage
from sverka.storage.vault import Kept, key_in, next_key_file


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass
class House:
    """The hub's storage and its connected systems, made on demand and kept while they stay as they are.

    `counter` keeps outside the database how far its journal has come. `database` is its URL and may hold a password.
    """

    storage: SqlStorage
    clock: Clock
    terms: Terms = field(default_factory=Terms)
    counter: Counter | None = None
    database: str = field(default="", repr=False)
    _connectors: dict[str, tuple[object, Connector]] = field(default_factory=dict)
    _replaced: list[Connector] = field(default_factory=list)
    _profiles: dict[tuple[str, int, int], Profile] = field(default_factory=dict)

    def hub(self) -> Hub:
        """Return the hub as connections and profiles are now; one piece of work sees one state of them."""
        saved, kept = self.storage.connections.list(), self.storage.vault.all()
        stores = {StoreName(one.name): self._side(one, kept) for one in saved if one.side is Side.STORE}
        offices = {OfficeName(one.name): self._side(one, kept) for one in saved if one.side is Side.OFFICE}
        generation = self.storage.catalogues.generation
        applied = [self.profile(one, generation) for one in self.storage.profiles.list(active_only=True)]
        profiles = [profile for profile in applied if profile.enabled]
        return Hub(
            self.storage.hub_id,
            {name: _store(side) for name, side in stores.items()},
            {name: _office(side) for name, side in offices.items()},
            lambda: profiles,
            self.storage,
            self.clock,
            self.terms,
            frozenset(one.name for one in saved if one.paused),
            learnt=self._learnt,
            keys=lambda: {one.name: kept.get(_hook(one.name), "") for one in saved},
        )

    def _learnt(self, office: OfficeName, field: str, options: Mapping[str, str]) -> None:
        """Keep the options of an office's list in its catalogue, from which profiles are loaded."""
        fields = self.storage.catalogues.get(office) or ()
        known = [replace(one, options=dict(options)) if one.key == field else one for one in fields]
        self.storage.catalogues.put(office, known)

    def connection(self, name: str) -> SavedConnection:
        """Return a connection by name.

        Raises:
            Misconfigured: there is none of that name; the sentence lists those there are.
        """
        saved = self.storage.connections.get(name)
        if saved is None:
            names = ", ".join(one.name for one in self.storage.connections.list()) or "–"
            raise Misconfigured(
                Text(
                    f"There is no connection {name!r}; there are: {names}. Add one with `sverka connect`.",
                    f"Нет подключения {name!r}; есть: {names}. Добавьте его командой `sverka connect`.",
                )
            )
        return saved

    def connector(self, saved: SavedConnection, kept: Kept | None = None) -> Connector:
        """Return the connector of a saved connection, the same one while its settings and secrets stay."""
        kept = self.storage.vault.all() if kept is None else kept
        hidden = {name: f"{saved.name}/{name}" for name in secret_names(saved.kind)}
        known = (saved.kind, dict(saved.settings), {name: kept.sealed(where) for name, where in hidden.items()})
        if saved.name in self._connectors and self._connectors[saved.name][0] == known:
            return self._connectors[saved.name][1]
        kit = self.kit(saved.name)
        settings = {key: str(value) for key, value in saved.settings.items()}
        opened = {name: kept.get(where, "") for name, where in hidden.items()}
        made = make(saved.kind, settings, {name: value for name, value in opened.items() if value}, kit)
        if saved.name in self._connectors:  # somebody may still be at work with the old one
            self._replaced.append(self._connectors[saved.name][1])
        self._connectors[saved.name] = (known, made)
        return made

    def _side(self, saved: SavedConnection, kept: Kept) -> Connector:
        """Return the connector, or what stands for one that cannot be made: the other connections go on."""
        try:
            return self.connector(saved, kept)
        except Problem as problem:
            return AbsentStore(problem) if saved.side is Side.STORE else AbsentOffice(problem)

    def secrets_of(self, saved: SavedConnection) -> dict[str, str]:
        """Return the secrets a connection was given, empty where one was not."""
        kept = self.storage.vault.all()
        return {name: kept.get(f"{saved.name}/{name}", "") for name in secret_names(saved.kind)}

    def kit(self, name: str) -> Kit:
        """Return what the house hands to the connector of a connection."""
        storage = self.storage
        hidden, shelf = storage.secrets_of(name), storage.shelf_of(name)
        return Kit(name, storage.hub_id, self.clock, storage.budget, secrets=hidden, shelf=shelf)

    def profile(self, saved: SavedProfile, generation: int | None = None) -> Profile:
        """Return a saved profile, with the field types of the catalogues it was applied with."""
        key = (saved.name, saved.version, self.storage.catalogues.generation if generation is None else generation)
        if key not in self._profiles:
            bare = load(saved.document, version=saved.version)
            catalogues = self.storage.catalogues
            store, office = catalogues.get(bare.store), catalogues.get(bare.office)
            self._profiles[key] = load(saved.document, store, office, saved.version)
        paused = saved.paused.en if saved.paused else ""
        return self._profiles[key].standing(paused, saved.allowed_until)

    def hook_key(self, connection: str) -> str:
        """Return the unguessable part of a connection's webhook address, made at the first call."""
        name = _hook(connection)
        key = self.storage.vault.get(name)
        if key is None:
            key = secrets.token_urlsafe(24)
            self.storage.vault.put(name, key)
        return key

    def exchange_password(self, store: str) -> str:
        """Return the password a 1C gives to the exchange of a store, empty while that is off."""
        return self.storage.vault.get(_exchange(store)) or ""

    def open_exchange(self, store: str) -> str:
        """Switch the exchange of a store on, and return its password, which stays as long as it is on."""
        password = self.exchange_password(store)
        if not password:
            password = secrets.token_hex(16)
            self.storage.vault.put(_exchange(store), password)
        return password

    def close_exchange(self, store: str) -> None:
        """Switch the exchange of a store off: its password is worth nothing any more."""
        self.storage.vault.forget(_exchange(store))

    def keep_file(self, store: StoreName, name: str, body: bytes) -> None:
        """Keep a file of a store's catalogue, the newest of each name."""
        self.storage.shelf_of(f"{store}/catalogue").put([Shown(name, body, self.clock.now())])

    def started(self) -> Mapping[str, datetime]:
        """Return since when each connection's changes are the hub's business."""
        return {one.name: one.connected_at for one in self.storage.connections.list() if one.connected_at}

    def stopped(self) -> Collection[str]:
        """Return the names of the paused connections."""
        return {one.name for one in self.storage.connections.list() if one.paused}

    def older(self) -> Text | None:
        """Return a sentence where the database is older than this hub's last run, else None (K20).

        Raises:
            Misconfigured: the counter outside the database cannot be read.
        """
        # The counter first: a hub at work raises both meanwhile, and its own database must not look older than it is.
        kept = self.counter.read() if self.counter else 0
        if self.counter is None or self.storage.journal.newest() >= kept:
            return None
        return Text(
            "The database is older than this hub's last run. If it was restored from a backup, run `sverka restored`; "
            f"if it is a new one, delete {self.counter.path}.",
            "База старше последней работы этого хаба. Если её восстановили из резервной копии, выполните "
            f"`sverka restored`; если это новая база, удалите {self.counter.path}.",
        )

    def remember(self) -> None:
        """Keep outside the database how far its journal has come; raises `Misconfigured` where that cannot be kept."""
        if self.counter is not None:
            self.counter.rise(self.storage.journal.newest())

    def restored(self) -> int:
        """Make a restored database fit to work with, and return how many orders it will look at (K20)."""
        above = self.counter.read() if self.counter else 0
        return restore(self.storage, self._offices(), self.clock.now(), self.terms, above)

    def dispatch(self, work: Work | None = None, errands: Sequence[Errand] = ()) -> Dispatch:
        """Return who runs the waves: threads beside a file, jobs in PostgreSQL; without `work` it only wakes others.

        Raises:
            Misconfigured: the database's tables of jobs are another's, or what works with them is not installed.
        """
        if make_url(self.database).get_backend_name() == "sqlite":
            return Embedded(self._offices if work else tuple, work or _nothing, self.clock, errands)
        jobs = _jobs()
        jobs.prepare(self.database)
        bury = partial(self.storage.free_lock, terms=self.terms)
        made: Dispatch = jobs.Procrastinate(self.database, self.clock, work, errands, self._offices, bury)
        return made

    def _offices(self) -> Sequence[OfficeName]:
        return [OfficeName(one.name) for one in self.storage.connections.list(Side.OFFICE)]

    def close(self) -> None:
        """Close every connection, and the database."""
        for connector in [*self._replaced, *(made for _, made in self._connectors.values())]:
            close = getattr(connector, "close", None)
            if close:
                close()
        with suppress(DBAPIError):  # counts are not worth failing for
            self.storage.tallies.keep(counts)
        self.storage.close()


def _hook(connection: str) -> str:
    return f"{connection}/hook"


def _exchange(store: str) -> str:
    return f"{store}/exchange"


def secret_names(kind: str) -> list[str]:
    """Return the names of the secrets a kind of connector asks for."""
    manifest = manifests().get(kind)
    return [one.name for one in manifest.wanted if one.is_secret] if manifest else []


def open_house(
    settings: Settings, clock: Clock | None = None, terms: Terms | None = None, is_ours: bool = False
) -> House:
    """Open the storage the settings name, and return the house; `is_ours`: this process is known to work with it.

    Raises:
        Misconfigured: the vault's key is missing or is none, or the database is not as it should be.
    """
    clock = clock or SystemClock()
    if make_url(settings.database).get_backend_name() != "sqlite":
        _jobs()
    following = next_key_file(settings.key_file)
    later = key_in(following) if following.exists() else b""
    storage = open_storage(settings.database, clock, key_in(settings.key_file), later, is_ours)
    return House(storage, clock, terms or Terms(), Counter(settings.counter_file), settings.database)


def _jobs() -> ModuleType:
    """Return the dispatcher for PostgreSQL: what it needs is installed only for whoever asks for it."""
    try:
        return import_module("sverka.dispatch.procrastinate")
    except ModuleNotFoundError as error:
        raise Misconfigured(
            Text(
                f"PostgreSQL needs more to be installed ({error.name} is missing): `pip install 'sverka[postgres]'`.",
                f"Для PostgreSQL нужно доустановить пакеты (нет {error.name}): `pip install 'sverka[postgres]'`.",
            )
        ) from None


def _nothing(_office: OfficeName) -> None:
    return None


def _store(side: Connector) -> Store:
    assert hasattr(side, "read")  # noqa: S101 - the registry's manifest says which side it is
    return side  # type: ignore[return-value]


def _office(side: Connector) -> BackOffice:
    assert hasattr(side, "look")  # noqa: S101 - the registry's manifest says which side it is
    return side  # type: ignore[return-value]
