"""The history of the schema; `sverka.storage.database.migrate` brings a database up to its end."""
