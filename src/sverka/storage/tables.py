"""The tables. Moments are integers of microseconds, so that both databases compare and keep them exactly."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.types import TypeDecorator

START = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment zero; a lock held until then is free."""

_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A UTC-aware moment as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the number; a naive moment is a TypeError."""
        return None if value is None else (value - START) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the moment."""
        return None if value is None else START + timedelta(microseconds=int(value))


class Words(TypeDecorator[str]):
    """Text from outside; a NUL or half a surrogate pair, which PostgreSQL refuses, is replaced and spoils nothing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Return the text that both databases can hold."""
        return None if value is None else value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only a plain INTEGER PRIMARY KEY.
_ID = BigInteger().with_variant(Integer(), "sqlite")
_NAME = Text()


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True, autoincrement=True)


def _order(*, nullable: bool = False) -> tuple[Column[str], Column[str]]:
    return Column("store", _NAME, nullable=nullable), Column("order_id", _NAME, nullable=nullable)


settings = Table("settings", metadata, Column("name", _NAME, primary_key=True), Column("value", Text, nullable=False))

offices = Table(
    "offices",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("locked_until", Moment, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    _id(),
    *_order(),
    Column("office", _NAME, nullable=False),
    Column("state", _NAME, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("why", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    # An id that came back could let a late `done` delete another visit.
    sqlite_autoincrement=True,
)
# Literals and not parameters: a partial index is used only where the statement spells its condition out.
WAITING_SQL = "state = 'waiting'"
RUNNING_SQL = "state = 'running'"
WAITING: ColumnClause[str] = literal_column("'waiting'")
RUNNING: ColumnClause[str] = literal_column("'running'")
# A thousand bells for an order are one row to look at.
Index(
    "uq_visits_waiting",
    visits.c.store,
    visits.c.order_id,
    visits.c.office,
    unique=True,
    sqlite_where=text(WAITING_SQL),
    postgresql_where=text(WAITING_SQL),
)
# Two back offices never write one order at once.
Index(
    "uq_visits_running",
    visits.c.store,
    visits.c.order_id,
    unique=True,
    sqlite_where=text(RUNNING_SQL),
    postgresql_where=text(RUNNING_SQL),
)
# A claim reads an office's waiting rows in this order, and stops at its bound.
Index(
    "ix_visits_next",
    visits.c.office,
    visits.c.lane,
    visits.c.due_at,
    sqlite_where=text(WAITING_SQL),
    postgresql_where=text(WAITING_SQL),
)
# Orphans are looked for at every claim, among the few that run.
Index(
    "ix_visits_running_office",
    visits.c.office,
    sqlite_where=text(RUNNING_SQL),
    postgresql_where=text(RUNNING_SQL),
)

intents = Table(
    "intents",
    metadata,
    _id(),
    *_order(),
    Column("kind", _NAME, nullable=False),
    Column("office", _NAME, nullable=False),
    Column("profile", _NAME, nullable=False),
    Column("sent", JSON, nullable=False),
    Column("stamp", Words, nullable=False),
    Column("binding_id", BigInteger),
    Column("record", _NAME),
    Column("committed_at", Moment, nullable=False),
    Column("doubt_until", Moment, nullable=False),
    Column("office_at", Moment),
    # Every claim asks whether an order has an intent in doubt.
    Index("ix_intents_order", "store", "order_id"),
    sqlite_autoincrement=True,
)

intent_keys = Table(
    "intent_keys",
    metadata,
    Column("intent_id", _ID, ForeignKey("intents.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("office", _NAME, nullable=False),
    Column("kind", _NAME, nullable=False),
    Column("value", Text, nullable=False),
    # Before a contact is made, its keys are looked for among those being made.
    Index("ix_intent_keys_key", "office", "kind", "value"),
)

bindings = Table(
    "bindings",
    metadata,
    _id(),
    *_order(),
    Column("profile", _NAME, nullable=False),
    Column("kind", _NAME, nullable=False),
    Column("office", _NAME, nullable=False),
    Column("record", _NAME, nullable=False),
    Column("state", _NAME, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # One record of a kind for an order under a profile; released ones are kept, and bound anew in place.
    UniqueConstraint("store", "order_id", "profile", "kind"),
    # A record's bell must find its orders.
    Index("ix_bindings_record", "office", "record"),
    # A nightly comparison walks an office's bindings by id.
    Index("ix_bindings_walk", "office", "id"),
    sqlite_autoincrement=True,
)

baselines = Table(
    "baselines",
    metadata,
    Column("binding_id", _ID, ForeignKey("bindings.id", ondelete="CASCADE"), primary_key=True),
    Column("key", _NAME, primary_key=True),
    Column("entry", JSON, nullable=False),
)

parties = Table(
    "parties",
    metadata,
    Column("binding_id", _ID, ForeignKey("bindings.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("party", _NAME, nullable=False),
    # A contact's bell must find the orders of its records.
    Index("ix_parties_party", "party"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("office", _NAME, primary_key=True),
    Column("kind", _NAME, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("record", _NAME, nullable=False),
    # A contact that is gone is forgotten under all its keys.
    Index("ix_contacts_record", "office", "record"),
)


def _field_of_order(name: str, *columns: Column[Any]) -> Table:
    """Return a table with one row for a mapped field of an order under a profile."""
    return Table(
        name,
        metadata,
        Column("store", _NAME, primary_key=True),
        Column("order_id", _NAME, primary_key=True),
        Column("profile", _NAME, primary_key=True),
        Column("key", _NAME, primary_key=True),
        *columns,
    )


differences = _field_of_order(
    "differences",
    Column("why", _NAME, nullable=False),
    Column("pair", JSON, nullable=False),
    Column("text_en", Words, nullable=False),
    Column("text_ru", Words, nullable=False),
    Column("since", Moment, nullable=False),
)
refusals = _field_of_order("refusals", Column("value", JSON, nullable=False))
decisions = _field_of_order(
    "decisions",
    Column("winner", _NAME, nullable=False),
    Column("pair", JSON, nullable=False),
    Column("decided_at", Moment, nullable=False),
)

# Kept whatever else is forgotten: nobody is to be told a thing twice.
told = Table(
    "told",
    metadata,
    Column("store", _NAME, primary_key=True),
    Column("order_id", _NAME, primary_key=True),
    Column("field", _NAME, primary_key=True),
    Column("value_key", Words, primary_key=True),
    Column("at", Moment, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    Column("event", _NAME, nullable=False),
    *_order(nullable=True),
    Column("profile", _NAME),
    Column("office", _NAME),
    Column("text_en", Words, nullable=False),
    Column("text_ru", Words, nullable=False),
    Column("rule", _NAME, nullable=False),
    Column("field", _NAME, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    Column("value_key", Words, nullable=False),
    Column("wave", _NAME, nullable=False, server_default=""),
    # An order's story is read in order; equal writes are counted an order at a time.
    Index("ix_journal_order", "store", "order_id", "id"),
    # Old lines are dropped by age.
    Index("ix_journal_at", "at"),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("received_at", Moment, nullable=False),
    Column("connection", _NAME, nullable=False),
    Column("subject", _NAME, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("stamp", Moment),
    # Old notices are dropped by age.
    Index("ix_inbox_received_at", "received_at"),
    sqlite_autoincrement=True,
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("connection", _NAME, primary_key=True),
    Column("moment", Moment, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("portal", _NAME, primary_key=True),
    Column("full_until", Moment, nullable=False),
)

secrets = Table(
    "secrets", metadata, Column("name", _NAME, primary_key=True), Column("token", LargeBinary, nullable=False)
)

# Work that one process does for all, each piece until a moment at the latest: whoever held it may have died.
leases = Table(
    "leases",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("holder", _NAME, nullable=False),
    Column("until", Moment, nullable=False),
)

connections = Table(
    "connections",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("side", _NAME, nullable=False),
    Column("kind", _NAME, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("connected_at", Moment, nullable=False),
    # The fields its records had when it was last asked; a profile's field types come from here.
    Column("catalogue", JSON, nullable=False),
    Column("catalogue_version", Integer, nullable=False),
)

profiles = Table(
    "profiles",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("priority", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("allowed_until", Moment),
    Column("version", Integer, nullable=False),
)

profile_versions = Table(
    "profile_versions",
    metadata,
    Column("name", _NAME, ForeignKey("profiles.name"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("applied_at", Moment, nullable=False),
    Column("author", Text, nullable=False),
)

# How many records went to the employees of one rank of a profile, who get them in turn.
turns = Table(
    "turns",
    metadata,
    Column("profile", _NAME, primary_key=True),
    Column("rank", _NAME, primary_key=True),
    Column("taken", Integer, nullable=False),
)

# Apart from profiles and connections, so that anything can be stopped, known here or not.
pauses = Table(
    "pauses",
    metadata,
    Column("what", _NAME, primary_key=True),
    Column("name", _NAME, primary_key=True),
    Column("text_en", Words, nullable=False),
    Column("text_ru", Words, nullable=False),
    Column("since", Moment, nullable=False),
)

# What a system that tells of each change once was last seen to show, compressed: it is not told again.
shelf = Table(
    "shelf",
    metadata,
    Column("connection", _NAME, primary_key=True),
    Column("record", Words, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    # A sweep asks what has shown something new.
    Index("ix_shelf_at", "connection", "at"),
)
