"""Requests to the shop, and what its refusals mean."""

import base64
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sverka.connectors.kit import Answer, Http, Kit
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard

Row = Mapping[str, Any]


class Client:
    """The API of one shop; the password is shown nowhere."""

    def __init__(self, url: str, user: str, password: str, kit: Kit) -> None:
        """Take the shop's address, and who enters; raises `Misconfigured` where the address is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Misconfigured(
                Text("A shop's address like https://shop.example is needed; run `sverka connect`.",
                     "Нужен адрес магазина вида https://shop.example; выполните `sverka connect`.")
            )  # fmt: skip
        self.site = url.rstrip("/")
        self._http = Http(kit, self.site)
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}"}

    def order(self, id_: str, guard: Guard) -> tuple[Row, Sequence[Row]]:
        """Return an order and its lines; raises `Gone` where there is none."""
        return (
            self._get(f"/api/admin/orders/{id_}/", guard),
            self._get(f"/api/admin/orders/{id_}/lines/", guard),
        )

    def stamps(self, guard: Guard, since: datetime | None = None) -> Sequence[tuple[str, datetime]]:
        """Return ids and moments of the orders that changed at or after the moment, oldest change first."""
        rows = self._get("/hub/orders/", guard, {"since": since.isoformat()} if since else {})
        return [(str(row["id"]), datetime.fromisoformat(row["changed"])) for row in rows]

    def stamps_of(self, ids: Collection[str], guard: Guard) -> Mapping[str, datetime]:
        """Return when each of these orders changed; one that is not there is left out."""
        rows = self._get("/hub/orders/", guard, {"ids": ",".join(id_ for id_ in ids if id_.isdigit()) or "0"})
        return {str(row["id"]): datetime.fromisoformat(row["changed"]) for row in rows}

    def pipeline(self, guard: Guard) -> Mapping[str, Sequence[str]]:
        """Return the statuses there are, with those each leads to."""
        found: Mapping[str, Sequence[str]] = self._get("/hub/pipeline/", guard)
        return found

    def set_status(self, id_: str, status: str, guard: Guard) -> None:
        """Set an order's status; raises `Rejected` where the shop's pipeline does not lead there."""
        self._send("POST", f"/hub/orders/{id_}/status/", guard, body={"status": status})

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _get(self, path: str, guard: Guard, query: Mapping[str, str] | None = None) -> Any:
        try:
            return self._send("GET", path, guard, query=query)
        except Unanswered as problem:  # nothing was written, so there is no doubt about it
            raise Later from problem

    def _send(
        self, method: str, path: str, guard: Guard, *, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Any:
        address = f"{self.site}{path}"
        answer = self._http.send(method, address, guard, body=body, query=query, headers=self._headers)
        if answer.status < 300 and answer.data is not None:
            return answer.data
        raise self._problem(answer)

    def _problem(self, answer: Answer) -> Problem:
        data = answer.data if isinstance(answer.data, dict) else {}
        if answer.status in (401, 403):
            return AuthLost(
                Text(f"{self.site} does not let the user in; give the password anew with `sverka connect`.",
                     f"{self.site} не пускает пользователя; задайте пароль заново командой `sverka connect`.")
            )  # fmt: skip
        if answer.status == 429:
            return Later()
        if answer.status == 404:
            return Gone()
        if answer.status == 409:
            words = data.get("message", "")
            return Rejected(
                Text(f"The shop does not take this step: {words}. Move the deal to where the order can go from there, "
                     "or put the step into OSCAR_ORDER_STATUS_PIPELINE.",
                     f"Магазин не делает такого шага: {words}. Переведите сделку туда, куда заказ может перейти, или "
                     "добавьте шаг в OSCAR_ORDER_STATUS_PIPELINE.")
            )  # fmt: skip
        return Rejected() if answer.status < 500 else Unanswered()
