"""Alembic's environment: it is given an open connection by `migrate`, and runs in that transaction."""

from alembic import context

from sverka.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
