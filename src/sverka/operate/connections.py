"""Letting a stopped connection go on."""

from sverka.bootstrap import House
from sverka.operate.audit import Who, noted


def resume_connection(house: House, who: Who, name: str) -> bool:
    """Let a stopped connection go on; False where it was not stopped. Raises `Misconfigured` where there is none."""
    before = house.connection(name).paused
    resume = house.storage.connections.resume
    was = before.en if before else ""
    return noted(house, who, "connection resume", f"connection {name}", lambda: resume(name), was)
