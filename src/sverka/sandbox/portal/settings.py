"""The switches of a portal: its plan, its place and what the documents leave open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Literal
from urllib.parse import urlsplit

Plan = Literal["basic", "standard", "enterprise", "box"]
#: what keeps a whole portal from answering: the plan has lapsed, it was deleted, or blocked by hand for overload
Condition = Literal["", "unpaid", "deleted", "overloaded"]

#: requests drained a second, and the burst, by plan; a box has no such limit
INTENSITY: dict[str, tuple[int, int]] = {"basic": (2, 50), "standard": (2, 50), "enterprise": (5, 250)}

_SCOPES = (
    "crm", "user_brief", "user", "userfieldconfig", "placement", "catalog", "sale", "pay_system", "salescenter",
    "delivery", "messageservice",
)  # fmt: skip


@dataclass
class Settings:
    """What a portal is like; every field may be changed while it runs.

    `lag_seconds` is how long a new record stays invisible to lists and duplicate search (a direct get sees it).
    `unresolved_reference` replaces a `$result` of a batch that leads nowhere; None refuses the command instead.
    `costs` are operating seconds by method name, `default_cost` those of any other method; `operating_limit` is the sum
    over ten minutes after which a method is blocked, `request_limit` the seconds after which the rest of a batch is cut
    off. `rows_fire_update` tells whether a change of product rows is a change of the deal. `address`
    (`http://127.0.0.1:8123`) is where the portal is served, "" when it is not: all addresses it names lead there, since
    it is its own authorisation server too. `former` are hosts it had before it was renamed. `offline_extended` and
    `auth_connector` tell whether offline events may be confirmed and have sources; left at None, every plan but basic
    may. `app_unpaid` makes the authorisation server ask for payment. With `inventory` stock is kept by documents, and a
    product's quantity is not written directly.
    """

    plan: Plan = "standard"
    host: str = "sandbox.bitrix24.ru"
    server_endpoint: str = "https://oauth.bitrix24.tech/rest/"
    member_id: str = "d897063e1ce7c5eb9f04b9751eef5915"
    code: str = field(default="sandboxwebhookcode", repr=False)
    scopes: tuple[str, ...] = _SCOPES
    lag_seconds: float = 0.0
    utc_offset_hours: int = 3
    unresolved_reference: str | None = ""
    rows_fire_update: bool = True
    crm_mode: int = 1
    inventory: bool = False
    costs: dict[str, float] = field(default_factory=dict)
    default_cost: float = 0.05
    operating_limit: float = 480.0
    request_limit: float = 60.0
    address: str = ""
    former: set[str] = field(default_factory=set)
    condition: Condition = ""
    https_required: bool = False
    app_unpaid: bool = False
    offline_extended: bool | None = None
    auth_connector: bool | None = None
    language: str = "ru"

    @property
    def zone(self) -> timezone:
        """The offset in which the portal writes its times."""
        return timezone(timedelta(hours=self.utc_offset_hours))

    @property
    def origin(self) -> str:
        """The portal's address with its scheme, without a slash at the end."""
        return self.address or f"https://{self.host}"

    @property
    def domain(self) -> str:
        """The portal's host, with the port when it is served on one."""
        return urlsplit(self.origin).netloc

    @property
    def client_endpoint(self) -> str:
        """Where REST calls go."""
        return f"{self.origin}/rest/"

    @property
    def auth_endpoint(self) -> str:
        """Where the authorisation server's REST is: at the portal's own address once that is served."""
        return self.client_endpoint if self.address else self.server_endpoint

    @property
    def auth_domain(self) -> str:
        """The host of the authorisation server."""
        return urlsplit(self.auth_endpoint).netloc

    @property
    def has_offline_extended(self) -> bool:
        """Tell whether offline events may be taken under a process and confirmed later."""
        return self.plan != "basic" if self.offline_extended is None else self.offline_extended

    @property
    def has_auth_connector(self) -> bool:
        """Tell whether offline events may have sources."""
        return self.plan != "basic" if self.auth_connector is None else self.auth_connector
