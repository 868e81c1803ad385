"""A portal as the vendor's clients meet it in the conformance tests."""

from __future__ import annotations

from dataclasses import dataclass

from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.settings import INTENSITY

MANY = 10_000


@dataclass(frozen=True)
class Office:
    """A served portal: clients call it `domain`, or `renamed`; `near` is the same server without the tunnel."""

    portal: Portal
    domain: str
    renamed: str
    near: str

    @property
    def code(self) -> str:
        """What stands between `/rest/` and the method for user 1."""
        return f"1/{self.portal.settings.code}"

    @property
    def webhook(self) -> str:
        """The whole address of user 1's webhook, without the tunnel: a password."""
        return f"https://{self.near}/rest/{self.code}/"

    @property
    def titles(self) -> list[str]:
        """The titles of all deals in the order of their numbers."""
        deals = self.portal.core.state.items[2]
        return [deals[number].values["title"] for number in sorted(deals)]

    def crowd_in(self) -> None:
        """Let others at the same address use up the portal's burst: the next request is refused."""
        for _ in range(INTENSITY[self.portal.settings.plan][1] + 1):
            self.portal.limits.take_request("127.0.0.1")

    def fill(self, deals: int) -> None:
        """Put deals into an empty portal: `Deal 0` has the number 1."""
        for number in range(deals):
            self.portal.call("crm.deal.add", {"fields": {"TITLE": f"Deal {number}", "OPPORTUNITY": number}})
