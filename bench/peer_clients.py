"""One face for several clients of a portal, each driven as its own documentation advises for speed.

Every sleep is on the portal's virtual clock; nothing else of a client is changed.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import b24pysdk
import b24pysdk.api.requesters._base_requester as b24_requester
import fast_bitrix24
import fast_bitrix24.throttle
from fast_bitrix24.utils import http_build_query

import virtual_loop
from peer_orders import COMMENT, GOODS, PAGE, Call, Order, chunks, pairs
from support.sdk_office import Office
from sverka.connectors.bitrix24.commands import DEAL, Command, listed, updated
from sverka.connectors.bitrix24.connector import Bitrix24, connect
from sverka.connectors.bitrix24.fields import ROWS
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Client
from sverka.connectors.kit import Kit
from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Problem, Unanswered
from sverka.domain.ids import OrderId, OrderRef, Origin, ProfileName, RecordId, StoreName
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite
from sverka.storage.sql_storage import open_storage
from world import Clock


class FastBitrix:
    """fast-bitrix24 with its own defaults: fifties sent side by side, its own limiter of 50 and 2 a second."""

    name = "fast-bitrix24"
    runs = 3
    """Measured so often at least: which of the requests sent side by side are refused is a race."""

    def __init__(self, office: Office, clock: Clock) -> None:
        """Take the portal's webhook; nothing is sent yet."""
        self._webhook = office.webhook
        self._clock = clock

    def _run(self, work: Callable[[Any], Any]) -> Any:
        async def inside() -> Any:
            async with virtual_loop.session() as session:
                return await work(fast_bitrix24.BitrixAsync(self._webhook, verbose=False, client=session))

        fast_bitrix24.throttle.time = SimpleNamespace(monotonic=lambda: self._clock.now().timestamp())
        return virtual_loop.run(self._clock, inside())

    def walk(self) -> list[int]:
        """Return the ids of all deals."""
        rows = self._run(lambda bitrix: bitrix.get_all("crm.deal.list", {"select": ["ID", "TITLE"]}))
        return [int(row["ID"]) for row in rows]

    def read(self, ids: Sequence[int]) -> list[int]:
        """Return the ids of the deals that were asked for."""
        rows = self._run(lambda bitrix: bitrix.get_by_ID("crm.deal.get", ids))
        return [int(row["ID"]) for row in rows.values()]

    def update(self, ids: Sequence[int]) -> None:
        """Write one field of each."""
        items = [{"ID": number, "fields": {"COMMENTS": COMMENT}} for number in ids]
        self._run(lambda bitrix: bitrix.call("crm.deal.update", items))

    def create(self, orders: Sequence[Order]) -> None:
        """Make all contacts, then the deals with their rows: batches of its user's own, for `call` mixes the order."""

        async def batches(bitrix: Any, calls: dict[str, Call]) -> dict[str, Any]:
            cmd = [(key, f"{method}?{http_build_query(params)}") for key, (method, params) in calls.items()]
            parts = [bitrix.call_batch({"halt": 0, "cmd": dict(part)}) for part in chunks(cmd, PAGE)]
            return {key: value for answer in await asyncio.gather(*parts) for key, value in answer.items()}

        async def work(bitrix: Any) -> None:
            contacts = await batches(bitrix, {f"c{order.number}": order.contact for order in orders})
            await batches(bitrix, pairs(orders, contacts))

        self._run(work)


class B24Py:
    """b24pysdk with its own defaults: one request after another, three tries at a 503."""

    name = "b24pysdk"

    def __init__(self, office: Office, clock: Clock) -> None:
        """Take the portal's name; nothing is sent yet."""
        b24_requester.time = SimpleNamespace(sleep=clock.sleep)
        self._clock = clock
        self._token = b24pysdk.BitrixWebhook(domain=office.domain, webhook_token=office.code)

    def walk(self) -> list[int]:
        """Return the ids of all deals."""
        rows = self._token.call_list_fast("crm.deal.list", {"select": ["ID", "TITLE"]})["result"]
        return [int(row["ID"]) for row in rows]

    def read(self, ids: Sequence[int]) -> list[int]:
        """Return the ids of the deals that were asked for."""
        asked = {"filter": {"@ID": list(ids)}, "select": ["ID", "TITLE"]}
        return [int(row["ID"]) for row in self._token.call_list("crm.deal.list", asked)["result"]]

    def update(self, ids: Sequence[int]) -> None:
        """Write one field of each."""
        self._batches({f"u{one}": ("crm.deal.update", {"ID": one, "FIELDS": {"COMMENTS": COMMENT}}) for one in ids})

    def create(self, orders: Sequence[Order]) -> None:
        """Make all contacts, then the deals with their rows."""
        contacts = self._batches({f"c{order.number}": order.contact for order in orders})
        self._batches(pairs(orders, contacts))

    def _batches(self, calls: dict[str, Call]) -> dict[str, Any]:
        return dict(self._token.call_batches(calls)["result"]["result"])


class B24PyAgain(B24Py):
    """b24pysdk whose caller sends each batch again a second after it raised, up to ten times."""

    name = "b24pysdk, its caller sends again"

    def _batches(self, calls: dict[str, Call]) -> dict[str, Any]:
        done: dict[str, Any] = {}
        for part in chunks(list(calls.items()), PAGE):
            done |= self._insisted(dict(part))
        return done

    def _insisted(self, part: dict[str, Call]) -> dict[str, Any]:
        for _ in range(10):
            try:
                return dict(self._token.call_batch(part)["result"]["result"])
            except b24pysdk.errors.BitrixSDKException:
                self._clock.sleep(1)
        raise TimeoutError("ten tries of one batch failed")


class Ours:
    """The connector, in the lane of live orders: a burst of 25, half of the portal's, and 2 requests a second."""

    name = "sverka"

    def __init__(self, office: Office, clock: Clock, home: Path) -> None:
        """Take the portal's webhook; the shared budget is a database in `home`."""
        self._storage = open_storage(f"sqlite:///{home / f'peer-{time.monotonic_ns()}.db'}", clock)
        kit = Kit("portal", "bench", clock, self._storage.budget, chance=Random(7).random)
        webhook = f"https://{office.domain}/rest/{office.code}/"
        self._office: Bitrix24 = connect({"plan": "standard"}, {"webhook": webhook}, kit)
        self._client: Client = self._office.client
        self._clock = clock

    def close(self) -> None:
        """Let the connections go."""
        self._office.close()
        self._storage.close()

    def _read(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        found = []
        for answer in self._client.run(commands, live):
            if isinstance(answer, Problem):
                raise answer
            found += items_of(answer.data, "items")
        return found

    def walk(self) -> list[int]:
        """Return the ids of all deals, fifty pages a request."""
        found: list[int] = []
        while True:
            starts = range(len(found), len(found) + PAGE * PAGE, PAGE)
            page = self._read([listed(DEAL, {}, ("id", "title"), start=start) for start in starts])
            found += [int(item["id"]) for item in page]
            if len(page) < PAGE * PAGE:
                return found

    def read(self, ids: Sequence[int]) -> list[int]:
        """Return the ids of the deals that were asked for, fifty a command."""
        asked = [listed(DEAL, {"@id": tuple(map(str, part))}, ("id", "title")) for part in chunks(ids, PAGE)]
        return [int(item["id"]) for item in self._read(asked)]

    def update(self, ids: Sequence[int]) -> None:
        """Write one field of each."""
        for answer in self._client.run([updated(str(number), {"comments": COMMENT}) for number in ids], live):
            if isinstance(answer, Problem):
                raise answer

    def create(self, orders: Sequence[Order]) -> None:
        """Make contacts and deals; one whose answer is missing is looked up before it is made a second time."""
        contacts = self._contacts(orders)
        waiting = {order.number: order for order in orders}
        while waiting:
            writes = [_write(order, contacts[order.number]) for order in waiting.values()]
            answers = self._office.write(writes, live)
            doubtful = [order for key, order in waiting.items() if isinstance(answers[key], Unanswered)]
            done = [key for key, answer in answers.items() if not isinstance(answer, Problem)]
            if doubtful:
                seen = self._office.look(Look(origins=[_origin(order) for order in doubtful]), live).origins
                unknown = [order for order in doubtful if isinstance(seen[_origin(order)], Problem)]
                assert not unknown, unknown
                done += [order.number for order in doubtful if seen[_origin(order)]]
            for key in done:
                del waiting[key]
            if waiting and not done:
                self._clock.sleep(1)

    def _contacts(self, orders: Sequence[Order]) -> dict[int, RecordId]:
        """Make the buyers' contacts; where no answer came, the phone tells whether there is one already."""
        contacts: dict[int, RecordId] = {}
        waiting = {order.number: Customer(first_name=order.buyer, phone=order.phone) for order in orders}
        while waiting:
            answers = self._office.add_customers([NewCustomer(key, who) for key, who in waiting.items()], live)
            made = {key: answer for key, answer in answers.items() if not isinstance(answer, Problem)}
            doubtful = {key: waiting[key].keys()[0] for key, got in answers.items() if isinstance(got, Unanswered)}
            if doubtful:
                seen = self._office.look(Look(keys=list(doubtful.values())), live).keys
                assert not any(isinstance(found, Problem) for found in seen.values()), seen
                made |= {key: seen[phone][0] for key, phone in doubtful.items() if seen[phone]}
            contacts |= made
            waiting = {key: who for key, who in waiting.items() if key not in made}
            if waiting and not made:
                self._clock.sleep(1)
        return contacts


def live() -> None:
    """Let every request pass, as a wave of live orders does."""


def _origin(order: Order) -> Origin:
    return Origin("bench", OrderRef(StoreName("shop"), OrderId(str(order.number))), ProfileName("peers"))


def _write(order: Order, contact: RecordId) -> RecordWrite:
    lines = tuple(Line(name, Decimal(count), Decimal(price) * count) for name, price, count in GOODS)
    return RecordWrite(order.number, {"title": order.title, ROWS: lines}, origin=_origin(order), contacts=[contact])


@contextmanager
def ours(office: Office, clock: Clock, home: Path) -> Iterator[Ours]:
    """Connect and let go at the end."""
    peer = Ours(office, clock, home)
    try:
        yield peer
    finally:
        peer.close()
