"""Requests and virtual seconds of several clients for the same work on the same sandbox portal.

Requests are counted by the portal, the refused among them. The portal answers at once: its virtual clock moves only
while a client waits by its own decision, so seconds are exact, the same on every machine, and hold no computing time.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog

from page import write_section
from peer_orders import GOODS, PAGE, Order
from peer_page import section
from support.sdk_office import Office
from support.tunnel import Tunnels
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.faults import Fault
from sverka.sandbox.portal.settings import INTENSITY, Settings
from sverka.sandbox.tls import Authority
from world import Clock

RUNS = 10
"""Runs, each of its own seed, where chance has a part."""

DRAIN, BURST = INTENSITY["standard"]


class Peer(Protocol):
    """A client under measurement."""

    name: str

    def walk(self) -> list[int]:
        """Return the ids of all deals."""

    def read(self, ids: Sequence[int]) -> list[int]:
        """Return the ids of these deals, read."""

    def update(self, ids: Sequence[int]) -> None:
        """Write one field of each of these deals."""

    def create(self, orders: Sequence[Any]) -> None:
        """Make a deal of each order, with its contact and product rows."""


@dataclass(frozen=True)
class Work:
    """One scenario: `needed` requests at least, of fifty commands each; `deals` stand in the portal before."""

    what: str
    deals: int
    needed: int
    play: Callable[[Peer, Office], str]
    orders: int = 0
    is_full: bool = False
    runs: int = 1

    @property
    def floor(self) -> float:
        """The virtual seconds that the portal's own limit costs: with a full counter nothing is free."""
        return max(0, self.needed - (0 if self.is_full else BURST)) / DRAIN


@dataclass(frozen=True)
class Made:
    """What creating has left: records beyond the first of their name, and orders without a whole deal."""

    deals_twice: int
    contacts_twice: int
    missing: int

    def __add__(self, other: Made) -> Made:
        """Return what both runs have left."""
        return Made(*map(sum, zip(astuple(self), astuple(other), strict=True)))


NOTHING = Made(0, 0, 0)


@dataclass(frozen=True)
class Outcome:
    """What one client needed: `refused` of its requests met 503, and `trouble` says how it failed, "" for not."""

    work: str
    peer: str
    requests: int
    refused: int
    seconds: float
    trouble: str
    made: Made | None = None
    runs: int = 1

    @property
    def cell(self) -> str:
        """The outcome as it stands in the table."""
        numbers = f"{self.requests}{f' ({self.refused} refused)' if self.refused else ''}, {self.seconds:.1f} s"
        numbers += f" (mean of {self.runs} runs)" if self.runs > 1 else ""
        if self.made and (self.made.deals_twice or self.made.contacts_twice):
            numbers += f"; **twice**: {self.made.deals_twice} deals, {self.made.contacts_twice} contacts"
        if self.made and self.made.missing:
            numbers += f"; **missing**: {self.made.missing} deals"
        return f"{numbers}; **fails**: {self.trouble}" if self.trouble else numbers


def works(size: int) -> list[Work]:
    """Return the scenarios for a tenth of the deals to be listed, which is how many orders are to be made."""
    many, some = size * 10, size * 2

    def lists(peer: Peer, office: Office) -> str:
        del office
        return _same(peer.walk(), range(1, many + 1))

    def reads(peer: Peer, office: Office) -> str:
        del office
        return _same(peer.read(range(1, some + 1)), range(1, some + 1))

    def updates(peer: Peer, office: Office) -> str:
        peer.update(range(1, some + 1))
        written = [number for number, deal in office.portal.core.state.items[2].items() if deal.values["comments"]]
        return _same(written, range(1, some + 1))

    def creates(peer: Peer, office: Office) -> str:
        del office
        peer.create([Order(number) for number in range(1, size + 1)])
        return ""

    made = (0, -(-size * 3 // PAGE), creates, size)
    fresh = [
        (f"list {many} deals", many, -(-many // PAGE // PAGE), lists),
        (f"read {some} deals by id", some, -(-some // PAGE // PAGE), reads),
        (f"update {some} deals", some, -(-some // PAGE), updates),
        (f"create {size} deals", *made),
    ]
    return [
        *[Work(*parts) for parts in fresh],
        *[Work(f"{what}, counter full", *rest, is_full=True) for what, *rest in fresh],
        Work(f"create {size} deals, 5 % of 503, 2 % of answers lost, {RUNS} runs", *made, runs=RUNS),
    ]


def _same(got: Sequence[int], wanted: Sequence[int]) -> str:
    return "" if sorted(got) == list(wanted) else f"{len(set(got))} of {len(wanted)}, {len(got) - len(set(got))} twice"


class Place:
    """Fresh portals under the vendor's names, over TLS; what a client must trust is in the environment."""

    def __init__(self, tunnels: Tunnels, authority: Authority) -> None:
        self._tunnels, self._authority, self._count = tunnels, authority, 0

    @contextmanager
    def bare(self) -> Iterator[tuple[Office, Clock]]:
        """Put up an empty portal of the standard plan."""
        self._count += 1
        host = f"portal{self._count}.bitrix24.ru"
        clock = Clock()
        portal = Portal(clock.virtual, settings=Settings(host=host, plan="standard"))
        with PortalServer(portal, authority=self._authority) as server:
            portal.settings.address = f"https://{host}"
            near = urlsplit(server.url)
            self._tunnels.hosts[host] = (str(near.hostname), near.port or 443)
            yield Office(portal, host, host, near.netloc), clock

    @contextmanager
    def office(self, work: Work, seed: int) -> Iterator[tuple[Office, Clock]]:
        """Put up the portal a scenario begins with."""
        with self.bare() as (office, clock):
            portal = office.portal
            office.fill(work.deals)
            if work.is_full:
                office.crowd_in()
            if work.runs > 1:
                portal.faults.seed(seed)
                portal.fault(
                    Fault("error", status=503, code="QUERY_LIMIT_EXCEEDED", description="Too many requests", percent=5)
                )
                portal.fault(Fault("close", percent=2))
            portal.reset_counters()
            yield office, clock


@contextmanager
def place() -> Iterator[Place]:
    """Lead the vendor's names to this machine; before any client is imported, for some read the environment then."""
    authority = Authority("*.bitrix24.ru")
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    with Tunnels({}) as tunnels:
        os.environ |= {
            "HTTPS_PROXY": tunnels.url,
            "NO_PROXY": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(authority.file),
            "SSL_CERT_FILE": str(authority.file),
            "NODE_EXTRA_CA_CERTS": str(authority.file),
        }
        try:
            yield Place(tunnels, authority)
        finally:
            authority.close()


def measure(work: Work, connect: Callable[[Office, Clock], Any], at: Place, seed: int = 0) -> Outcome:
    """Have one client do one work on a portal of its own; whatever it raises is part of the outcome."""
    with at.office(work, seed) as (office, clock), ExitStack() as stack:
        peer = connect(office, clock)
        if hasattr(peer, "close"):
            stack.callback(peer.close)
        began = clock.now()
        try:
            trouble = work.play(peer, office)
        except Exception as error:  # noqa: BLE001 - how a client fails is what is measured
            trouble = _told(error)
        seconds = (clock.now() - began).total_seconds()
        lines = office.portal.requests
        refused = sum(line.status == 503 for line in lines)
        made = _made(office, work.orders) if work.orders else None
        return Outcome(work.what, peer.name, len(lines), refused, seconds, trouble, made)


def _told(error: Exception) -> str:
    """Return what a client says of its failure, without this run's addresses."""
    name = type(error).__name__
    said = " ".join(str(error).split()).partition("HTTPSConnectionPool")[0].removeprefix(f"{name}:").strip()[:90]
    return f"{name}{f': {said}' if said else ''}"


def repeated(work: Work, connect: Callable[[Office, Clock], Any], at: Place) -> Outcome:
    """Measure a work as often as chance asks for: the mean of runs that came through, the sum of what went wrong."""
    runs = [measure(work, connect, at, seed) for seed in range(1, max(work.runs, getattr(connect, "runs", 1)) + 1)]
    if len(runs) == 1:
        return runs[0]
    failed = [one.trouble for one in runs if one.trouble]
    through = [one for one in runs if not one.trouble] or runs
    made = [one.made for one in runs if one.made]
    return replace(
        runs[0],
        requests=round(mean(one.requests for one in through)),
        refused=round(mean(one.refused for one in through)),
        seconds=mean(one.seconds for one in through),
        trouble=f"{len(failed)} of {len(runs)} runs, {failed[0]}" if failed else "",
        made=sum(made, NOTHING) if made else None,
        runs=len(runs),
    )


def _made(office: Office, size: int) -> Made:
    call = office.portal.call
    deals, contacts = office.portal.core.state.items[2], office.portal.core.state.items[3]
    whole = set()
    for number, deal in deals.items():
        title = deal.values["title"]
        rows = call("crm.deal.productrows.get", {"id": number}).result
        linked = call("crm.deal.contact.items.get", {"id": number}).result
        names = [contacts[int(one["CONTACT_ID"])].values["name"] for one in linked]
        if len(rows) == len(GOODS) and names == [title.replace("Order ", "Buyer")]:
            whole.add(title)
    titles = {deal.values["title"] for deal in deals.values()}
    buyers = {contact.values["name"] for contact in contacts.values()}
    return Made(len(deals) - len(titles), len(contacts) - len(buyers), size - len(whole))


def table(works: Sequence[Work], outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a table of Markdown, a line a scenario."""
    names = list(dict.fromkeys(one.peer for one in outcomes))
    found = {(one.work, one.peer): one.cell for one in outcomes}
    lines = [f"| work | floor | {' | '.join(names)} |", f"|{'---|' * (len(names) + 2)}"]
    lines += [
        f"| {work.what} | {work.needed}, {work.floor:.1f} s | "
        f"{' | '.join(found.get((work.what, name), '') for name in names)} |"
        for work in works
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure every client in every scenario, print the table and write it as JSON where a file is named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", nargs="?", default="", help="where to write the figures: JSON, or a page's section")
    asked.add_argument("--size", type=int, default=1000, help="orders to be made; ten times as many deals are listed")
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    warnings.simplefilter("ignore")
    # what a failed client leaves behind in its tasks is told by the loop at length; the table tells it once
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.unraisablehook = lambda _: None
    scenarios = works(given.size)
    outcomes = []
    with place() as at, tempfile.TemporaryDirectory() as home:
        for connect in _connections(Path(home)):
            for work in scenarios:
                outcome = repeated(work, connect, at)
                outcomes.append(outcome)
                print(f"{outcome.peer}: {outcome.work}: {outcome.cell}", file=sys.stderr)
    print(f"Python {platform.python_version()}, {platform.system()}\n\n{table(scenarios, outcomes)}")
    if given.file.endswith(".md"):
        write_section(Path(given.file), "Peers", section(table(scenarios, outcomes)))
    elif given.file:
        told = [asdict(one) for one in outcomes]
        Path(given.file).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _connections(home: Path) -> list[Callable[[Office, Clock], Any]]:
    """Return the ways to connect; the clients are imported here, for they read whom to trust when imported."""
    import peer_clients as clients  # noqa: PLC0415 - see above
    from peer_js import JsSdk  # noqa: PLC0415 - see above

    if not JsSdk.is_there():
        print("node or tests/conformance/js/node_modules is absent: the JS client is left out", file=sys.stderr)
    js = [JsSdk] if JsSdk.is_there() else []
    return [
        clients.FastBitrix, clients.B24Py, clients.B24PyAgain, *js,
        lambda office, clock: clients.Ours(office, clock, home),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
