"""Calls that Pixlpark has not published: declared in a file, off until the owner fills them in from his method list."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sverka.connectors.pixlpark.api import Api
from sverka.connectors.pixlpark.values import tolerant
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Misconfigured, Rejected
from sverka.domain.ids import OrderId
from sverka.domain.text import Text
from sverka.ports.guard import Guard

_PLACE = re.compile(r"\{([\w.]+)\}")
_READS = "comments"
_NEEDS = ("id", "text")
_ONE_WAY = Text(
    "A payment cannot be taken back by the call that marks an order as paid; do it in the panel.",
    "Вызовом, который отмечает заказ оплаченным, оплату не снять; сделайте это в панели.",
)


@dataclass(frozen=True)
class Call:
    """One call: `writes` are the fields it sets, `fields` those of an answer's row where it reads."""

    name: str
    enabled: bool
    method: str
    path: str
    writes: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


class Calls:
    """What the file declares; without a file of the owner's own, the one that is shipped, where all is off."""

    def __init__(self, api: Api, path: str = "") -> None:
        """Read the file; raises `Misconfigured` where it is none, or a call that is on is not filled in."""
        self._api = api
        self._calls = _declared(path)

    @property
    def off(self) -> Sequence[str]:
        """The names of the calls that are not made."""
        return [call.name for call in self._calls if not call.enabled]

    @property
    def writes(self) -> frozenset[str]:
        """The fields that can be set by the calls that are on."""
        return frozenset(key for call in self._on() for key in call.writes)

    @property
    def reads_comments(self) -> bool:
        """Whether comments can be read."""
        return any(call.name == _READS for call in self._on())

    def write(self, shown: Mapping[str, Value], fields: Mapping[str, Value], guard: Guard) -> None:
        """Make every call that sets one of the fields, once; `shown` is what the order showed before."""
        if fields.get("payment.paid") is False:
            raise Rejected(_ONE_WAY)
        for call in self._on():
            if set(call.writes) & fields.keys():
                values = {**shown, **fields}
                form = {name: _filled(text, values) for name, text in call.form.items()}
                self._api.send(call.method, _filled(call.path, values), guard, form)

    def comments(self, order: OrderId, guard: Guard) -> list[tuple[str, str, str, datetime | None]] | None:
        """Return id, text, author and moment of each comment of an order; None where they cannot be read."""
        for call in self._on():
            if call.name == _READS:
                rows = self._api.get(_filled(call.path, {"order.id": str(order)}), guard)
                return [_said(row, call.fields) for row in rows if isinstance(row, dict)]
        return None

    def _on(self) -> Sequence[Call]:
        return [call for call in self._calls if call.enabled]


SHIPPED: Final = files("sverka.connectors.pixlpark") / "calls.toml"
"""The file that is copied and filled in."""


def _declared(path: str) -> Sequence[Call]:
    try:
        raw = tomllib.loads(Path(path).read_text("utf-8") if path else SHIPPED.read_text("utf-8"))
        calls = [_call(name, table) for name, table in raw.items()]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _wrong(path, str(error)) from error
    for call in calls:
        lacks = call.name == _READS and not all(call.fields.get(one) for one in _NEEDS)
        if call.enabled and (not call.path.startswith("/") or lacks):
            raise _wrong(path, f"[{call.name}]")
    return calls


def _call(name: str, table: Mapping[str, Any]) -> Call:
    form = {key: str(value) for key, value in table.get("form", {}).items()}
    given = {key: table[key] for key in ("path", "method", "fields") if key in table}
    return Call(name, table.get("enabled") is True, writes=tuple(table.get("writes", ())), form=form, **given)


def _said(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str, str, datetime | None]:
    told = {key: str(row.get(name) or "") for key, name in names.items()}
    return told["id"], told["text"], told.get("author", ""), tolerant(told.get("at"))


def _filled(text: str, values: Mapping[str, Value]) -> str:
    return _PLACE.sub(lambda found: _text(values.get(found[1])), text)


def _text(value: Value) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _wrong(path: str, what: str) -> Misconfigured:
    return Misconfigured(
        Text(
            f"The file of calls {path!r} cannot be used ({what}): a call that is on needs its path, and the reading of "
            "comments its fields. Mend the file and run `sverka connect` again.",
            f"Файл вызовов {path!r} не подходит ({what}): включённому вызову нужен path, а чтению комментариев – "
            "fields. Исправьте файл и выполните `sverka connect` ещё раз.",
        )
    )
