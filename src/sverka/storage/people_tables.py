"""The tables of who may come in, and of what they changed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from sverka.storage.tables import Moment, Words, metadata

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    # What argon2 made of the password; the password itself is nowhere.
    Column("password", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# What lets a user in, a session or a token, by the digest of its secret: who reads the table cannot come in.
passes = Table(
    "passes",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    # A session's is its digest: only tokens are told apart by people.
    Column("label", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    UniqueConstraint("user", "kind", "label"),
)

# How often somebody tried, as in `budgets`; rows whose time is over are dropped.
limits = Table(
    "limits",
    metadata,
    Column("name", Text, primary_key=True),
    Column("full_until", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("door", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Words, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    # What became of one thing is read in order.
    Index("ix_audit_subject", "subject", "id"),
    # Old acts are dropped by age.
    Index("ix_audit_at", "at"),
    sqlite_autoincrement=True,
)
