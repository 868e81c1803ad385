"""Plain integrations of a shop and a portal, each written as its client's own documentation shows.

What a webhook asks for waits in a queue, as it does wherever a webhook is answered at once. A piece of work that
fails is tried again a second later, up to ten times; what came of it so far - contacts, deals - is kept, in a table of
the integration's own. What its own writes make the other side ring is known by the last status sent or seen.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

from job_shop import PIPELINE, STAGES, STATUSES, Order
from peer_orders import PAGE, chunks

TRIES = 10
"""How often a piece of work is tried that a webhook has asked for."""

AGAIN = 1000
"""How often one of the past is tried, a minute apart: somebody waits for it, and starts it again."""

PORTION = 1000
"""Orders of the past that are sent together."""

SWEEP = timedelta(minutes=5)

T = TypeVar("T")


class Unfinished(Exception):
    """Not all commands of a batch were carried out."""


class Plain:
    """What the integrations have in common: the shop, the table of what is known, and the queue's patience."""

    name = ""
    fails: tuple[type[Exception], ...] = ()
    """What its client raises where the portal did not do, or did not say, what it was asked."""

    def __init__(self, clock: Any) -> None:
        """Take the portal's clock; nothing is sent yet."""
        self.clock = clock
        self.shop: dict[int, Order] = {}
        self.contacts: dict[int, int] = {}
        self.deals: dict[int, int] = {}
        self.whole: set[int] = set()
        self.tries, self.pause = TRIES, 1
        self.seen: dict[int, str] = {}

    def place(self, numbers: Sequence[int]) -> None:
        """Have customers order."""
        self.shop |= {number: Order(number) for number in numbers}

    def save(self, numbers: Sequence[int], status: str) -> None:
        """Let the shop's people set a status."""
        for number in numbers:
            self.shop[number].status = status

    def statuses(self) -> dict[int, str]:
        """Return the status of each order."""
        return {number: order.status for number, order in self.shop.items()}

    def insist(self, work: Callable[[], T]) -> T | None:
        """Do a piece of work, again where it fails; None where it fails for good, which a log would tell."""
        for _ in range(self.tries):
            try:
                return work()
            except self.fails:
                self.clock.sleep(self.pause)
        return None

    def ordered(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of new orders."""
        raise NotImplementedError

    def before(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of orders that are not measured."""
        self.ordered(numbers)

    def past(self, numbers: Sequence[int]) -> None:
        """Make deals of orders of the past, as if they were new."""
        self.tries, self.pause = AGAIN, 60
        for part in chunks(numbers, PORTION):
            self.ordered(part)

    def sweep(self) -> None:
        """Ask which deals have changed since the last time, five minutes ago."""
        self._take({">=DATE_MODIFY": (self.clock.now() - SWEEP).isoformat()})

    def compare(self) -> None:
        """Read the stages of all deals, and compare them with the orders' statuses."""
        self._take({})

    def _take(self, only: dict[str, str]) -> None:
        orders = {deal: number for number, deal in self.deals.items()}
        asked = {"filter": {"CATEGORY_ID": PIPELINE, **only}, "select": ["ID", "STAGE_ID"]}
        for row in self.insist(lambda: self.listed(asked)) or []:
            if int(row["ID"]) in orders:
                self.heard(orders[int(row["ID"])], row["STAGE_ID"])

    def listed(self, asked: dict[str, Any]) -> Sequence[dict[str, str]]:
        """Return the deals of a filter."""
        raise NotImplementedError

    def moved_in_shop(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of orders whose status may be new; what the portal is known to show is not sent."""
        news = [
            number for number in dict.fromkeys(numbers)
            if number in self.deals and STAGES[self.shop[number].status] != self.seen.get(number)
        ]  # fmt: skip
        self.tell_portal(news)

    def moved_in_portal(self, deals: Sequence[int]) -> None:
        """Take the events of changed deals, which carry an id and nothing else."""
        orders = {deal: number for number, deal in self.deals.items()}
        self.ask_portal([deal for deal in deals if deal in orders], orders)

    def tell_portal(self, numbers: Sequence[int]) -> None:
        """Set the stages of these orders' deals."""
        raise NotImplementedError

    def ask_portal(self, deals: Sequence[int], orders: dict[int, int]) -> None:
        """Read deals and give their orders the statuses of their stages."""
        raise NotImplementedError

    def heard(self, number: int, stage: str) -> None:
        """Give an order the status of its deal's stage."""
        self.seen[number] = stage
        if stage in STATUSES and STATUSES[stage] != self.shop[number].status:
            self.shop[number].status = STATUSES[stage]

    def sent(self, number: int) -> None:
        """Note that the portal shows an order's status."""
        self.seen[number] = STAGES[self.shop[number].status]

    def made(self, number: int, deal: int) -> None:
        """Note an order's deal."""
        self.deals[number] = deal
        self.sent(number)


class Official(Plain):
    """b24pysdk, a handler a webhook: look for the contact, add it, then the deal and its rows in one batch."""

    name = "b24pysdk, a handler a webhook"

    def __init__(self, domain: str, code: str, near: str, clock: Any) -> None:
        """Take the portal's webhook; retries of the client wait on the portal's clock."""
        import b24pysdk  # noqa: PLC0415 - each client is imported where it alone is measured
        import b24pysdk.api.requesters._base_requester as requester  # noqa: PLC0415 - see above

        self.where = domain, code, near, clock
        super().__init__(clock)
        requester.time = SimpleNamespace(sleep=clock.sleep)  # type: ignore[assignment]
        self.fails = (b24pysdk.errors.BitrixSDKException, Unfinished)
        self.token = b24pysdk.BitrixWebhook(domain=domain, webhook_token=code)
        self.client = b24pysdk.Client(self.token)

    def ordered(self, numbers: Sequence[int]) -> None:
        """Make a deal of each order in turn."""
        for number in numbers:
            self.insist(lambda order=self.shop[number]: self._make(order))

    def before(self, numbers: Sequence[int]) -> None:
        """Make them in batches, to be done sooner."""
        quick = OfficialBatches(*self.where)
        quick.shop = self.shop
        quick.ordered(numbers)
        self.contacts, self.deals, self.seen = quick.contacts, quick.deals, quick.seen

    def _make(self, order: Order) -> None:
        crm = self.client.crm
        if order.number not in self.contacts:
            found = crm.duplicate.findbycomm("PHONE", [order.phone], entity_type="CONTACT").result
            known = found["CONTACT"][0] if found else crm.contact.add(order.contact).result
            self.contacts[order.number] = int(known)
        batch = {
            "deal": ("crm.deal.add", {"fields": order.deal(self.contacts[order.number])}),
            "rows": ("crm.deal.productrows.set", {"id": "$result[deal]", "rows": order.rows}),
        }
        done = self.token.call_batch(batch)["result"]["result"]
        self.made(order.number, int(done["deal"]))

    def listed(self, asked: dict[str, Any]) -> Sequence[dict[str, str]]:
        """Return the deals of a filter, which the client pages through in batches."""
        return list(self.token.call_list_fast("crm.deal.list", asked)["result"])

    def tell_portal(self, numbers: Sequence[int]) -> None:
        """Update one deal after the other."""
        for number in numbers:
            fields = {"STAGE_ID": STAGES[self.shop[number].status]}
            done = self.insist(lambda deal=self.deals[number], fields=fields: self._update(deal, fields))
            if done:
                self.sent(number)

    def _update(self, deal: int, fields: dict[str, str]) -> bool:
        return bool(self.client.crm.deal.update(deal, fields).result)

    def ask_portal(self, deals: Sequence[int], orders: dict[int, int]) -> None:
        """Read one deal after the other."""
        for deal in deals:
            found = self.insist(lambda deal=deal: self.client.crm.deal.get(deal).result)
            if found:
                self.heard(orders[deal], found["STAGE_ID"])


class OfficialBatches(Official):
    """b24pysdk whose queue is emptied fifty orders at a time, in batches."""

    name = "b24pysdk, its queue in batches"

    def ordered(self, numbers: Sequence[int]) -> None:
        """Make the contacts of fifty orders that have none, then their deals, each followed by its rows."""
        for part in chunks([self.shop[number] for number in numbers], PAGE):
            self.insist(lambda part=part: self._make_all(part))

    def _make_all(self, part: Sequence[Order]) -> None:
        new = {str(order.number): order for order in part if order.number not in self.contacts}
        find = {"type": "PHONE", "entity_type": "CONTACT"}
        found = self._batch(
            {key: ("crm.duplicate.findbycomm", {**find, "values": [one.phone]}) for key, one in new.items()}
        )
        self.contacts |= {int(key): int(known["CONTACT"][0]) for key, known in found.items() if known}
        unknown = {key: order for key, order in new.items() if order.number not in self.contacts}
        added = self._batch({key: ("crm.contact.add", {"fields": one.contact}) for key, one in unknown.items()})
        self.contacts |= {int(key): int(contact) for key, contact in added.items()}
        if len(found) + len(added) < len(new) + len(unknown):
            raise Unfinished
        for half in chunks([order for order in part if order.number not in self.whole], PAGE // 2):
            self._make_deals(half)

    def _make_deals(self, half: Sequence[Order]) -> None:
        calls: dict[str, Any] = {}
        for one in half:
            if one.number not in self.deals:
                calls[f"d{one.number}"] = ("crm.deal.add", {"fields": one.deal(self.contacts[one.number])})
            deal = self.deals.get(one.number, f"$result[d{one.number}]")
            calls[f"r{one.number}"] = ("crm.deal.productrows.set", {"id": deal, "rows": one.rows})
        done = self._batch(calls)
        for one in half:
            if f"d{one.number}" in done:
                self.made(one.number, int(done[f"d{one.number}"]))
        self.whole |= {one.number for one in half if f"r{one.number}" in done}
        if len(done) < len(calls):
            raise Unfinished

    def _batch(self, calls: dict[str, Any]) -> dict[str, Any]:
        return dict(self.token.call_batch(calls)["result"]["result"]) if calls else {}

    def tell_portal(self, numbers: Sequence[int]) -> None:
        """Update fifty deals at a time."""
        for part in chunks(numbers, PAGE):
            calls = {
                str(number): ("crm.deal.update",
                              {"id": self.deals[number], "fields": {"STAGE_ID": STAGES[self.shop[number].status]}})
                for number in part
            }  # fmt: skip
            for number in self.insist(lambda calls=calls: self._batch(calls)) or {}:
                self.sent(int(number))

    def ask_portal(self, deals: Sequence[int], orders: dict[int, int]) -> None:
        """Read fifty deals at a time, each once."""
        for part in chunks(list(dict.fromkeys(deals)), PAGE):
            calls = {str(deal): ("crm.deal.get", {"id": deal}) for deal in part}
            for deal, found in (self.insist(lambda calls=calls: self._batch(calls)) or {}).items():
                self.heard(orders[int(deal)], found["STAGE_ID"])


class Fast(Plain):
    """fast-bitrix24, whose documentation asks for lists: all that waits is one call a step."""

    name = "fast-bitrix24, its queue in lists"

    def __init__(self, domain: str, code: str, near: str, clock: Any) -> None:
        """Take the portal's webhook; its limiter and all its sleeps are on the portal's clock."""
        import aiohttp  # noqa: PLC0415 - each client is imported where it alone is measured
        import fast_bitrix24.throttle  # noqa: PLC0415 - see above
        from fast_bitrix24.server_response import ErrorInServerResponseException  # noqa: PLC0415 - see above

        import virtual_loop  # noqa: PLC0415 - see above

        del domain
        super().__init__(clock)
        fast_bitrix24.throttle.time = SimpleNamespace(monotonic=lambda: clock.now().timestamp())  # type: ignore[assignment]
        self.fails = (aiohttp.ClientError, RuntimeError, TimeoutError, ErrorInServerResponseException, Unfinished)
        self._runner = virtual_loop.runner(clock)

        async def opened() -> Any:
            return virtual_loop.session()

        self._session = self._runner.run(opened())
        self._bitrix = fast_bitrix24.BitrixAsync(f"https://{near}/rest/{code}/", verbose=False, client=self._session)

    def close(self) -> None:
        """Let the connections go."""
        self._runner.run(self._session.close())
        self._runner.close()

    def _run(self, work: Callable[[Any], Any]) -> Any:
        """Do one step, one request at a time: what its documentation advises whom the portal has refused."""

        async def inside() -> Any:
            with self._bitrix.slow():
                return await work(self._bitrix)

        return self._runner.run(inside())

    def _call(self, method: str, items: Sequence[dict[str, Any]]) -> list[Any]:
        """Return the answer to each; one item is answered by itself, without a list around it.

        Raises `Unfinished` where one is lacking: of a refused request the client says nothing but None, once for all
        that was in it, so that nobody can tell which items were done.
        """
        found = self._run(lambda bitrix: bitrix.call(method, items)) if items else []
        answers = list(found) if isinstance(found, list | tuple) else [found]
        if len(answers) < len(items) or None in answers:
            raise Unfinished
        return answers

    def ordered(self, numbers: Sequence[int]) -> None:
        """Make the contacts of all orders that have none, then all deals, then all rows."""
        self.insist(lambda: self._make_all([self.shop[number] for number in numbers]))

    def _make_all(self, orders: Sequence[Order]) -> None:
        new = [order for order in orders if order.number not in self.contacts]
        self.contacts |= self._run(lambda bitrix: self._found(bitrix, new)) if new else {}
        unknown = [order for order in new if order.number not in self.contacts]
        added = self._call("crm.contact.add", [{"fields": order.contact} for order in unknown])
        self.contacts |= {order.number: int(one) for order, one in zip(unknown, added, strict=True)}
        waiting = [order for order in orders if order.number not in self.deals]
        deals = self._call("crm.deal.add", [{"fields": order.deal(self.contacts[order.number])} for order in waiting])
        for order, deal in zip(waiting, deals, strict=True):
            self.made(order.number, int(deal))
        bare = [order for order in orders if order.number not in self.whole]
        rows = [{"id": self.deals[order.number], "rows": order.rows} for order in bare]
        self._call("crm.deal.productrows.set", rows)
        self.whole |= {order.number for order in bare}

    async def _found(self, bitrix: Any, orders: Sequence[Order]) -> dict[int, int]:
        """Look for contacts in batches of its user's own: `call` drops the empty answers among a list's."""
        from fast_bitrix24.utils import http_build_query  # noqa: PLC0415 - see above

        find = {"type": "PHONE", "entity_type": "CONTACT"}
        cmd = {
            f"c{order.number}": f"crm.duplicate.findbycomm?{http_build_query({**find, 'values': [order.phone]})}"
            for order in orders
        }
        batches = [bitrix.call_batch({"halt": 0, "cmd": dict(part)}) for part in chunks(list(cmd.items()), PAGE)]
        answers = await asyncio.gather(*batches)
        found = {key: known for answer in answers for key, known in answer.items() if known}
        return {int(key[1:]): int(known["CONTACT"][0]) for key, known in found.items()}

    def listed(self, asked: dict[str, Any]) -> Sequence[dict[str, str]]:
        """Return the deals of a filter, which the client pages through in batches."""
        return list(self._run(lambda bitrix: bitrix.get_all("crm.deal.list", asked)))

    def tell_portal(self, numbers: Sequence[int]) -> None:
        """Update all deals in one call."""
        items = [
            {"ID": self.deals[number], "fields": {"STAGE_ID": STAGES[self.shop[number].status]}} for number in numbers
        ]
        if self.insist(lambda: self._call("crm.deal.update", items)):
            for number in numbers:
                self.sent(number)

    def ask_portal(self, deals: Sequence[int], orders: dict[int, int]) -> None:
        """Read all deals in one call, each once."""
        ids = list(dict.fromkeys(deals))
        rows = self.insist(lambda: self._run(lambda bitrix: bitrix.get_by_ID("crm.deal.get", ids))) if ids else {}
        for deal, found in (rows or {}).items():
            self.heard(orders[int(deal)], found["STAGE_ID"])
