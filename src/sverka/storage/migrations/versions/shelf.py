"""What systems that tell of each change once were seen to show."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "shelf",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "record", name=op.f("pk_shelf")),
    )
    op.create_index("ix_shelf_at", "shelf", ["connection", "at"])


def downgrade() -> None:
    op.drop_table("shelf")
