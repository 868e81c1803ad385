"""When a profile stops by itself."""

from typing import Literal

from sverka.config.tables.base import Count, Table


class BrakesTable(Table):
    """When the profile stops by itself."""

    writes_per_wave: Count = 5000
    registrations: Count = 500
    same_value_writes: Count = 4
    window_minutes: Count = 10
    on_deal_deleted: Literal["release", "recreate", "cancel_order"] = "release"
