"""Waiting for what real processes do: long patience, and words for what did not happen."""

import threading
import time
from collections.abc import Callable

PATIENCE = 120.0


def until(happened: Callable[[], object], what: str, patience: float = PATIENCE, pause: float = 0.05) -> None:
    """Wait for a condition; AssertionError says what did not happen in time."""
    nap, end = threading.Event(), time.monotonic() + patience
    while not happened():
        assert time.monotonic() < end, f"not in time: {what}"
        nap.wait(pause)
