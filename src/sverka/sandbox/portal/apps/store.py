"""What applications have set up in a portal: event handlers and placements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sverka.sandbox.portal.callers import Application, Caller


@dataclass
class Handler:
    """One binding of an event; `user_id` is in whose name it is called, 0 for whoever causes the event.

    An `offline` one has no `url`: its events wait in the queue of its `connector`. `pinged` and `pinged_by` tell when,
    and by whose call, it last heard that such events wait.
    """

    id: int
    application: Application
    event: str
    url: str
    user_id: int = 0
    offline: bool = False
    connector: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    pinged: datetime | None = None
    pinged_by: Caller | None = None


@dataclass
class Placement:
    """One place of the portal's pages in which an application shows itself; `texts` are by language."""

    application: Application
    code: str
    handler: str
    title: str = ""
    description: str = ""
    group: str = ""
    texts: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    user_id: int = 0


class Apps:
    """The bindings of all applications; the portal's lock guards them."""

    def __init__(self) -> None:
        self.handlers: list[Handler] = []
        self.placements: list[Placement] = []

    def handlers_of(self, application: Application | None) -> list[Handler]:
        """Return the event handlers of an application."""
        return [handler for handler in self.handlers if handler.application is application]

    def placements_of(self, application: Application | None) -> list[Placement]:
        """Return the placements of an application."""
        return [placement for placement in self.placements if placement.application is application]

    def forget(self, application: Application) -> None:
        """Drop everything an application has set up, as its update and its removal do."""
        self.handlers = [handler for handler in self.handlers if handler.application is not application]
        self.placements = [placement for placement in self.placements if placement.application is not application]
