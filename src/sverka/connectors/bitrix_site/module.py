"""The module a site may have beside its REST: it shows orders whole and sets what is named, each in one signed call.

Whatever does not answer as the module does is none, and REST is asked instead.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sverka.connectors.bitrix_site import signing
from sverka.connectors.kit import Answer, Http, Kit
from sverka.domain.errors import Forged, Gone, Problem, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice, Subject

_PATH = "/bitrix/tools/sverka_orders.php"
_REST = timedelta(minutes=15)
"""How long REST alone is asked once the module has not answered as such."""

_NO_MODULE = Text(
    "The site does not answer as its module `sverka.orders` does, so orders are read through REST. Install the module "
    "there, or give both sides the same `module_secret`.",
    "Сайт не отвечает так, как его модуль `sverka.orders`, и заказы читаются через REST. Установите там модуль или "
    "задайте обеим сторонам один и тот же `module_secret`.",
)
_CLOCK = Text(
    "The clocks of the hub and the site are more than five minutes apart, so the module refuses the hub's calls; set "
    "the site's clock right. Meanwhile orders are read through REST.",
    "Часы хаба и сайта расходятся больше чем на пять минут, и модуль отвергает вызовы хаба; исправьте часы сайта. "
    "Пока заказы читаются через REST.",
)
_NO_HUB = Text(
    "The module on the site has no address of the hub, so it tells of nothing; paste the address for notices there.",
    "У модуля на сайте не указан адрес хаба, и он ни о чём не сообщает; вставьте туда адрес для уведомлений.",
)


class Module:
    """The module of one site; `root` is where its folder `/bitrix` is. The secret is shown nowhere."""

    def __init__(self, root: str, secret: str, kit: Kit) -> None:
        self._address = root + _PATH
        self._secret = secret
        self._clock = kit.clock
        self._http = Http(kit, root)
        self._silent_until: datetime | None = None

    def __repr__(self) -> str:
        return f"Module({self._http.host})"

    def mark(self) -> Mapping[str, str]:
        """Return the header that tells the module that a save through REST is the hub's own."""
        return signing.mark(self._secret, self._clock.now())

    def trees(self, orders: Sequence[OrderId], guard: Guard) -> dict[OrderId, Mapping[str, Any] | Problem] | None:
        """Return up to fifty orders in the form of `sale.order.get`; None where REST is to be asked.

        Raises:
            Later: the site cannot be reached at all.
        """
        try:
            shown = self._asked({"do": "snapshot", "orders": list(orders)}, guard)
        except Unanswered:
            self._be_silent()
            return None
        if shown is None:
            return None
        trees = ((id_, shown.get(id_)) for id_ in orders)
        return {id_: tree if isinstance(tree, dict) else Gone() for id_, tree in trees}

    def patch(self, patches: Collection[Mapping[str, Any]], guard: Guard) -> Mapping[str, Any]:
        """Set what is named of up to fifty orders and return what became of each, by its id; nothing where none is.

        Raises:
            Unanswered: the call went out, and what it did is not known.
        """
        try:
            return self._asked({"do": "patch", "orders": list(patches)}, guard) or {}
        except Unanswered:
            self._be_silent()
            raise

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify a message of the module and return the orders it rings for; raises `Forged` if it is not its own."""
        if not signing.is_ours(signing.BELL, self._secret, self._clock.now(), headers, body):
            raise Forged
        try:
            told = json.loads(body)
        except ValueError:
            return []
        orders = told.get("orders") if isinstance(told, dict) else None
        rows = [row for row in orders if isinstance(row, dict)] if isinstance(orders, list) else []
        found = [(str(row.get("id")), str(row.get("event"))) for row in rows]
        return [Notice(Subject.ORDER, id_, event) for id_, event in found if id_.isascii() and id_.isdigit()]

    def findings(self) -> Sequence[Finding]:
        """Return whether the module is there and knows where the hub is; problems are findings."""
        self._silent_until = None
        try:
            answer = self._call({"do": "hello"}, free)
        except Problem as problem:
            return [Finding(Level.WARNING, problem.text)]
        data = answer.data if answer and isinstance(answer.data, dict) else {}
        if answer is None or answer.status != 200:
            return [Finding(Level.WARNING, _CLOCK if data.get("error") == "clock" else _NO_MODULE)]
        version, waiting = data.get("module"), data.get("waiting")
        good = Text(
            f"The module answers: version {version}, {waiting} notices waiting.",
            f"Модуль отвечает: версия {version}, ждут отправки – {waiting}.",
        )
        found = [Finding(Level.GOOD, good)]
        return found if data.get("hub") else [*found, Finding(Level.WARNING, _NO_HUB)]

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _asked(self, asked: Mapping[str, Any], guard: Guard) -> Mapping[str, Any] | None:
        """Return what the module says of each order, None where it is not there or was not lately."""
        if self._silent_until and self._clock.now() < self._silent_until:
            return None
        answer = self._call(asked, guard)
        orders = answer.data.get("orders") if answer and isinstance(answer.data, dict) else None
        if answer is None or answer.status != 200 or not isinstance(orders, dict):
            self._be_silent()
            return None
        return orders

    def _call(self, asked: Mapping[str, Any], guard: Guard) -> Answer | None:
        """Return the answer to a call, None where the module did not sign it."""
        body = json.dumps(asked, ensure_ascii=False).encode()
        headers = signing.signed(signing.CALL, self._secret, self._clock.now(), body)
        sent = {**headers, "content-type": "application/json"}
        answer = self._http.send("POST", self._address, guard, body=body, headers=sent, may_move=True)
        known = signing.is_answer(self._secret, headers, answer.status, answer.headers, answer.body)
        return answer if known else None

    def _be_silent(self) -> None:
        self._silent_until = self._clock.now() + _REST
