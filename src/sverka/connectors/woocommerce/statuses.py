"""The statuses an order of the shop can be given."""

from collections.abc import Mapping

from sverka.connectors.woocommerce.api import Api
from sverka.domain.errors import Gone, Misconfigured, Rejected
from sverka.domain.text import Text
from sverka.ports.guard import Guard

DRAFTS = frozenset({"checkout-draft", "auto-draft"})
"""Statuses of orders nobody has placed yet: no list of `any` shows them, though webhooks ring for them."""


class Statuses:
    """The shop's own list, kept until a status is met that is not on it."""

    def __init__(self, api: Api) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._names: Mapping[str, str] = {}

    def names(self, guard: Guard) -> Mapping[str, str]:
        """Ask for the statuses with their names; a shop before the route for them tells them in a report."""
        try:
            rows = self._api.get("/orders/statuses", guard)
        except (Gone, Rejected, Misconfigured):
            rows = self._api.get("/reports/orders/totals", guard)
        found = {str(row["slug"]).removeprefix("wc-"): str(row.get("name") or row["slug"]) for row in rows}
        self._names = {slug: name for slug, name in found.items() if slug not in DRAFTS}
        return self._names

    def known(self, status: str, guard: Guard) -> bool:
        """Tell whether the shop has the status, asking anew where the list kept has it not."""
        return status in self._names or status in self.names(guard)


def no_status(status: str) -> Rejected:
    """Return the refusal of a status that the shop has not."""
    return Rejected(
        Text(
            f"The shop has no order status “{status}”; correct the statuses in the profile, then retry.",
            f"В магазине нет статуса заказа «{status}»; исправьте статусы в профиле и повторите.",
        )
    )


def other_status(sent: str, shown: str) -> Rejected:
    """Return the refusal of a status in whose place the shop saved another one."""
    return Rejected(
        Text(
            f"The shop was sent the status “{sent}” and saved “{shown}” in its place; look at the order in the shop, "
            "correct the statuses there or in the profile, then retry.",
            f"Магазину отправлен статус «{sent}», а сохранил он «{shown}»; посмотрите заказ в магазине, исправьте "
            "статусы там или в профиле и повторите.",
        )
    )
