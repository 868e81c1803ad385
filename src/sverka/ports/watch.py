"""What the hub lets be seen of its work: counts, notes for the log, and spans for traces.

Counts are gathered in this process and added by the house to one table of all processes. Notes and spans go to whoever
listens, and cost next to nothing while nobody does. None of them ever holds an address, a secret or a customer's data.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

Labels = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""

Key = tuple[str, Labels]
"""What is counted."""

Tracer = Callable[[str, Mapping[str, str]], AbstractContextManager[object]]
"""Makes a span of a name and its attributes."""

Listener = Callable[[str, Mapping[str, object]], None]
"""Takes a note: its event, and what it is about."""


class Counts:
    """What has happened in this process and is in no table yet: what adds up, and what was last told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._added: dict[Key, float] = {}
        self._told: dict[Key, float] = {}

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Count something."""
        key = _key(name, labels)
        with self._lock:
            self._added[key] = self._added.get(key, 0.0) + amount

    def tell(self, name: str, value: float, **labels: str) -> None:
        """Keep the newest value of something that does not add up."""
        with self._lock:
            self._told[_key(name, labels)] = value

    def take(self) -> tuple[dict[Key, float], dict[Key, float]]:
        """Return what adds up and what was last told, and begin afresh."""
        with self._lock:
            taken = self._added, self._told
            self._added, self._told = {}, {}
        return taken


def _key(name: str, labels: Mapping[str, str]) -> Key:
    return name, tuple(sorted(labels.items()))


counts = Counts()
"""Of this process."""

_wave: ContextVar[str] = ContextVar("wave", default="")
_tracer: Tracer | None = None
_listener: Listener | None = None


def trace_with(tracer: Tracer | None) -> None:
    """Have spans made by this from now on; by nobody with None."""
    global _tracer  # noqa: PLW0603 - as a logger's set-up, it is the process's own
    _tracer = tracer


def listen_with(listener: Listener | None) -> None:
    """Have notes told to this from now on; to nobody with None."""
    global _listener  # noqa: PLW0603 - as above
    _listener = listener


def span(name: str, **attributes: str) -> AbstractContextManager[object]:
    """Return the context of a piece of work; a span is made of it where traces are switched on."""
    wave = _wave.get()
    return nullcontext() if _tracer is None else _tracer(name, {**attributes, **({"wave": wave} if wave else {})})


def note(event: str, **about: object) -> None:
    """Tell whoever listens; the wave at work here is told too."""
    if _listener is not None:
        wave = _wave.get()
        _listener(event, {**({"wave": wave} if wave else {}), **about})


@contextmanager
def wave_of(name: str) -> Iterator[None]:
    """Name the wave that everything in this context belongs to."""
    token = _wave.set(name)
    try:
        with span("wave", office=name.rpartition(":")[0]):
            yield
    finally:
        _wave.reset(token)
