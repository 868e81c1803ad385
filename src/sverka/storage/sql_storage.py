"""The `Storage` port in SQL, put together from its parts. Each method is one transaction."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.exc import DBAPIError

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OfficeName, OrderRef, ProfileName, RecordId
from sverka.domain.kind import Kind
from sverka.domain.merge.binding import Entry
from sverka.domain.text import Text
from sverka.ports.budget import Budget
from sverka.ports.clock import Clock
from sverka.ports.history import Backfills
from sverka.ports.journal import JournalLine
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import (
    Claim,
    Intent,
    KnownContacts,
    Memory,
    NewBinding,
    Outcome,
    Received,
    Ring,
    Storage,
    Terms,
)
from sverka.storage import (
    adoption,
    bindings,
    conflicts,
    counts,
    inbox,
    journal,
    leases,
    outbox,
    outcomes,
    pauses,
    restore,
    retention,
    told,
    turns,
    visits,
    watermarks,
)
from sverka.storage.accounts import SqlAccounts
from sverka.storage.alerts import Alerts
from sverka.storage.audit import Audit
from sverka.storage.backfills import SqlBackfills
from sverka.storage.budget import SqlBudget
from sverka.storage.catalogues import Catalogues
from sverka.storage.conflicts import Differences
from sverka.storage.connections import Connections
from sverka.storage.counts import Counts
from sverka.storage.database import Answer, create, is_memory, read, upsert, write
from sverka.storage.journal import Journal
from sverka.storage.limits import Limits
from sverka.storage.own_secrets import OwnSecrets
from sverka.storage.parties import bound_to
from sverka.storage.people import Users
from sverka.storage.presence import is_worked_with
from sverka.storage.profiles import Profiles
from sverka.storage.schema import migrate
from sverka.storage.shelf import SqlShelf
from sverka.storage.tables import settings
from sverka.storage.tallies import Tallies
from sverka.storage.vault import Vault, key_in

_NO_KEY = Text(
    "With PostgreSQL the vault's key must be given: name its file in SVERKA_KEY_FILE and run `sverka init`.",
    "С PostgreSQL ключ хранилища секретов надо задать: укажите файл в SVERKA_KEY_FILE и выполните `sverka init`.",
)


class SqlStorage:
    """The hub's memory. The attributes are for the doors; the methods are the port's."""

    def __init__(self, engine: Engine, clock: Clock, key: bytes, following: bytes = b"") -> None:
        """Take an engine whose schema is migrated and the vault's keys; the hub gets its id here once."""
        self._engine = engine
        self._clock = clock
        self.vault = Vault(engine, key, following)
        self.connections = Connections(engine, clock)
        self.catalogues = Catalogues(engine)
        self.profiles = Profiles(engine, clock)
        self.journal = Journal(engine)
        self.accounts = SqlAccounts(engine)
        self.differences = Differences(engine, clock)
        self.budget = SqlBudget(engine, clock)
        self.backfills = SqlBackfills(engine, clock)
        self.users = Users(engine, clock)
        self.limits = Limits(engine, clock)
        self.audit = Audit(engine)
        self.tallies = Tallies(engine, clock)
        self.alerts = Alerts(engine)
        self.hub_id = write(engine, _hub_id)

    def secrets_of(self, connection: str) -> OwnSecrets:
        """Return the secrets a connection keeps for itself."""
        return OwnSecrets(self._engine, self._clock, self.vault, connection)

    def shelf_of(self, connection: str) -> SqlShelf:
        """Return what a connection was seen to show."""
        return SqlShelf(self._engine, connection)

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def receive(
        self, connection: str, notices: Sequence[Notice], rings: Sequence[Ring], journal: Sequence[JournalLine]
    ) -> None:
        """Keep verified notices, the visits they ring for and their lines in the journal."""
        self.receive_all([Received(connection, notices, rings, journal)])

    def receive_all(self, received: Sequence[Received]) -> None:
        """Keep what several connections have told, all of it or nothing."""

        def work(transaction: Connection) -> None:
            for one in received:
                inbox.add(transaction, one.connection, one.notices, self._clock.now())
            visits.ring(transaction, [ring for one in received for ring in one.rings])
            outcomes.tell(transaction, [line for one in received for line in one.journal])

        write(self._engine, work)

    def ring(self, rings: Sequence[Ring]) -> None:
        """Add visits an operator, an import or a retry asks for."""
        write(self._engine, lambda transaction: visits.ring(transaction, rings))

    def orders_of(self, office: OfficeName, records: Collection[RecordId]) -> Mapping[RecordId, Sequence[OrderRef]]:
        """Return the orders bound to records of an office."""
        return read(self._engine, lambda transaction: bindings.orders_of(transaction, office, records))

    def bound_to(
        self, office: OfficeName, parties: Collection[RecordId], most: int
    ) -> Mapping[RecordId, Sequence[tuple[OrderRef, RecordId]]]:
        """Return the newest orders, with their records, that hang on each of these contacts and companies."""
        return read(self._engine, lambda transaction: bound_to(transaction, office, parties, most))

    def claim(self, office: OfficeName, now: datetime, terms: Terms, bound: int, quiet: int = 0) -> Claim | None:
        """Take the office's lock and up to `bound` due visits; the lock lasts `terms.doubt` unless it is extended."""
        return write(self._engine, lambda transaction: visits.claim(transaction, office, now, terms, bound, quiet))

    def lease(self, office: OfficeName, now: datetime, terms: Terms) -> Claim | None:
        """Take the office's lock without any visit."""
        return write(self._engine, lambda transaction: visits.lease(transaction, office, now, terms))

    def extend(self, claim: Claim, until: datetime) -> None:
        """Hold the lock until then at the least; raises `Superseded` where it is no longer the claim's."""
        write(self._engine, lambda transaction: visits.hold(transaction, claim, until))

    def still_mine(self, claim: Claim) -> bool:
        """Tell whether the office's epoch is the claim's."""
        return read(self._engine, lambda transaction: visits.still_mine(transaction, claim))

    def release(self, claim: Claim, now: datetime) -> None:  # noqa: ARG002 - the port names the moment; a lock is free at any
        """Give the lock back; what still runs waits again, due as it was. After a takeover nothing happens."""
        write(self._engine, lambda transaction: visits.release(transaction, claim))

    def adopt(
        self, office: OfficeName, new: Sequence[NewBinding], rings: Sequence[Ring], line: JournalLine
    ) -> Sequence[OrderRef]:
        """Bind orders to records that were there before, and return those bound."""
        return write(self._engine, lambda transaction: adoption.adopt(transaction, office, new, rings, line))

    def recall(self, orders: Collection[OrderRef], since: datetime) -> Memory:
        """Return what is remembered of these orders, in one snapshot."""

        def work(transaction: Connection) -> Memory:
            return Memory(
                bindings.of(transaction, orders),
                outbox.of(transaction, orders),
                conflicts.refused(transaction, orders),
                conflicts.decided(transaction, orders),
                conflicts.shown(transaction, orders),
                journal.equal_writes(transaction, orders, since),
                restore.restored_at(transaction),
                told.of(transaction, orders),
            )

        return read(self._engine, work)

    def known_contacts(self, office: OfficeName, keys: Collection[MatchKey]) -> KnownContacts:
        """Return which match keys are bound to contacts, and which are being made contacts of."""

        def work(transaction: Connection) -> KnownContacts:
            return KnownContacts(
                bindings.contacts_of(transaction, office, keys),
                outbox.open_keys(transaction, office, keys, self._clock.now()),
            )

        return read(self._engine, work)

    def open_orders(self, office: OfficeName) -> Sequence[Intent]:
        """Return the open intents that make orders of an office's records."""
        return read(self._engine, lambda transaction: outbox.open_orders(transaction, office))

    def prolong_doubts(self, office: OfficeName, taken: datetime, now: datetime, told: datetime, terms: Terms) -> bool:
        """Have doubts last on that are over, but not by the office's own clock; tell if there were any."""
        return outbox.prolong(self._engine, office, taken, now, told, terms.doubt)

    def commit(self, claim: Claim, outcome: Outcome, now: datetime, terms: Terms) -> Sequence[Intent]:
        """Commit an outcome under the claim's epoch; raises `Superseded`, committing nothing, under another."""
        return write(self._engine, lambda transaction: outcomes.commit(transaction, claim, outcome, now, terms))

    def watermark(self, connection: str) -> datetime | None:
        """Return the newest moment that side has shown in a finished sweep."""
        return read(self._engine, lambda transaction: watermarks.get(transaction, connection))

    def swept(self, connection: str, watermark: datetime | None, rings: Sequence[Ring]) -> None:
        """Commit a sweep's visits, and its watermark where there is one."""

        def work(transaction: Connection) -> None:
            visits.ring(transaction, rings)
            if watermark is not None:
                watermarks.put(transaction, connection, watermark)

        write(self._engine, work)

    def remember(self, entries: Mapping[int, Mapping[str, Entry | None]]) -> None:
        """Set baseline entries by binding and mapping key, outside a wave: a person has changed the map."""
        write(self._engine, lambda transaction: bindings.remember(transaction, entries))

    def bound_orders(self, office: OfficeName, after: int, limit: int) -> Sequence[tuple[int, OrderRef]]:
        """Return the next bound bindings of an office, by id."""
        return read(self._engine, lambda transaction: bindings.walk(transaction, office, after, limit))

    def forget_before(self, moment: datetime, acts: datetime | None = None) -> None:
        """Drop the journal's lines and the notices of before that moment, the newest line excepted, and older acts."""
        retention.forget_before(self._engine, moment, acts)

    def count_writes(self, profile: ProfileName, since: datetime, often: int) -> tuple[int, int]:
        """Return how many writes a profile made since then, and how many past so many to one field of an order."""
        return read(self._engine, lambda transaction: journal.count_writes(transaction, profile, since, often))

    def count_notices(self, connection: str, subject: Subject, since: datetime) -> int:
        """Return of how many things of a kind a connection has told since the moment, each counted once."""
        return read(self._engine, lambda transaction: inbox.count(transaction, connection, subject, since))

    def turns(self, profile: ProfileName, rank: str) -> int:
        """Return how many records have been given to the employees of one rank of a profile."""
        return read(self._engine, lambda transaction: turns.taken(transaction, profile, rank))

    def due(self, office: OfficeName, now: datetime) -> datetime | None:
        """Return when a claim of this office could first find something, None where nothing waits."""
        return read(self._engine, lambda transaction: visits.due(transaction, office, now))

    def pause(self, profile: ProfileName, line: JournalLine) -> None:
        """Stop a profile; the line's text is the reason."""
        self._stop("profile", profile, line)

    def pause_connection(self, connection: str, line: JournalLine) -> None:
        """Stop a connection; the line's text is the reason."""
        self._stop("connection", connection, line)

    def _stop(self, what: pauses.What, name: str, line: JournalLine) -> None:
        def work(transaction: Connection) -> None:
            pauses.put(transaction, what, name, line.text, line.at)
            outcomes.tell(transaction, [line])

        write(self._engine, work)

    def note_trouble(self, connection: str, problem: Text, now: datetime) -> None:
        """Keep that a connection does not answer, since when, and why."""
        write(self._engine, lambda transaction: pauses.note(transaction, "trouble", connection, problem, now))

    def clear_trouble(self, connection: str) -> None:
        """Forget that a connection did not answer."""
        if connection in read(self._engine, lambda transaction: pauses.all_of(transaction, "trouble")):
            write(self._engine, lambda transaction: pauses.lift(transaction, "trouble", connection))

    def resume_connection(self, connection: str, line: JournalLine) -> None:
        """Let a connection go on, with a line in the journal; nothing happens where it was not stopped."""

        def work(transaction: Connection) -> None:
            if pauses.lift(transaction, "connection", connection):
                outcomes.tell(transaction, [line])

        write(self._engine, work)

    def restored(self, offices: Collection[OfficeName], line: JournalLine, terms: Terms, above: int) -> int:
        """Forget what may no longer be true after a restore; return how many orders were rung (K20)."""
        return write(self._engine, lambda transaction: restore.restore(transaction, offices, line, terms, above))

    def make_anew(
        self, order: OrderRef, line: JournalLine, left: Collection[tuple[OfficeName, ProfileName, Kind]] = ()
    ) -> int:
        """Let records of an order that were deleted be made anew at its next visit; return how many (K19).

        `left` are the profiles under which the order is only listed since a restore (K20).
        """

        def work(transaction: Connection) -> int:
            now = self._clock.now()
            awaited = bindings.make_anew(transaction, order, now) + len(left)
            for office, profile, kind in left:
                bindings.owe(transaction, office, [(order, profile, kind)], now)
            outcomes.tell(transaction, [line] if awaited else [])
            return awaited

        return write(self._engine, work)

    def keep_contacts(self, office: OfficeName, known: Mapping[MatchKey, RecordId], line: JournalLine) -> None:
        """Bind match keys to contacts by a person's word, or an import's, with its line in the journal."""

        def work(transaction: Connection) -> None:
            bindings.keep_contacts(transaction, office, known)
            outcomes.tell(transaction, [line])

        write(self._engine, work)

    def free_locks(self, terms: Terms) -> None:
        """Free every back office's lock, and all leases; its epoch rises, so that whoever held it commits no more (K3).

        Only for a process that knows itself to be alone with the database. The silence after a restore is kept: it
        is for requests that nobody of this database has sent (K20).
        """

        def work(transaction: Connection) -> None:
            visits.free_locks(transaction, restore.silence_until(transaction, terms.doubt))
            leases.let_go(transaction)

        write(self._engine, work)

    def free_lock(self, office: OfficeName, terms: Terms) -> None:
        """Free the lock of one back office, as `free_locks`; for whoever knows that its wave's process has died."""

        def work(transaction: Connection) -> None:
            visits.free_locks(transaction, restore.silence_until(transaction, terms.doubt), office)

        write(self._engine, work)

    def as_one(self, work: Callable[[], Answer]) -> Answer:
        """Run what writes to this storage, any number of times, as one transaction: all of it is kept, or nothing.

        It must have no effects elsewhere, for a deadlock's victim is run again.
        """
        return write(self._engine, lambda _transaction: work())

    def answers(self) -> bool:
        """Tell whether the database can be asked."""
        try:
            return read(self._engine, lambda transaction: transaction.scalar(select(1))) == 1
        except DBAPIError:
            return False

    def counts(self) -> Counts:
        """Return the numbers a status page shows, in one snapshot."""
        return read(self._engine, counts.of)


def _hub_id(transaction: Connection) -> str:
    made = {"name": "hub", "value": f"sverka-{secrets.token_hex(4)}"}
    transaction.execute(upsert(transaction, settings, ("name",)), [made])
    kept: str = transaction.scalars(select(settings.c.value).where(settings.c.name == "hub")).one()
    return kept


def open_storage(
    url: str, clock: Clock, key: bytes | None = None, following: bytes = b"", is_ours: bool = False
) -> SqlStorage:
    """Open a database by URL, bring its schema up to date and return the storage.

    `is_ours` says that whoever is known to work with the database is this process. Without a key a SQLite file keeps
    one beside it (`<file>.key`, mode 0600), and a database in memory gets one that dies with it. Raises `Misconfigured`
    for PostgreSQL without a key, a key that is none, and as `migrate` does.
    """
    parsed = make_url(url)
    if key is None:
        if parsed.get_backend_name() != "sqlite":
            raise Misconfigured(_NO_KEY)
        key = Fernet.generate_key() if is_memory(parsed) else key_in(Path(f"{parsed.database}.key"))
    engine = create(parsed)
    try:
        migrate(engine, lambda: not is_ours and is_worked_with(url))
        return SqlStorage(engine, clock, key, following)
    except BaseException:
        engine.dispose()
        raise


if TYPE_CHECKING:  # the type checker's proof that both ports are satisfied

    def _storage(storage: SqlStorage) -> Storage:
        return storage

    def _backfills(backfills: SqlBackfills) -> Backfills:
        return backfills

    def _budget(budget: SqlBudget) -> Budget:
        return budget
