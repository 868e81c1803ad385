"""When intents were committed by the back office's own clock."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("intents", sa.Column("office_at", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("intents", "office_at")
