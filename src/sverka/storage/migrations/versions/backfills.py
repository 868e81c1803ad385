"""Backfills of a store's history."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "backfills",
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("profile", name=op.f("pk_backfills")),
    )
    op.create_table(
        "backfill_orders",
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("rung", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile"], ["backfills.profile"], name=op.f("fk_backfill_orders_profile"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("profile", "order_id", name=op.f("pk_backfill_orders")),
    )
    op.create_index("ix_backfill_orders_next", "backfill_orders", ["profile", "rung", "placed_at", "order_id"])


def downgrade() -> None:
    op.drop_table("backfill_orders")
    op.drop_table("backfills")
