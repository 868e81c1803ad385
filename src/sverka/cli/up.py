"""What runs until it is told to stop: `sverka web` takes bells, `sverka worker` does the work, `sverka up` both."""

import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from sverka.bootstrap import House
from sverka.cli.home import database_file, on_duty, settings_now
from sverka.cli.screen import GOOD, line, warn
from sverka.cli.watch import numbers_of, watched, watching_now
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text, reason
from sverka.ports.dispatch import Dispatch
from sverka.web import make_app, make_signs
from sverka.web.api import make_api, mounted
from sverka.web.exchange import Exchange
from sverka.worker import Worker
from sverka.worker.worker import Rhythm

_LISTEN = re.compile(r"^(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})$")

_ALONE = Text(
    "A database file is for one process, so no worker could do what this door takes in: run `sverka up`, which does "
    "both, or use PostgreSQL.",
    "Файл базы данных – для одного процесса, и принятое здесь никто бы не сделал: запустите `sverka up`, он делает всё "
    "сам, или перейдите на PostgreSQL.",
)

Listen = Annotated[str, typer.Option(help=t("host:port to listen on.", "адрес:порт."))]
SweepMinutes = Annotated[
    float, typer.Option(min=0.05, help=t("How often both sides are asked what changed.", "Как часто обходить."))
]


def up(listen: Listen = "", sweep_minutes: SweepMinutes = 5.0) -> None:
    """Run the hub until Ctrl+C: take webhooks, do the work, sweep."""
    with on_duty() as house, until_told() as told, _listening(*_address(listen)) as listener:
        _warn_of_gaps(house)
        worker = _worker(house, sweep_minutes)
        with watched(house), _serving(door(house, worker.dispatch), listener), working(worker):
            line(t(f"The hub listens on {_shown(listener)}; Ctrl+C stops it.",
                   f"Хаб слушает {_shown(listener)}; Ctrl+C остановит его."), GOOD)  # fmt: skip
            wait(told)
            line(t("Stopping: the waves that run are ended first.", "Останавливаюсь: сначала закончатся волны."))
    line(t("Stopped.", "Остановлен."))


def web(listen: Listen = "") -> None:
    """Take webhooks until Ctrl+C, and leave the work to `sverka worker`."""
    address = _address(listen)
    if database_file(settings_now()) is not None:
        raise Misconfigured(_ALONE)
    with on_duty() as house, until_told() as told, _listening(*address) as listener:
        dispatch = house.dispatch()
        dispatch.start()
        with watched(house), _serving(door(house, dispatch), listener):
            line(t(f"The door listens on {_shown(listener)}; `sverka worker` does the work. Ctrl+C stops it.",
                   f"Приём вебхуков: {_shown(listener)}; работу делает `sverka worker`. Ctrl+C остановит."),
                 GOOD)  # fmt: skip
            wait(told)
        dispatch.stop()
    line(t("Stopped.", "Остановлен."))


def worker(
    listen: Annotated[
        str,
        typer.Option(
            help=t("host:port for /health, /ready, /metrics; none without.", "адрес:порт: /health, /ready, /metrics.")
        ),
    ] = "",
    sweep_minutes: SweepMinutes = 5.0,
) -> None:
    """Do the work until Ctrl+C: waves and sweeps, shared with every other worker of the database."""
    with on_duty() as house, until_told() as told, ExitStack() as open_now:
        _warn_of_gaps(house)
        hand = _worker(house, sweep_minutes)
        if listen:
            listener = open_now.enter_context(_listening(*_address(listen)))
            signs = make_signs(lambda: _is_ready(house, hand.dispatch), numbers_of(house))
            open_now.enter_context(_serving(signs, listener))
        with watched(house), working(hand):
            line(t("The worker works; Ctrl+C stops it.", "Работаю; Ctrl+C остановит."), GOOD)
            wait(told)
            line(t("Stopping: the waves that run are ended first.", "Останавливаюсь: сначала закончатся волны."))
    line(t("Stopped.", "Остановлен."))


def _worker(house: House, sweep_minutes: float) -> Worker:
    wanted, sweep = watching_now(), timedelta(minutes=sweep_minutes)
    rhythm = Rhythm(sweep, remember=wanted.keep, remember_acts=wanted.keep_acts, at_once=True)
    kept = house.remember, house.dispatch, house.storage.backfills
    return Worker(house.hub, house.started, rhythm, house.stopped, *kept)


def door(house: House, dispatch: Dispatch) -> ASGIApp:
    """Return the application that takes bells for a house, and serves its API."""
    exchange = Exchange(house.hub, house.exchange_password, dispatch, house.keep_file, house.clock)
    public = os.environ.get("SVERKA_PUBLIC", "")
    return make_app(
        house.hub,
        dispatch,
        exchange,
        is_https=public.startswith("https://"),
        is_ready=lambda: _is_ready(house, dispatch),
        more=[mounted(make_api(house, dispatch, public)), *numbers_of(house)],
    )


def _is_ready(house: House, dispatch: Dispatch) -> bool:
    return house.storage.answers() and dispatch.is_well


@contextmanager
def working(worker: Worker) -> Iterator[None]:
    """Let a worker work; it ends its waves afterwards."""
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _shown(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _address(listen: str) -> tuple[str, int]:
    if not listen:
        settings = settings_now()
        return settings.host, settings.port
    found = _LISTEN.match(listen)
    if not found or int(found["port"]) > 65535:
        raise typer.BadParameter(t(f"{listen!r} is not host:port.", f"{listen!r} – не адрес:порт."))
    return found["host"].strip("[]"), int(found["port"])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = reason(error)
        raise Misconfigured(
            Text(f"{host}:{port} cannot be listened on ({why.en}); give another with --listen.",
                 f"Не удаётся слушать {host}:{port} ({why.ru}); задайте другой адрес в --listen.")
        ) from None  # fmt: skip
    with listener:
        yield listener


@contextmanager
def _serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    # No access log: a bell's address holds its key. Its other lines go where all go.
    config = uvicorn.Config(
        app, log_config=None, access_log=False, log_level="warning", lifespan="off", ws="none", server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


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
