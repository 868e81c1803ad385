"""What the hub says of itself: whether it is at rest, what stands still, and what it shows a person as different."""

from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from chaos.street import Street
from sverka.bootstrap import House, open_house
from sverka.config.settings import Settings
from sverka.domain.errors import Problem


@dataclass
class Hearsay:
    """Asks the hub's database, whose connection is kept; `close` ends it."""

    street: Street
    _house: House | None = field(default=None, repr=False)

    def unrest(self) -> str:
        """Return what the hub has still to do, "" where it is at rest."""
        try:
            counts = self.house.storage.counts()
        except (DBAPIError, Problem) as error:
            return f"not at rest: its database does not answer ({type(error).__name__})"
        visits = sum(one.visits for one in counts.waiting)
        if not visits and not counts.open_intents:
            return ""
        return f"not at rest: {visits} visits, {counts.open_intents} writes under way"

    def stands_still(self) -> list[str]:
        """Return the connections and profiles that are paused."""
        storage = self.house.storage
        connections = [one.name for one in storage.connections.list() if one.stands_still]
        return connections + [str(one.name) for one in storage.profiles.list(active_only=True) if one.paused]

    def shown(self) -> set[tuple[int, str]]:
        """Return the order's number and the field of everything shown as different."""
        found = self.house.storage.differences.list(limit=None)
        return {(int(one.order.id), one.difference.key) for one in found}

    @property
    def house(self) -> House:
        """Return the hub's database, opened once."""
        if self._house is None:
            settings = Settings.from_env(self.street.town.base.environment(self.street.folder), self.street.folder)
            self._house = open_house(settings)
        return self._house

    def close(self) -> None:
        """Let go of the database."""
        if self._house is not None:
            self._house.close()
