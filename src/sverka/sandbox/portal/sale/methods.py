"""The table of the shop's methods."""

from __future__ import annotations

from sverka.sandbox.portal.core import Method
from sverka.sandbox.portal.sale import (
    baskets,
    deal_payments,
    dictionaries,
    messages,
    orders,
    pay_systems,
    payments,
    properties,
    public,
    requests,
    services,
    shipments,
)

METHODS: list[Method] = [
    *orders.METHODS,
    *baskets.METHODS,
    *payments.METHODS,
    *shipments.METHODS,
    *properties.METHODS,
    *dictionaries.METHODS,
    *services.METHODS,
    *requests.METHODS,
    *pay_systems.METHODS,
    *deal_payments.METHODS,
    *public.METHODS,
    *messages.METHODS,
]
