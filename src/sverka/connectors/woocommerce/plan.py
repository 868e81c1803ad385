"""One order's write before it is sent: what its fields and line items come to in the body of a PUT."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sverka.connectors.woocommerce.billing import ADDRESS
from sverka.connectors.woocommerce.goods import LINES, body_of_lines
from sverka.connectors.woocommerce.orders import Reader
from sverka.connectors.woocommerce.writing import PROPERTY, Body, body_of
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Rejected
from sverka.domain.text import Text

METHOD = "payment.method"


@dataclass(frozen=True)
class Plan:
    """What planning needs besides the fields: the shop's payment methods by id, and the order as it was before."""

    reader: Reader = field(default_factory=lambda: Reader("", "", ""))
    gateways: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)

    def body(self, fields: Mapping[str, Value], hidden: Collection[str]) -> Body:
        """Return the body for these fields; `hidden` are the meta keys with an underscore that the order has."""
        plain = {key: value for key, value in fields.items() if key not in (*LINES, METHOD)}
        body = body_of(plain, hidden, self.reader.track_meta, self.before)
        if METHOD in fields:
            self._pay_by(body, str(fields[METHOD] or ""))
        keys = [key for key in LINES if key in fields]
        if keys and self.before:
            try:
                body.values |= body_of_lines(self.before, keys[0], fields[keys[0]], self.reader)
            except Rejected as problem:
                body.refused.update(dict.fromkeys(keys, problem))
        return body

    def _pay_by(self, body: Body, method: str) -> None:
        """Set the payment method with its name, which the shop keeps beside it and does not fill by itself."""
        if method in self.gateways:
            body.values |= {"payment_method": method, "payment_method_title": self.gateways[method]}
            return
        known = ", ".join(self.gateways)
        text = Text(
            f"The shop has no payment method “{method}” (it has {known}); correct `values` in the profile, then retry.",
            f"В магазине нет способа оплаты «{method}» (есть {known}); исправьте `values` в профиле и повторите.",
        )
        body.refused[METHOD] = Rejected(text)


def needs_a_look(key: str) -> bool:
    """Tell whether a field can be planned only on what the order shows."""
    return key.startswith(f"{PROPERTY}_") or key in (*LINES, ADDRESS)
