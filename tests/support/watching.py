"""A house around a world in memory, a mail server and a receiver of alerts."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from support.api_world import MemoryHouse
from support.world import CRM, SHOP, START, World
from sverka.domain.mapping.field_mapping import Side
from sverka.storage.connections import SavedConnection


def house_of(world: World) -> MemoryHouse:
    house = MemoryHouse(world.storage, world.clock)
    house.world = world
    house.storage.connections.save(SavedConnection(SHOP, Side.STORE, "in_memory", connected_at=START))
    house.storage.connections.save(SavedConnection(CRM, Side.OFFICE, "in_memory", connected_at=START))
    return house


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail as a server without TLS does; `heard` are the clients' lines, `letters` what was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.heard: list[str] = []
        self.refuses = False
        super().__init__(("127.0.0.1", 0), _Mail)


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            match line.split()[0].upper():
                case "QUIT":
                    self._say("221 bye")
                    return
                case "DATA":
                    self._say("354 go on")
                    self.server.letters.append(self._letter())
                    self._say("250 kept")
                case "MAIL" if self.server.refuses:
                    self._say("451 not now")
                case _:
                    self._say("250 fine")

    def _letter(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)


class Receiver(ThreadingHTTPServer):
    """Takes what is posted and answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Posted)


class _Posted(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    """Serve meanwhile; gives the port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[misc]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
