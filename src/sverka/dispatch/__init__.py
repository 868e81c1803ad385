"""Who runs the waves: threads in one process, or jobs in a database."""

from sverka.dispatch.embedded import Embedded

__all__ = ["Embedded"]
