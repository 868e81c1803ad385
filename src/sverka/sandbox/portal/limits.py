"""The two limits of a cloud portal: requests a second, and operating seconds of a method in ten minutes."""

from __future__ import annotations

from collections import defaultdict
from math import floor

from sverka.sandbox.clock import Clock
from sverka.sandbox.portal.errors import OPERATION_TIME_LIMIT, QUERY_LIMIT, RestError
from sverka.sandbox.portal.settings import INTENSITY, Settings

_BASKET_SECONDS = 60
_WINDOW_SECONDS = 600


class Limits:
    """Counts per client address (requests) and per credential and method (operating seconds), by the portal's clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._buckets: dict[str, tuple[int, int]] = {}
        self._operating: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)

    def take_request(self, address: str) -> None:
        """Count a request; RestError QUERY_LIMIT_EXCEEDED when the counter stands above the burst.

        Every whole second drains the counter; a rejected request is not counted.
        """
        intensity = INTENSITY.get(self._settings.plan)
        if intensity is None:
            return
        drain, burst = intensity
        second = floor(self._clock.now().timestamp())
        level, last = self._buckets.get(address, (0, second))
        level = max(0, level - drain * (second - last))
        if level > burst:
            self._buckets[address] = (level, second)
            raise RestError(*QUERY_LIMIT)
        self._buckets[address] = (level + 1, second)

    def cost(self, method: str) -> float:
        """Return what one call of the method costs, in operating seconds."""
        return self._settings.costs.get(method, self._settings.default_cost)

    def check_operating(self, credential: str, method: str) -> None:
        """Raise RestError OPERATION_TIME_LIMIT when the method has used up its seconds; the box has no such limit."""
        if self._settings.plan != "box" and self.operating(credential, method) >= self._settings.operating_limit:
            raise RestError(*OPERATION_TIME_LIMIT)

    def is_out_of_time(self, cost: float) -> bool:
        """Tell whether a request that has run so many seconds is cut off; a box waits."""
        return self._settings.plan != "box" and cost > self._settings.request_limit

    def spend(self, credential: str, method: str) -> float:
        """Account for one call and return its cost in seconds."""
        cost = self.cost(method)
        baskets = self._current(credential, method)
        minute = self._minute()
        baskets[minute] = baskets.get(minute, 0.0) + cost
        return cost

    def operating(self, credential: str, method: str) -> float:
        """Return the seconds the method has used in the last ten baskets."""
        return sum(self._current(credential, method).values())

    def reset_at(self, credential: str, method: str) -> int:
        """Return the unix time when the oldest basket drops."""
        baskets = self._current(credential, method)
        return min(baskets, default=self._minute()) + _WINDOW_SECONDS

    def levels(self) -> dict[str, int]:
        """Return how full the counter of requests stands now, by client address; empty without such a limit."""
        drain, _ = INTENSITY.get(self._settings.plan, (0, 0))
        now = floor(self._clock.now().timestamp())
        return {address: max(0, level - drain * (now - last)) for address, (level, last) in self._buckets.items()}

    def used(self) -> dict[tuple[str, str], float]:
        """Return the operating seconds of the last ten minutes by credential and method."""
        return {key: seconds for key in list(self._operating) if (seconds := self.operating(*key))}

    def forget(self) -> None:
        """Empty every counter."""
        self._buckets.clear()
        self._operating.clear()

    def _minute(self) -> int:
        return floor(self._clock.now().timestamp() / _BASKET_SECONDS) * _BASKET_SECONDS

    def _current(self, credential: str, method: str) -> dict[int, float]:
        baskets = self._operating[credential, method]
        for minute in [minute for minute in baskets if minute <= self._minute() - _WINDOW_SECONDS]:
            del baskets[minute]
        return baskets
