"""Every request to a side is counted, told to whoever listens, and a span of the trace: by method, never by address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from sverka.ports import watch


@dataclass
class Asked:
    """A request under way; `status` is the answer's, 0 while there is none."""

    status: int = 0


@contextmanager
def asked(connection: str, method: str) -> Iterator[Asked]:
    """Watch one request of a connection. The method is a name of the side's API, or HTTP's own."""
    request, begun, failed = Asked(), perf_counter(), ""
    try:
        with watch.span("request", connection=connection, method=method):
            yield request
    except Exception as error:
        failed = type(error).__name__
        raise
    finally:
        seconds, outcome = perf_counter() - begun, failed or str(request.status)
        watch.counts.add("requests", connection=connection, method=method, outcome=outcome)
        watch.counts.add("request_seconds", seconds, connection=connection, method=method)
        watch.note("request", connection=connection, method=method, outcome=outcome, seconds=round(seconds, 3))
