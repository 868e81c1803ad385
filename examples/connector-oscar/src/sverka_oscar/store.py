"""The store itself."""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sverka.connectors.kit import MakesNoOrders
from sverka.domain.errors import Forged, Gone, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.order_fields import order_fields
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice, Subject
from sverka.ports.store import OrderWrite, StoreCan, Wrote
from sverka_oscar.client import Client
from sverka_oscar.orders import Words, snapshot_of

SIGNATURE: Final = "x-oscar-signature"


class Oscar(MakesNoOrders):
    """A shop on django-oscar, by its orders."""

    can = StoreCan(writes=frozenset({"status"}))

    def __init__(self, client: Client, secret: str, words: Words) -> None:
        """Take the way to the shop, the secret its notices are signed with, and its words."""
        self._client = client
        self._secret = secret
        self._words = words

    def __repr__(self) -> str:
        return f"Oscar({self._client.site})"

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now: one request for all their stamps, and two for each order."""
        stamps = self._client.stamps_of(orders, guard)
        return {id_: self._shown(id_, stamps[id_], guard) if id_ in stamps else Gone() for id_ in orders}

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the status of each order, and read back what it led to."""
        return {write.order: self._written(write, guard) for write in writes}

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every order placed or given a status at or after the moment, oldest change first."""
        for id_, changed in self._client.stamps(free, moment):
            yield Notice(Subject.ORDER, id_, "changed", changed)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify a notice by its signature; raises `Forged` where that is not ours."""
        right = hmac.new(self._secret.encode(), body, "sha256").hexdigest()
        if not self._secret or not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), right.encode()):
            raise Forged
        return [Notice(Subject.ORDER, str(json.loads(body)["id"]), "changed")]

    def catalogue(self) -> Sequence[Field]:
        """Return the fields of the shop's orders, with the statuses of its pipeline."""
        names = {self._words.ours(name): name for name in self._client.pipeline(free)}
        return order_fields(self.can.writes, {"status": names})

    def check(self) -> Sequence[Finding]:
        """Try the way in, and say what is missing."""
        names = ", ".join(self._client.pipeline(free))
        answers = Text(f"The shop answers; its statuses: {names}.", f"Магазин отвечает; его статусы: {names}.")
        found = [Finding(Level.GOOD, answers)]
        if not self._secret:
            lacks = Text(
                "Without the secret of notices changes are found by sweeps alone.",
                "Без секрета уведомлений изменения находит только обход.",
            )
            found.append(Finding(Level.WARNING, lacks))
        return found

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _shown(self, id_: OrderId, changed: datetime, guard: Guard) -> Snapshot | Problem:
        try:
            return snapshot_of(id_, *self._client.order(id_, guard), changed, self._words)
        except Gone as gone:  # deleted since its stamp was shown
            return gone

    def _written(self, write: OrderWrite, guard: Guard) -> Wrote | Problem:
        refused: dict[str, Problem] = {key: Rejected() for key in write.fields if key not in self.can.writes}
        try:
            if "status" in write.fields:
                status = self._words.theirs(str(write.fields["status"] or ""))
                self._client.set_status(write.order, status, guard)
        except Problem as problem:
            return problem
        try:
            after = self.read([write.order], guard)[write.order]
        except Problem:  # the write may have landed: what it led to was not shown
            return Unanswered()
        return after if isinstance(after, Problem) else Wrote(after, refused)
