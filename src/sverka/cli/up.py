"""`sverka up`: takes bells and does the work until it is told to stop."""

import fcntl
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from sverka.bootstrap import House
from sverka.cli.home import at_work, database_file, settings_now
from sverka.cli.screen import GOOD, line, warn
from sverka.cli.words import t
from sverka.config.settings import Settings
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.web import make_app
from sverka.web.api import make_api
from sverka.web.exchange import Exchange
from sverka.worker import Worker
from sverka.worker.worker import Rhythm

_LISTEN = re.compile(r"^(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})$")


def up(
    listen: Annotated[str, typer.Option(help=t("host:port to listen on.", "адрес:порт."))] = "",
    sweep_minutes: Annotated[
        float, typer.Option(min=0.05, help=t("How often both sides are asked what changed.", "Как часто обходить."))
    ] = 5.0,
) -> None:
    """Run the hub until Ctrl+C: take webhooks, do the work, sweep."""
    settings = settings_now()
    host, port = _address(listen) if listen else (settings.host, settings.port)
    with at_work() as house, alone(house, settings), until_told() as told, _listening(host, port) as listener:
        _warn_of_gaps(house)
        rhythm = Rhythm(sweep=timedelta(minutes=sweep_minutes), at_once=True)
        backfills = house.storage.backfills
        worker = Worker(house.hub, house.started, rhythm, house.stopped, house.remember, backfills=backfills)
        exchange = Exchange(house.hub, house.exchange_password, worker.dispatch, house.keep_file, house.clock)
        public = os.environ.get("SVERKA_PUBLIC", "")
        api = make_api(house, worker.dispatch, public)
        is_https = public.startswith("https://")
        app = make_app(house.hub, house.hook_keys, worker.dispatch, exchange, api, is_https=is_https)
        server, thread = _serve(app, listener)
        worker.start()
        try:
            shown = f"[{host}]" if ":" in host else host
            line(t(f"The hub listens on http://{shown}:{listener.getsockname()[1]}; Ctrl+C stops it.",
                   f"Хаб слушает http://{shown}:{listener.getsockname()[1]}; Ctrl+C остановит его."), GOOD)  # fmt: skip
            wait(told)
            line(t("Stopping: the waves that run are ended first.", "Останавливаюсь: сначала закончатся волны."))
        finally:
            server.should_exit = True
            thread.join()
            worker.stop()
        line(t("Stopped.", "Остановлен."))


@contextmanager
def alone(house: House, settings: Settings) -> Iterator[None]:
    """Keep a second hub off a database file; whoever held its locks has died, so they are freed.

    A database on a server is for many hubs at once: there the locks run out by themselves.

    Raises:
        Misconfigured: another hub runs on this file.
    """
    file = database_file(settings)
    if file is None:
        yield
        return
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Misconfigured(
                Text(f"Another hub already runs on {file}; stop it first.",
                     f"С базой {file} уже работает другой хаб; сначала остановите его.")
            ) from None  # fmt: skip
        house.storage.free_locks(house.terms)
        yield


def _address(listen: str) -> tuple[str, int]:
    found = _LISTEN.match(listen)
    if not found or int(found["port"]) > 65535:
        raise typer.BadParameter(t(f"{listen!r} is not host:port.", f"{listen!r} – не адрес:порт."))
    return found["host"].strip("[]"), int(found["port"])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Misconfigured(
            Text(f"{host}:{port} cannot be listened on ({error.strerror}); give another with --listen.",
                 f"Не удаётся слушать {host}:{port} ({error.strerror}); задайте другой адрес в --listen.")
        ) from None  # fmt: skip
    with listener:
        yield listener


def _serve(app: ASGIApp, listener: socket.socket) -> tuple[uvicorn.Server, threading.Thread]:
    # No access log: a bell's address holds its key.
    config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off", ws="none", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
    thread.start()
    return server, thread


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set; the earlier handlers come back afterwards."""
    told = threading.Event()
    kinds = (signal.SIGINT, signal.SIGTERM)
    earlier = [signal.signal(kind, lambda *_: told.set()) for kind in kinds]
    try:
        yield told
    finally:
        for kind, handler in zip(kinds, earlier, strict=True):
            signal.signal(kind, handler)


def wait(told: threading.Event) -> None:
    """Wait for the event; in short steps, for a signal is handled between them on every system."""
    while not told.wait(0.5):
        pass


def _warn_of_gaps(house: House) -> None:
    connections = house.storage.connections
    profiles = house.storage.profiles.list(active_only=True)
    paused = [*((one.name, one.paused) for one in connections.list()), *((one.name, one.paused) for one in profiles)]
    for name, why in paused:
        if why:
            warn(t(f"{name} is stopped: {why.en}", f"{name} – остановлено: {why.ru}"))
    if not connections.list(Side.OFFICE):
        warn(t("no portal is connected; `sverka connect portal`, then start again.",
               "портал не подключён; выполните `sverka connect portal` и запустите снова."))  # fmt: skip
    if not connections.list(Side.STORE):
        warn(t("no store is connected; `sverka connect store`.", "магазин не подключён; `sverka connect store`."))
    if not profiles:
        warn(t("no profile is applied, so nothing will be done; `sverka profile apply`.",
               "ни один профиль не применён, делать нечего; `sverka profile apply`."))  # fmt: skip
