"""How orders made of deals are paid where the deal does not say."""

from sverka.config.tables.base import Filled, Table


class PaymentTable(Table):
    """The payment method of an order made of a deal whose own one is not known (R114)."""

    default: Filled
