"""The store itself: reads fifty orders a request, writes each order's changes with its read-back in one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sverka.connectors.bitrix_site import catalogue, check, notices, signing
from sverka.connectors.bitrix_site.api import BATCH, Api, chunks
from sverka.connectors.bitrix_site.changes import placed_since, saved_since
from sverka.connectors.bitrix_site.creating import Usual, new_order, rest_of
from sverka.connectors.bitrix_site.dictionary import Dictionary, Words, listed
from sverka.connectors.bitrix_site.goods import new_codes
from sverka.connectors.bitrix_site.jobs import Job, get, run, tree_of
from sverka.connectors.bitrix_site.mark import code_of, mark_of
from sverka.connectors.bitrix_site.module import Module
from sverka.connectors.bitrix_site.orders import Reader
from sverka.connectors.bitrix_site.patching import patch
from sverka.connectors.bitrix_site.rows import real_shipments
from sverka.connectors.bitrix_site.sections import Sections, by_code, records
from sverka.connectors.bitrix_site.writing import lost_files
from sverka.connectors.kit import Kit, not_sent
from sverka.connectors.kit.files import download
from sverka.domain.commerce.money import amount_of
from sverka.domain.commerce.value import FileRef, Value
from sverka.domain.errors import Gone, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.routing import SECTIONS
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.files import Fetched, Upload
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.history import Placed
from sverka.ports.notices import Notice
from sverka.ports.sections import Path
from sverka.ports.store import NewOrderWrite, OrderWrite, StoreCan, Wrote


class BitrixSite:
    """A shop on 1C-Bitrix. Deletions are told by an event only; a sweep does not see them."""

    can = StoreCan(writes=catalogue.WRITES, signs_notices=True, keeps_mark=True)

    def __init__(
        self, webhook: str, application_token: str, kit: Kit, site: str = "", buyer: str = "", module_secret: str = ""
    ) -> None:
        """Take an inbound webhook's whole address and the token of the outbound one (empty: no event is trusted).

        Orders made of deals go to that `site`, empty the newest order's; they stand on the user with the id `buyer`,
        empty the webhook's owner. With a `module_secret` the site's module is asked first, and REST where it is silent.
        """
        self._api = Api(webhook, kit)
        self._token = application_token
        self._kit = kit
        self._site, self._shared = site, buyer or self._api.user
        self._words = Dictionary(self._api, kit.clock)
        self._sections = Sections(self._api, kit.clock)
        self._module = Module(self._api.root, module_secret, kit) if module_secret else None
        if self._module:
            self._api.mark = self._module.mark
        self._reader = Reader(self._api.site, kit.region, kit.hub, self._shared)

    def __repr__(self) -> str:
        return f"BitrixSite({self._api.site})"

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now, fifty a request; `Gone` where there is none."""
        trees, words = self._trees(orders, guard)
        return {id_: tree if isinstance(tree, Problem) else self._shown(tree, words) for id_, tree in trees.items()}

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields; an order's commands and its read-back share a request.

        The orders are read first: properties are rewritten all together and parts are updated by their ids. What is
        refused among other fields is tried once more by itself (K18).
        """
        wanted: dict[OrderId, dict[str, Value]] = {}
        files: dict[OrderId, dict[str, Sequence[FileRef | Upload]]] = {}
        for write in writes:
            wanted.setdefault(write.order, {}).update(write.fields)
            files.setdefault(write.order, {}).update(write.files)
        trees, words = self._trees(wanted, guard)
        done: dict[OrderId, Wrote | Problem] = {}
        words = self._with_goods(words, wanted, trees, guard)
        jobs = []
        for id_, fields in wanted.items():
            tree = trees[id_]
            if isinstance(tree, Problem):
                done[id_] = tree
            else:
                jobs.append(Job(id_, fields, files[id_], tree, words))
        if self._module:
            patch(self._module, jobs, guard)
        run(self._api, jobs, guard)
        return done | {job.order: self._settled(job) for job in jobs}

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make orders, each marked from its first command on, and then fill them as any order is written.

        Whatever breaks off after that first command is `Unanswered`: the order is there, and is found by its mark.
        """
        done: dict[int, Wrote | Problem] = {}
        begun: dict[int, OrderId] = {}
        try:
            words, usual = self._words.words(guard), self._usual(guard)
            commands = {new.key: new_order(new, words, usual, self._kit.hub) for new in orders}
        except Problem as problem:
            return dict.fromkeys((new.key for new in orders), not_sent(problem))
        for part in chunks(orders, BATCH):
            try:
                answers = self._api.run({f"n{new.key}": commands[new.key] for new in part}, guard)
            except Problem as problem:
                done |= dict.fromkeys((new.key for new in part), problem)
                continue
            for new in part:
                tree = tree_of(answers[f"n{new.key}"])
                if isinstance(answers[f"n{new.key}"], Problem):
                    done[new.key] = answers[f"n{new.key}"]
                elif isinstance(tree, Problem):
                    done[new.key] = Unanswered()
                else:
                    begun[new.key] = OrderId(str(tree["id"]))
        writes = [OrderWrite(begun[new.key], rest_of(new.fields)) for new in orders if new.key in begun]
        wrote = self.write(writes, guard) if writes else {}
        for new in orders:
            if new.key in begun:
                done[new.key] = self._made(begun[new.key], rest_of(new.fields), wrote[begun[new.key]], guard)
        return done

    def _made(
        self, id_: OrderId, fields: Mapping[str, Value], answer: Wrote | Problem, guard: Guard
    ) -> Wrote | Problem:
        """Return what making an order led to, by what filling it did."""
        if isinstance(answer, Wrote):
            return answer
        shown = self.read([id_], guard)[id_] if isinstance(answer, Rejected) else answer
        return Unanswered() if isinstance(shown, Problem) else Wrote(shown, dict.fromkeys(fields, answer))

    def _usual(self, guard: Guard) -> Usual:
        """Return what a new order has that no deal tells, as the newest order of the shop has it."""
        newest = next(iter(self._words.newest(guard)), {})
        site, currency = str(newest.get("lid") or "s1"), str(newest.get("currency") or "RUB")
        return Usual(self._site or site, currency, self._shared)

    def _with_goods(
        self, words: Words, wanted: Mapping[OrderId, Mapping[str, Value]], trees: Mapping[OrderId, Any], guard: Guard
    ) -> Words:
        """Add what rows that are new to an order may mean: its first delivery, products of the catalogue."""
        known = {id_: tree for id_, tree in trees.items() if not isinstance(tree, Problem)}
        codes = {code for id_, tree in known.items() for code in new_codes(tree, wanted[id_])}
        services, products = dict[str, str](), dict[str, str]()
        try:
            if any("lines" in wanted[id_] and not real_shipments(tree) for id_, tree in known.items()):
                services |= self._words.services("sale.delivery.getlist", guard)
            if codes:
                products |= by_code(self._api, codes, guard)
        except Problem:  # without them rows are goods of no catalogue, as the site takes them too
            return replace(words, services=services)
        return replace(words, services=services, products=products)

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Return the orders that carry each mark, oldest first."""
        found: dict[str, list[OrderId]] = {mark: [] for mark in marks}
        for part in chunks(list(found), BATCH):
            where = {
                "select": ["id", "xmlId"],
                "order": {"id": "asc"},
                "filter": {"@xmlId": [code_of(mark, self._kit.hub) for mark in part]},
            }
            try:
                rows = listed(self._api, "sale.order.list", "orders", guard, **where)
            except Problem as problem:
                raise not_sent(problem) from problem
            for row in rows:
                found.get(mark_of(row, self._kit.hub), []).append(OrderId(str(row["id"])))
        shown = self.read([id_ for ids in found.values() for id_ in ids], guard)
        return {mark: _all([shown[id_] for id_ in ids]) for mark, ids in found.items()}

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of an order's property from the site's own upload directory."""
        del owner
        address = self._api.site + quote(ref.where) if ref.where.startswith("/") else ref.where
        return download(self._kit, self._api.site, address, ref.name, limit, guard)

    def add_status(self, id_: str, name: str, guard: Guard = free) -> None:
        """Make an order status of one or two characters, and name it in Russian and English."""
        if id_ in self._words.statuses(guard):
            return
        if not 1 <= len(id_) <= 2:
            raise Rejected(
                Text(
                    f"A status of the site has an id of one or two characters, and {id_!r} has more; rename it.",
                    f"Код статуса на сайте – один или два символа, а у {id_!r} их больше; переименуйте.",
                )
            )
        self._api.call("sale.status.add", {"fields": {"id": id_, "type": "O", "notify": "N"}}, guard)
        for language in ("ru", "en"):
            self._api.call("sale.statusLang.add", {"fields": {"statusId": id_, "lid": language, "name": name}}, guard)

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every order saved at or after the moment, oldest save first; one saved meanwhile hides no other."""
        return saved_since(self._api, moment)

    def placed_since(self, moment: datetime, guard: Guard = free) -> Iterator[Placed]:
        """Yield every order placed at or after the moment, in the order of their ids."""
        return placed_since(self._api, moment, guard)

    def sections(self, products: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Path]]:
        """Return the sections of the catalogue that products stand in; what was read is kept for a while."""
        return self._sections.of(products, guard)

    def stock(self, products: Collection[str], guard: Guard) -> Mapping[str, Decimal]:
        """Return what is left of products of the catalogue whose quantity the site counts, fifty a request."""
        rows = records(self._api, "product", products, guard)
        counted = {id_: row["quantity"] for id_, row in rows.items() if row.get("quantityTrace") != "N"}
        return {id_: amount_of(left) for id_, left in counted.items() if left not in (None, "")}

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify the module's message by its signature, an event by its token; raises `Forged` where it is not ours."""
        if self._module and signing.is_signed(headers):
            return self._module.notices(headers, body)
        return notices.read(body, self._token)

    def catalogue(self) -> Sequence[Field]:
        """Return the orders' fields with the shop's statuses, services and properties."""
        options: dict[str, Mapping[str, str]] = {
            "status": self._words.statuses(free),
            "delivery.status": self._words.statuses(free, "D"),
        }
        for key, method in (("payment.method", "sale.paysystem.list"), ("delivery.method", "sale.delivery.getlist")):
            options[key] = self._words.services(method, free)
        options[SECTIONS] = self._sections.names()
        options["channel"] = self._words.platforms(free)
        return catalogue.fields_of(self._words.anew(free), options)

    def check(self) -> Sequence[Finding]:
        """Try the webhook, its scopes and its owner's rights."""
        found = check.findings(self._api, self._words, has_token=bool(self._token or self._module))
        return [*found, *self._module.findings()] if self._module else found

    def close(self) -> None:
        """Let the connections go."""
        self._api.close()
        if self._module:
            self._module.close()

    def _trees(
        self, orders: Collection[OrderId], guard: Guard
    ) -> tuple[dict[OrderId, Mapping[str, Any] | Problem], Words]:
        """Read payloads and the dictionaries that explain them; a request that failed is a `Problem` of its orders."""
        found: dict[OrderId, Mapping[str, Any] | Problem] = {id_: Gone() for id_ in orders if not id_.isdigit()}
        for part in chunks([id_ for id_ in dict.fromkeys(orders) if id_.isdigit()], BATCH):
            try:
                found.update(self._some(part, guard))
            except Problem as problem:
                found.update(dict.fromkeys(part, not_sent(problem)))
        trees = [tree for tree in found.values() if not isinstance(tree, Problem)]
        try:
            return found, self._words.covering(trees, guard) if trees else Words()
        except Problem as problem:
            return {id_: t if isinstance(t, Problem) else not_sent(problem) for id_, t in found.items()}, Words()

    def _some(self, part: Sequence[OrderId], guard: Guard) -> Mapping[OrderId, Mapping[str, Any] | Problem]:
        """Read up to fifty payloads, from the module where it answers."""
        shown = self._module.trees(part, guard) if self._module else None
        if shown is not None:
            return shown
        answers = self._api.run({f"o{id_}": get(id_) for id_ in part}, guard)
        return {id_: tree_of(answers[f"o{id_}"]) for id_ in part}

    def _shown(self, tree: Mapping[str, Any], words: Words) -> Snapshot | Problem:
        try:
            return self._reader.snapshot(tree, words, has_module=self._module is not None)
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
            return Rejected(
                Text(
                    f"The order's data cannot be read ({type(error).__name__}); look at it on the site, then retry.",
                    f"Данные заказа не читаются ({type(error).__name__}); посмотрите заказ на сайте и повторите.",
                )
            )

    def _settled(self, job: Job) -> Wrote | Problem:
        if job.problem is not None:
            return job.problem
        refused = {**job.parts.refused, **lost_files(job.before, job.tree, job.keys, job.words)}
        if refused and len(refused) == len(job.keys) == 1:
            return next(iter(refused.values()))
        shown = self._shown(job.tree, job.words)
        return shown if isinstance(shown, Problem) else Wrote(shown, refused)


def _all(shown: Sequence[Snapshot | Problem]) -> Sequence[Snapshot] | Problem:
    """Return what orders show, those gone meanwhile left out, or the problem that one of them met."""
    problems = [one for one in shown if isinstance(one, Problem) and not isinstance(one, Gone)]
    return problems[0] if problems else [one for one in shown if isinstance(one, Snapshot)]
