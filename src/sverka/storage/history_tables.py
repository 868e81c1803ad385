"""The tables of backfills."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from sverka.storage.tables import Moment, metadata

# One for a profile: its store's history, and how far it has come.
backfills = Table(
    "backfills",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("store", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("stage", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("ended_at", Moment),
)

# A store's list is read once: it is then known how much there is, and where to go on after anything that happens.
backfill_orders = Table(
    "backfill_orders",
    metadata,
    Column("profile", Text, ForeignKey("backfills.profile", ondelete="CASCADE"), primary_key=True),
    Column("order_id", Text, primary_key=True),
    Column("placed_at", Moment, nullable=False),
    Column("rung", Boolean, nullable=False),
    # The oldest order not rung for yet is the next: a portal keeps dates only as they ascend.
    Index("ix_backfill_orders_next", "profile", "rung", "placed_at", "order_id"),
)
