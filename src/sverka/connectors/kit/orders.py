"""What a store answers that makes no orders."""

from collections.abc import Collection, Mapping, Sequence

from sverka.domain.errors import Problem, Rejected
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.guard import Guard, free
from sverka.ports.store import NewOrderWrite, Wrote

_CANNOT = Text(
    "This store's connector cannot make orders yet; take [new_order] out of the profile.",
    "Коннектор этого магазина пока не умеет создавать заказы; уберите [new_order] из профиля.",
)


class MakesNoOrders:
    """A store whose orders cannot keep the mark they would be found by (K23): both acts raise `Rejected`."""

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:  # noqa: ARG002 - nothing is sent
        """Refuse, sending nothing."""
        raise Rejected(_CANNOT)

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:  # noqa: ARG002 - nothing is sent
        """Refuse, asking nothing: no order can carry a mark."""
        raise Rejected(_CANNOT)
