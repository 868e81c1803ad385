"""Stopping a connection, letting it go on, and asking it what changed."""

from collections.abc import Iterator, Sequence

from sverka.bootstrap import House
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.engine.bells.sweep import sweep
from sverka.engine.hub import Hub
from sverka.operate.audit import Who, noted
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Ring


def pause_connection(house: House, who: Who, name: str) -> None:
    """Stop a connection until it is resumed: what happens meanwhile is done after.

    Raises:
        Misconfigured: there is none of that name.
    """
    house.connection(name)
    text = Text(
        f"Paused by {who.name}; go on with `sverka connection resume {name}`.",
        f"Остановил {who.name}; продолжить: `sverka connection resume {name}`.",
    )
    line, pause = JournalLine(house.clock.now(), Event.HALTED, text), house.storage.pause_connection
    noted(house, who, "connection pause", f"connection {name}", lambda: pause(name, line))


def resume_connection(house: House, who: Who, name: str) -> bool:
    """Let a stopped connection go on; False where it was not stopped. Raises `Misconfigured` where there is none."""
    before = house.connection(name).paused
    resume = house.storage.connections.resume
    was = before.en if before else ""
    return noted(house, who, "connection resume", f"connection {name}", lambda: resume(name), was)


def sweep_now(house: House, hub: Hub, name: str = "") -> Iterator[tuple[str, Sequence[Ring] | Problem]]:
    """Ask a connection, or all, what changed; yield the rings of each, or why it did not answer.

    Raises:
        Misconfigured: there is none of that name.
    """
    names = [house.connection(name).name] if name else [*hub.stores, *hub.offices]
    started = house.started()
    for one in names:
        try:
            yield one, sweep(hub, one, started.get(one, hub.clock.now()))
        except Problem as problem:
            yield one, problem
