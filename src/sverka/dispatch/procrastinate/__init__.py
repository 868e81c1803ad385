"""Jobs in PostgreSQL: any number of processes share the waves and errands of one database."""

from sverka.dispatch.procrastinate.dispatcher import Pace, Procrastinate
from sverka.dispatch.procrastinate.schema import prepare

__all__ = ["Pace", "Procrastinate", "prepare"]
