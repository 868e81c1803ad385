"""Employees who take turns."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("profile", "rank", name=op.f("pk_turns")),
    )


def downgrade() -> None:
    op.drop_table("turns")
