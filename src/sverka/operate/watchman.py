"""The watchman of a process: he tells when something stands still and when it goes on, and keeps what was counted.

Every process of the hub that runs has one, so that workers that all died are told of too; which of them tells, a lease
decides.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from sverka.bootstrap import House
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.operate.ways import Told, Way
from sverka.ports.storage import Lane
from sverka.ports.watch import counts
from sverka.storage.alerts import Standing, Stopped

TICK = timedelta(seconds=15)
"""How often he looks."""

_LEASE = 300.0
"""Seconds after which another tells in the place of one who died over it."""


class Watchman:
    """Looks by the clock, in a thread of his own, from `start` to `stop`."""

    def __init__(self, house: House, ways: Sequence[Way], patience: timedelta) -> None:
        """Take where alerts go, and how long a side may be silent, or a bell wait, before it is one."""
        self._house = house
        self._ways = ways
        self._patience = patience
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchman", daemon=True)
        self._log = structlog.get_logger("sverka.alerts")

    def start(self) -> None:
        """Look until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what was counted is kept."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Tell what has begun and what is over, each once, and keep what was counted."""
        self._house.storage.tallies.keep(counts)
        with self._house.storage.secrets_of("hub").alone("alerts", _LEASE) as is_mine:
            if is_mine:
                standing = alerts_of(self._house, self._patience)
                for way in self._ways:
                    self._tell_all(way, standing)

    def _tell_all(self, way: Way, standing: Mapping[str, Standing]) -> None:
        kept = self._house.storage.alerts
        known = kept.told(way.name)
        try:
            for name in known.keys() - standing.keys():
                way.tell(Told(name, known[name], is_over=True))
                kept.end(name, way.name)
            for name in sorted(standing.keys() - known.keys()):
                way.tell(Told(name, standing[name]))
                kept.begin(name, way.name, standing[name])
        except Problem as problem:  # the next look tries again, from the one that did not arrive
            self._log.warning("alert not told", way=way.name, reason=problem.text)

    def _run(self) -> None:
        while not self._stopping.wait(TICK.total_seconds()):
            try:
                self.look()
            except Problem as problem:
                self._log.warning("not watched", reason=problem.text)
            except DBAPIError as error:  # said by whoever works; here it would be said every few seconds
                self._log.debug("not watched", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - whoever watches must not be the first to fall
                self._log.exception("watch failed", error=type(error).__name__)


def alerts_of(house: House, patience: timedelta) -> dict[str, Standing]:
    """Return what stands still now, by name.

    What was stopped is told at once. What does not answer, and a bell without an answer, only after `patience`: most
    of it passes by itself.
    """
    now = house.clock.now()
    stopped = house.storage.alerts.stopped()
    still = {one.name for one in stopped if one.what == "connection"}
    found = {
        f"{one.what} {one.name}": Standing(_about(one), one.since)
        for one in stopped
        if one.what != "trouble" or (one.name not in still and now - one.since >= patience)
    }
    for one in house.storage.counts().waiting:
        if one.lane in (Lane.LIVE, Lane.SWEEP) and now - one.oldest_due >= patience and one.office not in still:
            name = f"late {one.office}"
            since = min(one.oldest_due, found[name].since) if name in found else one.oldest_due
            found[name] = Standing(_late(one.office), since)
    return found


def _about(one: Stopped) -> Text:
    name, why = one.name, one.text
    if one.what == "trouble":
        return Text(
            f"{name} does not answer: {why.en} Orders wait meanwhile. Next: `sverka doctor`.",
            f"{name} не отвечает: {why.ru} Заказы пока ждут. Дальше: `sverka doctor`.",
        )
    command = f"sverka {one.what} resume {name}"
    return Text(f"{name} is stopped: {why.en} Then: `{command}`.", f"{name}: остановлено. {why.ru} Затем: `{command}`.")


def _late(office: str) -> Text:
    return Text(
        f"Bells for {office} wait for an answer. Next: `sverka status`; see that the hub runs.",
        f"Звонки для {office} ждут ответа. Дальше: `sverka status`; проверьте, что хаб запущен.",
    )
