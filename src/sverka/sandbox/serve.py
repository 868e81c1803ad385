"""An ASGI application as a real HTTP server on loopback, run in a background thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sverka.sandbox.tls import Authority

#: Key of the ASGI scope under which an application finds a function that cuts its client's connection.
ABORT = "sandbox.abort"
_START_SECONDS = 15.0
_STOP_SECONDS = 15.0
_LAST_SECONDS = 2.0
_LOOK_SECONDS = 0.005


class Served:
    """Serves `app` from `start()` to `stop()`; port 0 takes any free one, and `url` then tells which.

    Works as a context manager. With an `authority` it speaks TLS with a certificate of its. Every request's scope
    carries a function under `ABORT`: calling it in the handler resets the client's TCP connection, which no ASGI
    message can do.
    """

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, authority: Authority | None = None
    ) -> None:
        self._app = app
        self._authority = authority
        self._host = host
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """`http://HOST:PORT`, https where there is an authority; the port is known once the server has been started."""
        return f"{'https' if self._authority else 'http'}://{self._host}:{self._port}"

    @property
    def port(self) -> int:
        """The TCP port; 0 until started when a free one was asked for."""
        return self._port

    def start(self) -> Served:
        """Bind the port (OSError when it is taken) and return once connections are accepted."""
        if self._thread is not None:
            raise RuntimeError("this server is already running; stop it first")
        # with the protocol named, asyncio switches Nagle's delay off; else every answer takes 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self._host, self._port))
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        server = _Server(self._app, self._authority)
        thread = threading.Thread(target=_run, args=(server, listener), name=f"sandbox-{self._port}", daemon=True)
        thread.start()
        if not server.ready.wait(_START_SECONDS) or not server.started:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
            raise RuntimeError(f"the sandbox server at {self.url} did not start")
        self._server, self._thread = server, thread
        return self

    def stop(self) -> None:
        """Close the port and every connection and wait for the thread; do nothing when not running."""
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        server.end()
        thread.join(_STOP_SECONDS)
        self._server = self._thread = None
        if thread.is_alive():
            raise RuntimeError(f"the sandbox server at {self.url} did not stop")

    def __enter__(self) -> Served:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """Tells when it has started, and lets handlers reach the transport of their own connection."""

    def __init__(self, app: ASGIApp, authority: Authority | None) -> None:
        self.ready = threading.Event()
        transports: dict[tuple[str, int], asyncio.Transport] = {}

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                self.peer = tuple(transport.get_extra_info("peername")[:2])
                transports[self.peer] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(self.peer, None)
                super().connection_lost(exc)

        async def with_abort(scope: Scope, receive: Receive, send: Send) -> None:
            client = scope.get("client")
            transport = transports.get(tuple(client)) if client else None
            if transport is not None:
                scope[ABORT] = transport.abort
            await app(scope, receive, send)

        options: dict[str, Any] = {
            "loop": "asyncio",
            "ws": "none",
            "lifespan": "off",
            "access_log": False,
            "log_config": None,
        }
        # The machine's time is not the one a sandbox lives by.
        options |= {"server_header": False, "date_header": False}
        if authority is not None:
            options["ssl_context_factory"] = lambda config, default: authority.context()  # noqa: ARG005 - uvicorn's
        super().__init__(uvicorn.Config(with_abort, http=Protocol, **options))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self.ready.set()

    async def main_loop(self) -> None:
        await self._over.wait()

    def end(self) -> None:
        """Begin to stop, from another thread; the vendor's own server looks ten times a second whether it should."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything; whoever is being answered has a while to the end, and nobody else is waited for."""
        # Who has just been let in has to become a connection first: a closed server forgets him, and never answers.
        for one in [listening for server in self.servers for listening in server.sockets]:
            self._loop.remove_reader(one.fileno())
        await asyncio.sleep(_LOOK_SECONDS)
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                told: set[Any] = set()
                while self.server_state.connections or self.server_state.tasks:
                    for connection in self.server_state.connections - told:
                        connection.shutdown()
                        told.add(connection)
                    await asyncio.sleep(_LOOK_SECONDS)


def _run(server: _Server, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
        server.ready.set()
