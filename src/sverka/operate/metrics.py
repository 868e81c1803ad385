"""The hub's numbers in Prometheus's text format: state is read from the storage, events from the counts of all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sverka.bootstrap import House
from sverka.domain.merge.plan import Why
from sverka.operate.status import read_status
from sverka.ports.storage import Lane
from sverka.storage.tallies import Tally

WINDOW = timedelta(minutes=10)
"""A portal counts a method's computing time over so long; what it told before that says nothing of now."""

COUNTED = {
    "bells": "Webhook requests, by what became of them.",
    "waves": "Waves, by how they ended.",
    "visits": "Orders looked at in waves.",
    "writes": "Writes to both sides, by kind and outcome.",
    "held": "Fields that came to stand apart, by reason.",
    "problems": "What stood in the way of waves, by its kind.",
    "requests": "HTTP requests to connections, by method and outcome.",
    "request_seconds": "Seconds spent waiting for their answers.",
}
"""What adds up, and what it is."""


def exposition(house: House) -> bytes:
    """Return all the numbers of this moment; every process of the hub returns the same."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(house))
    return generate_latest(registry)


class _Numbers(Collector):
    def __init__(self, house: House) -> None:
        self._house = house

    def describe(self) -> Iterable[Metric]:
        """Return nothing: what there is to tell is known when it is asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the numbers."""
        yield from _state(self._house)
        yield from _events(self._house)


def _gauge(name: str, about: str, labels: Iterable[str], rows: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(f"sverka_{name}", about, labels=list(labels))
    for values, number in rows:
        family.add_metric(list(values), number)
    return family


def _state(house: House) -> Iterator[Metric]:
    now = house.clock.now()
    state = read_status(house, now, timedelta.max, "en")
    offices = [one.name for one in house.storage.connections.list() if one.side.value == "office"]
    backlog = {(office, lane.name.lower()): 0.0 for office in offices for lane in Lane}
    lag = dict.fromkeys(offices, 0.0)
    for one in state.waiting:
        backlog[one.office, one.lane] = one.visits
        lag[one.office] = max(lag.get(one.office, 0.0), one.oldest_seconds)
    yield _gauge("lag_seconds", "How long the oldest unanswered bell of a back office has been due.", ["office"],
                 (((office,), seconds) for office, seconds in lag.items()))  # fmt: skip
    yield _gauge("backlog", "Visits that wait.", ["office", "lane"], backlog.items())
    yield _gauge("differences", "Fields that stand apart now, by reason.", ["why"],
                 (((why.value,), state.differences.get(why.value, 0)) for why in Why))  # fmt: skip
    yield _gauge("bound_records", "Records that are kept in step.", [], [((), state.bound_orders)])
    yield _gauge("open_writes", "Writes under way or in doubt.", [], [((), state.open_intents)])
    standing = [("connection", one) for one in state.connections] + [("profile", one) for one in state.profiles]
    yield _gauge("stopped", "1 where it stands still.", ["what", "name"],
                 (((what, one.name), float(one.paused is not None)) for what, one in standing))  # fmt: skip
    yield _gauge("budget_used_ratio", "The part of a portal's burst of requests that is used up; over 1 they queue.",
                 ["connection"], (((one.connection,), 1 - one.free / one.burst) for one in state.budgets))  # fmt: skip
    yield _gauge("alerts", "Alerts that stand.", [], [((), len(house.storage.alerts.told("log")))])


def _events(house: House) -> Iterator[Metric]:
    found: dict[str, list[Tally]] = defaultdict(list)
    for one in house.storage.tallies.list():
        found[one.name].append(one)
    for name, about in COUNTED.items():
        family = CounterMetricFamily(
            f"sverka_{name}", about, labels=sorted({key for t in found[name] for key in t.labels})
        )
        for one in found[name]:
            family.add_metric([value for _, value in sorted(one.labels.items())], one.amount)
        yield family
    since = house.clock.now() - WINDOW
    rows = ((tuple(value for _, value in sorted(one.labels.items())), one.amount)
            for one in found["operating_seconds"] if one.at >= since)  # fmt: skip
    yield _gauge("operating_seconds", "Computing time a method has used up in its window, as the portal last told it.",
                 ["connection", "method"], rows)  # fmt: skip
