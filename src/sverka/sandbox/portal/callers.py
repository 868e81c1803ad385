"""Who calls: an employee through a webhook or an application, or a rule of the portal in his name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Application:
    """A local application as an administrator added it; `handler` is where it is opened and installed.

    `installed` is false until its installer has finished: until then no events and no placements of it live. `ui` tells
    whether it has pages of its own; `fresh` is true until its page was opened for the first time.
    """

    client_id: str
    client_secret: str = field(repr=False)
    application_token: str = field(repr=False)
    code: str = ""
    title: str = ""
    handler: str = ""
    redirect_uri: str = ""
    scopes: tuple[str, ...] = ()
    status: str = "L"
    installed: bool = True
    id: int = 0
    version: int = 1
    ui: bool = False
    fresh: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    user_options: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        """Its scopes as they travel, between commas."""
        return ",".join(self.scopes)


@dataclass(frozen=True)
class Caller:
    """On whose behalf a call runs.

    `credential` is the key under which operating seconds are counted, a webhook's code or an application's id; `scopes`
    is what it may call, None for everything. `auth_connector` names the source whose offline events this call's changes
    must not enter. A `robot` acts in an employee's name without a token of his. `expires` is the end of the token.
    """

    user_id: int = 1
    credential: str = field(default="", repr=False)
    application: Application | None = None
    scopes: frozenset[str] | None = None
    auth_connector: str = ""
    robot: bool = False
    expires: datetime | None = None
