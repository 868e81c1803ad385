"""What a profile does at all."""

from sverka.config.tables.base import Table


class SwitchesTable(Table):
    """What the hub may do under the profile; orders made of deals are switched on by `[new_order]`."""

    create_deals: bool = True
    update_deals: bool = True
    update_orders: bool = True
