"""What a program says of orders that exchanges with the hub as it would with a shop."""

from collections.abc import Mapping
from dataclasses import dataclass

from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderId


@dataclass(frozen=True)
class Said:
    """What a guest says of one order: the fields it is to have, by key.

    `order` is the id the guest knows it by, the shop's or one of its own; `number` is the shop's number of it, empty
    where the guest names none.
    """

    order: OrderId
    number: str
    fields: Mapping[str, Value]
