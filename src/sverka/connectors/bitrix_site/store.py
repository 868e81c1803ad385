"""The store itself: reads fifty orders a request, writes each order's changes with its read-back in one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sverka.connectors.bitrix_site import catalogue, check, notices
from sverka.connectors.bitrix_site.api import BATCH, Api, Command, chunks
from sverka.connectors.bitrix_site.dictionary import Dictionary, Words, listed
from sverka.connectors.bitrix_site.orders import Reader, moment_of
from sverka.connectors.bitrix_site.sections import Sections
from sverka.connectors.bitrix_site.writing import Parts, keys_of, lost_files, parts_of
from sverka.connectors.kit import Kit, MakesNoOrders
from sverka.connectors.kit.files import download
from sverka.domain.commerce.value import FileRef, Value
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.routing import SECTIONS
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.files import Fetched, Files
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice, Subject
from sverka.ports.sections import Path
from sverka.ports.store import OrderWrite, StoreCan, Wrote

_PAGE = 50


@dataclass
class _Job:
    """One order's write on its way: what it showed, what is still to be sent, what was refused."""

    order: OrderId
    fields: Mapping[str, Value]
    tree: Mapping[str, Any]
    parts: Parts
    before: Mapping[str, Any] = field(default_factory=dict)
    landed: bool = False
    failed: list[Problem] = field(default_factory=list)
    files: Files = field(default_factory=dict)

    @property
    def keys(self) -> Collection[str]:
        """The keys of all that is to be set."""
        return [*self.fields, *self.files]


class BitrixSite(MakesNoOrders):
    """A shop on 1C-Bitrix. Deletions are told by an event only; a sweep does not see them."""

    can = StoreCan(writes=catalogue.WRITES, signs_notices=True, keeps_mark=False)

    def __init__(self, webhook: str, application_token: str, kit: Kit) -> None:
        """Take an inbound webhook's whole address and the token of the outbound one (empty: no event is trusted)."""
        self._api = Api(webhook, kit)
        self._token = application_token
        self._kit = kit
        self._words = Dictionary(self._api, kit.clock)
        self._sections = Sections(self._api, kit.clock)
        self._reader = Reader(self._api.site, kit.region)

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
        for write in writes:
            wanted.setdefault(write.order, {}).update(write.fields)
        files = {write.order: write.files for write in writes}
        trees, words = self._trees(wanted, guard)
        done: dict[OrderId, Wrote | Problem] = {}
        jobs = []
        for id_, fields in wanted.items():
            tree = trees[id_]
            if isinstance(tree, Problem):
                done[id_] = tree
            else:
                parts = parts_of(tree, fields, words, files[id_])
                jobs.append(_Job(id_, fields, tree, parts, before=tree, files=files[id_]))
        for batch in _packed(jobs):
            self._send(batch, guard)
        for job in jobs:
            self._one_by_one(job, words, guard)
            done[job.order] = self._settled(job, words)
        return done

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
        """Yield every order saved at or after the moment, oldest save first.

        Each page starts at the last save seen and not at a row's number: an order saved meanwhile moves to the end,
        and counting rows would step over its neighbour.
        """
        since = moment.astimezone(UTC).replace(microsecond=0).isoformat() if moment else ""
        seen: set[tuple[str, str]] = set()
        start = 0
        while True:
            page = self._page(since, start)
            for row in page:
                key = (str(row["id"]), str(row.get("dateUpdate") or ""))
                if key not in seen:
                    seen.add(key)
                    yield Notice(Subject.ORDER, key[0], "changed", moment_of(key[1]))
            if len(page) < _PAGE:
                return
            last = str(page[-1].get("dateUpdate") or "")
            since, start = (last, 0) if last != since else (since, start + _PAGE)

    def sections(self, products: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Path]]:
        """Return the sections of the catalogue that products stand in; what was read is kept for a while."""
        return self._sections.of(products, guard)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:  # noqa: ARG002 - the token is in the body
        """Verify an event by its application token; raises `Forged` where it is not ours."""
        return notices.read(body, self._token)

    def catalogue(self) -> Sequence[Field]:
        """Return the orders' fields with the shop's statuses, services and properties."""
        options: dict[str, Mapping[str, str]] = {"status": self._words.statuses(free)}
        for key, method in (("payment.method", "sale.paysystem.list"), ("delivery.method", "sale.delivery.getlist")):
            options[key] = self._names(method)
        options[SECTIONS] = self._sections.names()
        return catalogue.fields_of(self._words.anew(free), options)

    def check(self) -> Sequence[Finding]:
        """Try the webhook, its scopes and its owner's rights."""
        return check.findings(self._api, self._words, has_token=bool(self._token))

    def close(self) -> None:
        """Let the connections go."""
        self._api.close()

    def _trees(
        self, orders: Collection[OrderId], guard: Guard
    ) -> tuple[dict[OrderId, Mapping[str, Any] | Problem], Words]:
        """Read payloads and the dictionaries that explain them; a request that failed is a `Problem` of its orders."""
        found: dict[OrderId, Mapping[str, Any] | Problem] = {id_: Gone() for id_ in orders if not id_.isdigit()}
        for part in chunks([id_ for id_ in dict.fromkeys(orders) if id_.isdigit()], BATCH):
            try:
                answers = self._api.run({f"o{id_}": _get(id_) for id_ in part}, guard)
                found.update({id_: _tree(answers[f"o{id_}"]) for id_ in part})
            except Problem as problem:
                found.update(dict.fromkeys(part, _not_sent(problem)))
        trees = [tree for tree in found.values() if not isinstance(tree, Problem)]
        try:
            return found, self._words.covering(trees, guard) if trees else Words()
        except Problem as problem:
            return {id_: t if isinstance(t, Problem) else _not_sent(problem) for id_, t in found.items()}, Words()

    def _shown(self, tree: Mapping[str, Any], words: Words) -> Snapshot | Problem:
        try:
            return self._reader.snapshot(tree, words)
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
            return Rejected(
                Text(
                    f"The order's data cannot be read ({type(error).__name__}); look at it on the site, then retry.",
                    f"Данные заказа не читаются ({type(error).__name__}); посмотрите заказ на сайте и повторите.",
                )
            )

    def _send(self, jobs: Sequence[_Job], guard: Guard) -> None:
        """Send the commands of some orders in one request, each order's read-back after its own."""
        commands: dict[str, Command] = {}
        for job in jobs:
            for index, part in enumerate(job.parts.commands):
                commands[f"o{job.order}_{index}"] = part.command
            commands[f"o{job.order}_get"] = _get(job.order)
        try:
            answers = self._api.run(commands, guard)
        except Problem as problem:
            for job in jobs:
                job.failed.append(problem)
            return
        for job in jobs:
            _take(job, answers)

    def _one_by_one(self, job: _Job, words: Words, guard: Guard) -> None:
        """Try each field of a refused command by itself, on what the order shows by then."""
        refused = [part for part in job.parts.commands if part.keys[0] in job.parts.refused]
        together = keys_of([part for part in refused if len(part.keys) > 1])
        if job.failed:
            return
        for key in sorted(together):
            del job.parts.refused[key]
            fields = {key: job.fields[key]} if key in job.fields else {}
            files = {key: job.files[key]} if key in job.files else {}
            again = parts_of(job.tree, fields, words, files)
            job.parts.refused.update(again.refused)
            job.parts.commands = again.commands
            self._send([job], guard)
            if job.failed:
                return

    def _settled(self, job: _Job, words: Words) -> Wrote | Problem:
        if job.failed:
            same = len({type(problem) for problem in job.failed}) == 1
            return job.failed[0] if same and not job.landed else Unanswered()
        refused = {**job.parts.refused, **lost_files(job.before, job.tree, job.keys, words)}
        if refused and len(refused) == len(job.keys) == 1:
            return next(iter(refused.values()))
        shown = self._shown(job.tree, words)
        return shown if isinstance(shown, Problem) else Wrote(shown, refused)

    def _page(self, since: str, start: int) -> Sequence[Mapping[str, Any]]:
        params: dict[str, Any] = {
            "select": ["id", "dateUpdate", "version"],
            "order": {"dateUpdate": "asc", "id": "asc"},
            "start": start,
        }
        if since:
            params["filter"] = {">=dateUpdate": since}
        rows: Sequence[Mapping[str, Any]] = self._api.call("sale.order.list", params, free)["result"]["orders"]
        return rows

    def _names(self, method: str) -> Mapping[str, str]:
        """Return what an old-style list holds by id; nothing where the webhook may not read it."""
        try:
            rows = listed(self._api, method, "", free)
        except (Rejected, AuthLost, Misconfigured):
            return {}
        return {str(row.get("ID")): str(row.get("NAME") or row.get("ID")) for row in rows}


def _get(id_: OrderId) -> Command:
    return Command("sale.order.get", {"id": id_})


def _tree(answer: Any) -> Mapping[str, Any] | Problem:
    if isinstance(answer, Problem):
        return _not_sent(answer)
    tree = answer.get("order") if isinstance(answer, dict) else None
    return tree if isinstance(tree, dict) else Gone()


def _not_sent(problem: Problem) -> Problem:
    """Return what a failed read means: nothing was written, so one without an answer is only late."""
    return Later() if isinstance(problem, Unanswered) else problem


def _take(job: _Job, answers: Mapping[str, Any]) -> None:
    """Sort the answers to one order's commands."""
    for index, part in enumerate(job.parts.commands):
        answer = answers[f"o{job.order}_{index}"]
        if isinstance(answer, Rejected):
            job.parts.refused.update(dict.fromkeys(part.keys, answer))
        elif isinstance(answer, Problem):
            job.failed.append(answer)
        else:
            job.landed = True
    shown = answers[f"o{job.order}_get"]
    tree = _tree(shown)
    if isinstance(tree, Problem):
        job.failed.append(tree)
    else:
        job.tree = tree


def _packed(jobs: Sequence[_Job]) -> Iterator[Sequence[_Job]]:
    """Group orders so that the commands of one are never split over two requests."""
    batch: list[_Job] = []
    size = 0
    for job in jobs:
        need = len(job.parts.commands) + 1
        if batch and size + need > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(job)
        size += need
    if batch:
        yield batch
