"""Which files are carried."""

from sverka.config.tables.base import Count, Table


class FilesTable(Table):
    """Which files are carried; a larger one is held and shown."""

    max_mb: Count = 20
