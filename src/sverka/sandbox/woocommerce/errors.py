"""How WordPress refuses: a code, a message and data with the HTTP status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class WooError(LookupError):
    """A refusal; `body` is what the client gets."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid_param(name: str, reason: str, rule: str = "rest_invalid_type") -> WooError:
    """Return the refusal of a parameter that does not pass the route's schema."""
    message = f"Invalid parameter(s): {name}"
    details = {name: {"code": rule, "message": reason, "data": None}}
    return WooError("rest_invalid_param", message, 400, params={name: reason}, details=details)


def not_in(name: str, allowed: Iterable[str]) -> WooError:
    """Return the refusal of a parameter outside its list of values."""
    choices = list(allowed)
    return invalid_param(
        name, f"{name} is not one of {', '.join(choices[:-1])}, and {choices[-1]}.", "rest_not_in_enum"
    )


def no_order(status: int = 404) -> WooError:
    """Return the refusal of an id without an order; reading and deleting say 404, writing says 400."""
    return WooError("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", status)
