"""The fields of a shop's orders, by what its exchange tells and its orders show."""

from collections.abc import Mapping, Sequence

from sverka.connectors.commerceml.script import Lists
from sverka.connectors.commerceml.writing import WRITES
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.order_fields import order_fields
from sverka.domain.mapping.routing import SECTIONS
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text

_NEVER = ("channel", "coupons", "responsible", SECTIONS)
"""What stands in no document of the exchange."""

_PAYERS = {"individual": "Физическое лицо / individual", "company": "Юридическое лицо / company"}


def fields_of(lists: Lists, shown: Sequence[Snapshot], statuses: Mapping[str, str]) -> Sequence[Field]:
    """Return the standard fields, and every requisite and trace of advertising that these orders have.

    `statuses` are those a person named, for shops that tell no list of them.
    """
    options: dict[str, Mapping[str, str]] = {
        "status": {
            **_seen(shown, "status.code", "status.code"),
            **lists.statuses,
            **statuses,
            CANCELLED: "Отменён / cancelled",
        },
        "payment.method": {**_seen(shown, "payment.method", "payment.method_name"), **lists.payments},
        "delivery.method": {**_seen(shown, "delivery.method", "delivery.method_name"), **lists.deliveries},
        "person_type": _PAYERS,
    }
    more = dict.fromkeys(key for one in shown for key in one.fields if key.startswith(("property.", "attribution.")))
    own = [Field(key, Text(*[key.partition(".")[2]] * 2), writable=False) for key in more]
    return [*order_fields(WRITES, options, _NEVER), *own]


def _seen(shown: Sequence[Snapshot], id_: str, name: str) -> dict[str, str]:
    return {str(one.get(id_)): str(one.get(name) or one.get(id_)) for one in shown if one.get(id_)}
