"""The API: tokens that run out, and answers in an envelope whose code may differ from that of HTTP."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sverka.sandbox.pixlpark.store import PixlparkStore, Record
from sverka.sandbox.shop.web import Call, Reply, json_reply

LARGEST_PAGE = 50
"""Orders a list shows at most, however many are asked for."""


@dataclass
class Manners:
    """How the API behaves: `token_life` in seconds; `rush` orders are placed and `loss` deleted, one after each list.

    `code` answers the next calls on a path that contains `on` with that code in the envelope, under HTTP 200.

    What is not documented is played either way. An order nobody knows is answered by `unknown`: `envelope` has the
    code 404 under HTTP 200, `http` is a page of HTTP's own 404, `empty` a result of nothing. The list begins with the
    `oldest` order or the newest; a result of one order is a list or the `bare` order; a webhook tells of a `comment`
    as the API does (`flat`), in an envelope (`nested`) or by its order (`order`).
    """

    token_life: int = 3600
    rush: int = 0
    loss: int = 0
    code: int = 200
    on: str = ""
    times: int = 0
    unknown: str = "envelope"
    oldest: bool = False
    bare: bool = False
    comment: str = "flat"


class Rest:
    """Answers `/oauth/…` and `/orders…`; both keys stand in the panel, under «Доступность API»."""

    def __init__(self, store: PixlparkStore) -> None:
        self.store = store
        self.manners = Manners()
        self.public_key, self.private_key = secrets.token_hex(16), secrets.token_hex(16)
        self._requested: set[str] = set()
        self._access: dict[str, datetime] = {}
        self._refresh: dict[str, str] = {}

    def handle(self, call: Call) -> Reply:
        """Answer one call."""
        if call.path.startswith("/oauth/"):
            return self._oauth(call)
        given = dict(call.query).get("oauth_token", "")
        if (
            self._access.get(given, datetime.min.replace(tzinfo=self.store.clock.now().tzinfo))
            <= self.store.clock.now()
        ):
            return json_reply(401, _envelope([], 401, "Unauthorized"))
        manners = self.manners
        if manners.times > 0 and manners.on in call.path:
            manners.times -= 1
            return json_reply(200, _envelope([], manners.code, f"Error {manners.code}"))
        try:
            result = self._result(call)
            return json_reply(200, _envelope(result[0] if manners.bare and len(result) == 1 else result))
        except LookupError as error:
            match manners.unknown:
                case "http":
                    return Reply(404, b"<html>Not Found</html>", {"content-type": "text/html"})
                case "empty":
                    return json_reply(200, _envelope([]))
            return json_reply(200, _envelope([], 404, str(error)))
        except ValueError as error:
            return json_reply(200, _envelope([], 400, str(error)))

    def revoke(self) -> None:
        """Have every access token run out now; those to refresh them stay."""
        self._access.clear()

    def _oauth(self, call: Call) -> Reply:
        query = {**dict(call.query), **dict(parse_qsl(call.body.decode("utf-8", "replace")))}
        match call.path.removeprefix("/oauth/"):
            case "requesttoken":
                token = secrets.token_hex(16)
                self._requested.add(token)
                return json_reply(200, {"RequestToken": token, "Expires": 600, "Success": True})
            case "accesstoken":
                return self._access_token(query)
            case "refreshtoken":
                if query.get("refreshToken", "") not in self._refresh:
                    return json_reply(200, {"Success": False, "Error": "Refresh token is wrong"})
                del self._refresh[query["refreshToken"]]
                return self._granted()
        return json_reply(404, {"Success": False, "Error": "not found"})

    def _access_token(self, query: Mapping[str, str]) -> Reply:
        token = query.get("oauth_token", "")
        right = hashlib.sha1(f"{token}{self.private_key}".encode(), usedforsecurity=False).hexdigest()
        known = token in self._requested and query.get("username") == self.public_key
        if not known or query.get("password") != right or query.get("grant_type") != "api":
            return json_reply(200, {"Success": False, "Error": "Wrong credentials"})
        self._requested.discard(token)
        return self._granted()

    def _granted(self) -> Reply:
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        life = self.manners.token_life
        self._access[access] = self.store.clock.now() + timedelta(seconds=life)
        self._refresh[refresh] = access
        told = {"AccessToken": access, "RefreshToken": refresh, "Expires": life, "Success": True}
        return json_reply(200, told | {"Scope": "", "RequireSsl": False})

    def _result(self, call: Call) -> list[Any]:
        parts = call.path.strip("/").split("/")
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        match [call.method, *parts]:
            case ["GET", "orders"]:
                return self._list(dict(call.query))
            case ["GET", "orders", "count"]:
                wanted = [value for name, value in call.query if name == "statuses"]
                held = self.store.listed(10**9, 0, {})
                return [{"count": sum(1 for one in held if not wanted or one["Status"] in wanted)}]
            case ["GET", "orders", number]:
                return [shown(self.store.order(_number(number)))]
            case ["GET", "orders", number, "items"]:
                return [_dated(row, _in_api) for row in self.store.lines(_number(number))]
            case ["POST", "orders", number, "status"]:
                return self._move(_number(number), form)
            case ["POST", "orders", number, "comments"]:
                return [_dated(self.store.comment(_number(number), form["email"], form["comment"]), _in_api)]
        raise LookupError(f"no method {call.method} {call.path}")

    def _list(self, query: Mapping[str, str]) -> list[Any]:
        names = {"status": "Status", "userId": "UserId", "shippingId": "ShippingId"}
        where = {names[name]: value for name, value in query.items() if name in names}
        take = min(int(query.get("take") or LARGEST_PAGE), LARGEST_PAGE)
        page = self.store.listed(take, int(query.get("skip") or 0), where, oldest=self.manners.oldest)
        self._shift()
        return [shown(record) for record in page]

    def _shift(self) -> None:
        """Let the list move under whoever reads it."""
        if self.manners.rush > 0:
            self.manners.rush -= 1
            self.store.place_order({"name": "Пётр"}, [{"name": "Фотографии", "price": "10", "quantity": 5}])
        if self.manners.loss > 0:
            self.manners.loss -= 1
            self.store.delete(max(self.store.orders))

    def _move(self, order: int, form: Mapping[str, str]) -> list[Any]:
        self.store.order(order)
        self.store.set_status(order, form.get("newStatus", ""), notify=form.get("sendNotifications") == "true")
        note = {"Type": "success", "Description": "Статус изменён", "DateCreated": _in_api(self.store.clock.now())}
        return [[note]]


def shown(record: Record) -> Record:
    """Return an order as the API shows it: its id is a text there, and its dates count milliseconds."""
    return {**_dated(record, _in_api), "Id": str(record["Id"])}


def message(record: Record, items: list[Record]) -> Record:
    """Return an order as a webhook tells it: its id is a number, its dates are ISO 8601, and one has no zone."""
    told = _dated(record, lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    details = [
        {"Title": row["Name"], "Quantity": row["Quantity"], "ItemPartsQuantity": 1, "BookTitle": ""} for row in items
    ]
    return {**told, "DatePaid": str(told["DatePaid"] or "").removesuffix("Z") or None, "OrderDetails": details}


def comment_message(comment: Record, shape: str = "flat") -> Record:
    """Return a comment as a webhook might tell it: as the API's answer does, or in an envelope; none is documented."""
    told = _dated(comment, lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return {"event": "orderCommentAdded", "data": {"comment": told}} if shape == "nested" else told


def _dated(record: Record, put: Callable[[datetime], str]) -> Record:
    return {key: put(value) if isinstance(value, datetime) else value for key, value in record.items()}


def _in_api(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)})/"


def _number(text: str) -> int:
    if not text.isdigit():
        raise LookupError(f"no order {text}")
    return int(text)


def _envelope(result: Any, code: int = 200, error: str | None = None) -> Mapping[str, Any]:
    return {"ApiVersion": "1.0", "Result": result, "ResponseCode": code, "ErrorMessage": error}
