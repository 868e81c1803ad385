"""The contacts and companies that bound records hang on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "parties",
        sa.Column("binding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["binding_id"], ["bindings.id"], name=op.f("fk_parties_binding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("binding_id", "place", name=op.f("pk_parties")),
    )
    op.create_index("ix_parties_party", "parties", ["party"])


def downgrade() -> None:
    op.drop_table("parties")
