"""Who runs the waves."""

from typing import Protocol

from sverka.domain.ids import OfficeName


class Dispatch(Protocol):
    """Runs at most one wave a back office at a time, soon after it was woken."""

    def wake(self, office: OfficeName) -> None:
        """Say that visits of this back office are waiting."""
