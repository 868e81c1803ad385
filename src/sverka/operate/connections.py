"""Letting a stopped connection go on."""

from sverka.bootstrap import House
from sverka.operate.audit import Who, note


def resume_connection(house: House, who: Who, name: str) -> bool:
    """Let a stopped connection go on; False where it was not stopped. Raises `Misconfigured` where there is none."""
    before = house.connection(name).paused
    resumed = house.storage.connections.resume(name)
    if resumed:
        note(house, who, "connection resume", f"connection {name}", before.en if before else "")
    return resumed
