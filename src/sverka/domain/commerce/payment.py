"""Payments of an order: what was paid, what was given back, and what both come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from sverka.domain.commerce.money import ZERO

PaidState = Literal["unpaid", "partly", "paid", "refunded"]
"""How far an order is paid; `refunded` means that all that was paid was given back."""


@dataclass(frozen=True)
class Payment:
    """One payment of an order; `refunded` is what was given back of it, in the order's currency."""

    id: str
    system: str
    system_name: str
    total: Decimal
    paid: bool
    paid_at: datetime | None = None
    reference: str = ""
    refunded: Decimal = ZERO

    def told(self, currency: str) -> str:
        """Return the payment in one line: its method, sum, day and what was given back."""
        day = self.paid_at.astimezone(UTC).strftime("%Y-%m-%d") if self.paid_at else "✓"
        parts = [self.system_name or self.system or self.id, f"{self.total:f} {currency}".strip()]
        parts.append(day if self.paid else "✗")
        return " · ".join([*parts, *([f"−{self.refunded:f}"] if self.refunded else [])])


def paid_total(payments: Sequence[Payment]) -> Decimal:
    """Return the sum of what was paid, refunds not taken off."""
    return sum((payment.total for payment in payments if payment.paid), ZERO)


def refunded(payments: Sequence[Payment]) -> Decimal:
    """Return the sum of what was given back."""
    return sum((payment.refunded for payment in payments), ZERO)


def paid_state(payments: Sequence[Payment], total: Decimal) -> PaidState:
    """Tell how far an order of that total is paid (R15)."""
    paid, back = paid_total(payments), refunded(payments)
    if back > 0 and back >= min(paid or total, total):
        return "refunded"
    if paid <= 0:
        return "paid" if total <= 0 and any(payment.paid for payment in payments) else "unpaid"
    return "paid" if paid >= total else "partly"
