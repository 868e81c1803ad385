"""Commands as processes of their own, and waiting for what they do."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sverka

PATIENCE = 60.0


@contextmanager
def running(*arguments: str, folder: Path, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start a command, after some Python of the caller's; it must be ended by the test, or is killed."""
    code = f"{before}\nfrom sverka.cli import main; main()"
    home = str(Path(sverka.__file__).parents[1])  # the command is of the very tree that is tested
    environ = {**os.environ, "SVERKA_LANG": "en", "PYTHONUNBUFFERED": "1", "PYTHONPATH": home}
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def until(happened: Callable[[], object], what: str) -> None:
    """Wait for a condition; the words say what did not happen in time."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"not in time: {what}"
        pause.wait(0.05)


def end(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Ask a command to stop, as Ctrl+C does; return what it has printed."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    return out, err
