"""A proxy that leads real host names to servers on loopback, so that a client keeps the addresses it has built in.

A client finds it by the environment (`HTTPS_PROXY`), asks for a tunnel to `portal.example:443` and speaks TLS through
it: neither the client nor the name is changed.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
from types import TracebackType

Address = tuple[str, int]


class _Tunnel(socketserver.StreamRequestHandler):
    """One CONNECT, then bytes both ways until either side ends; none waits for another to be acknowledged."""

    server: Tunnels
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer the client's CONNECT; 403 for a host nobody has named."""
        line = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        target = self.server.hosts.get(line[1].partition(":")[0]) if line[:1] == ["CONNECT"] else None
        if target is None:
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        with socket.create_connection(target) as far:
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with contextlib.suppress(OSError):
                _pump(self.connection, far)


def _pump(near: socket.socket, far: socket.socket) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(near, selectors.EVENT_READ, far)
        ready.register(far, selectors.EVENT_READ, near)
        while True:
            for key, _ in ready.select():
                chunk = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                if not chunk:
                    return
                key.data.sendall(chunk)


class Tunnels(socketserver.ThreadingTCPServer):
    """Leads each of `hosts` to its address while the context lasts; `url` is for `HTTPS_PROXY`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, hosts: dict[str, Address]) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.hosts = hosts
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="tunnels", daemon=True)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Tunnels:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
