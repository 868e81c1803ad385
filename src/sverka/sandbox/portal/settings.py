"""The switches of a portal: its plan, its place and what the documents leave open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Literal

Plan = Literal["standard", "enterprise", "box"]

#: requests drained a second, and the burst, by plan; a box has no such limit
INTENSITY: dict[str, tuple[int, int]] = {"standard": (2, 50), "enterprise": (5, 250)}

_SCOPES = (
    "crm", "user_brief", "user", "userfieldconfig", "placement", "catalog", "sale", "pay_system", "salescenter",
    "delivery", "messageservice",
)  # fmt: skip


@dataclass
class Settings:
    """What a portal is like; every field may be changed while it runs.

    `address` is where the portal really listens, for links to files; without one they lead to the host.
    `lag_seconds` is how long a new record stays invisible to lists and duplicate search (a direct get sees it).
    `unresolved_reference` replaces a `$result` of a batch that leads nowhere; None refuses the command instead.
    `costs` are operating seconds by method name, `default_cost` those of any other method; `operating_limit` is the sum
    over ten minutes after which a method is blocked. `rows_fire_update` tells whether a change of product rows is a
    change of the deal.
    """

    plan: Plan = "standard"
    host: str = "sandbox.bitrix24.ru"
    address: str = ""
    server_endpoint: str = "https://oauth.bitrix24.tech/rest/"
    member_id: str = "d897063e1ce7c5eb9f04b9751eef5915"
    code: str = field(default="sandboxwebhookcode", repr=False)
    scopes: tuple[str, ...] = _SCOPES
    lag_seconds: float = 0.0
    utc_offset_hours: int = 3
    unresolved_reference: str | None = ""
    rows_fire_update: bool = True
    crm_mode: int = 1
    costs: dict[str, float] = field(default_factory=dict)
    default_cost: float = 0.05
    operating_limit: float = 480.0

    @property
    def base_url(self) -> str:
        """Where links of answers lead, without a slash at the end."""
        return self.address or f"https://{self.host}"

    @property
    def zone(self) -> timezone:
        """The offset in which the portal writes its times."""
        return timezone(timedelta(hours=self.utc_offset_hours))
