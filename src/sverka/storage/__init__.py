"""The hub's memory in SQL: one set of statements, on a SQLite file or on PostgreSQL."""
