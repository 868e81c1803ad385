"""Processes of `sverka`, forked in a cradle: a start takes a moment, a SIGKILL is a SIGKILL."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sverka


class Nursery:
    """The driver's side; as a context manager it ends the nursery, not what was started."""

    def __init__(self, source: Path | None = None) -> None:
        self._source = source or Path(sverka.__file__).parents[1]

    def __enter__(self) -> "Nursery":
        here = str(Path(__file__).parents[1])
        environ = {**os.environ, "SVERKA_LANG": "en", "PYTHONPATH": f"{self._source}{os.pathsep}{here}"}
        command = [sys.executable, "-m", "chaos.cradle"]
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def start(self, words: Sequence[object], folder: Path, out: Path, **env: str) -> int:
        """Start a command and return its process's id."""
        return self._asked(start=[str(one) for one in words], folder=str(folder), out=str(out), env=env)

    def ended(self, process: int) -> int | None:
        """Return the exit status of a process, negative where a signal ended it; None while it runs."""
        return self._asked(wait=process, blocks=False)

    def kill(self, process: int) -> None:
        """End a process with SIGKILL, and return once it is gone."""
        if self.ended(process) is None:
            os.kill(process, 9)
            self._asked(wait=process, blocks=True)

    def run(self, words: Sequence[object], folder: Path, out: Path, **env: str) -> str:
        """Run a command to its end and return what it printed; AssertionError where it failed."""
        status = self._asked(wait=self.start(words, folder, out, **env), blocks=True)
        said = out.read_text("utf-8")
        assert status == 0, f"{words}: {said}"
        return said

    def _asked(self, **asked: object) -> Any:
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the nursery has ended"
        return json.loads(answer)
