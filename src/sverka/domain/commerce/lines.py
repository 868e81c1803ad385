"""Line items: one atomic field of an order (R19, R29, R30)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Literal

from sverka.domain.commerce.money import KOPECK, ZERO, to_kopecks

LineKind = Literal["goods", "service", "delivery", "fee", "refund"]


_RARE = ("properties", "xml_id", "id", "section", "picture", "link")
"""What most lines have not, so that it is kept only where there is some."""


@dataclass(frozen=True)
class Line:
    """A position of an order, in the order's currency.

    `total` is final: with discount and tax, for the whole quantity. `discount` is what was taken off one unit, tax
    included; `tax_rate` is in percent, None meaning "without VAT". `product` is the side's own id of the product or its
    variation; `measure` is an OKEI code. `properties` are what was
    chosen of an offer, such as its colour and size, by the names people see.

    What stands in no product row is no part of a comparison: `sku` and `xml_id` name the product, `id` is the
    position's own id in the store, `tax_included` tells whether the store's price has the tax in it, `section` and
    `picture` come from its catalogue. `link` says by what an office is to find the product in its own, in that order.
    """

    name: str
    quantity: Decimal
    total: Decimal
    discount: Decimal = ZERO
    tax_rate: Decimal | None = None
    product: str = ""
    sku: str = field(default="", compare=False)
    measure: str = ""
    kind: LineKind = "goods"
    properties: tuple[tuple[str, str], ...] = ()
    xml_id: str = field(default="", compare=False)
    id: str = field(default="", compare=False)
    tax_included: bool = field(default=True, compare=False)
    section: str = field(default="", compare=False)
    picture: str = field(default="", compare=False)
    link: tuple[str, ...] = field(default=(), compare=False)

    @property
    def price(self) -> Decimal:
        """The final price of one unit, to the kopeck; times the quantity it may miss the total by a rounding."""
        return to_kopecks(self.total / self.quantity) if self.quantity else ZERO

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-able form."""
        return {
            "name": self.name,
            "quantity": str(self.quantity),
            "total": str(self.total),
            "discount": str(self.discount),
            "tax_rate": None if self.tax_rate is None else str(self.tax_rate),
            "product": self.product,
            "sku": self.sku,
            "measure": self.measure,
            "kind": self.kind,
            **{key: getattr(self, key) for key in _RARE if getattr(self, key)},
            **({} if self.tax_included else {"tax_included": False}),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Line":
        """Return the line that `as_dict` was called on."""
        numbers = {key: Decimal(data[key]) for key in ("quantity", "total", "discount")}
        rate = data["tax_rate"]
        chosen = tuple((name, value) for name, value in data.get("properties", ()))
        lists = {"properties": chosen, "link": tuple(data.get("link", ()))}
        return cls(**{**data, **numbers, **lists, "tax_rate": None if rate is None else Decimal(rate)})


def sum_of(lines: Iterable[Line]) -> Decimal:
    """Rebuild a total from its lines, to the kopeck."""
    return to_kopecks(sum((line.total for line in lines), ZERO))


def same_lines(one: Iterable[Line], other: Iterable[Line]) -> bool:
    """Tell whether two lists mean the same goods for the same money, whatever their order and grouping (K16)."""
    return _grouped(one) == _grouped(other)


def _grouped(lines: Iterable[Line]) -> dict[tuple[str, Decimal | None], tuple[Decimal, Decimal]]:
    sums: dict[tuple[str, Decimal | None], tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for line in lines:
        rate = None if line.tax_rate is None else line.tax_rate.normalize()
        key = (" ".join(line.name.split()), rate)
        quantity, total = sums[key]
        sums[key] = ((quantity + line.quantity).normalize(), to_kopecks(total + line.total))
    return dict(sums)


def representable(lines: Iterable[Line]) -> Sequence[Line]:
    """Split lines whose unit price is no whole number of kopecks, so that price times quantity gives each total.

    Three mugs for 100.00 become two at 33.33 and one at 33.34; a quantity that cannot be split that way becomes
    one unit at the whole total. Nothing is rounded away.
    """
    return [part for line in lines for part in _split(line)]


def _split(line: Line) -> Sequence[Line]:
    total = to_kopecks(line.total)
    if line.price * line.quantity == total:
        return [replace(line, total=total)]
    if line.quantity <= 0 or line.quantity != line.quantity.to_integral_value():
        return [replace(line, name=f"{line.name} × {line.quantity:f}", quantity=Decimal(1), total=total, discount=ZERO)]
    low = (total / line.quantity / KOPECK).to_integral_value(ROUND_FLOOR) * KOPECK
    dear = (total - low * line.quantity) / KOPECK
    cheap = line.quantity - dear
    return [
        replace(line, quantity=cheap, total=low * cheap),
        replace(line, quantity=dear, total=(low + KOPECK) * dear),
    ]
