"""The PHP of this machine, and sites of stand-ins under its own server."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

MODULE = Path(__file__).resolve().parents[2] / "modules" / "1c-bitrix"


def _found() -> str:
    """Return where PHP is, empty where it is not or lacks SQLite."""
    path = shutil.which("php") or ""
    asked = [path, "-r", "exit(extension_loaded('pdo_sqlite') ? 0 : 1);"]
    return path if path and subprocess.run(asked, check=False).returncode == 0 else ""


PHP = _found()

needs_php = pytest.mark.skipif(not PHP, reason="PHP is absent: install php-cli and php-sqlite3")


def php(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run PHP and return what became of it."""
    return subprocess.run([PHP, *arguments], capture_output=True, text=True, timeout=60, check=False)


class Site:
    """A site with the module on it; `do` is what people do in the shop."""

    def __init__(self, url: str) -> None:
        self.url = url

    def do(self, act: str, **told: Any) -> Any:
        """Do something in the shop and return what came of it."""
        answer = httpx2.post(f"{self.url}/shop/{act}", content=json.dumps(told), trust_env=False, timeout=20)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)


@contextmanager
def site(root: Path, rest: str) -> Iterator[Site]:
    """Serve a site in an empty folder, with the module installed; its REST is that of another server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PHP, "-S", f"127.0.0.1:{port}", "-t", str(root), str(MODULE / "tests" / "site" / "router.php")]
    with (root.parent / "php.log").open("wb") as log:
        server = subprocess.Popen(command, env={**os.environ, "STAND_REST": rest}, stdout=log, stderr=log)
        try:
            _await(port, server)
            one = Site(f"http://127.0.0.1:{port}")
            assert one.do("open") is True
            yield one
        finally:
            server.terminate()
            server.wait(timeout=10)


def _await(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Return once the server takes connections."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert server.poll() is None, "PHP's server did not start"
        with socket.socket() as door:
            door.settimeout(0.2)
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        server.poll()
    raise TimeoutError("PHP's server does not listen")
