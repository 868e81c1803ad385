"""The whole order as one product row, for those who want the money in a deal and not the goods."""

from dataclasses import dataclass
from decimal import Decimal

from sverka.domain.commerce.lines import Line, sum_of
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.mapping.convert import Unmapped


@dataclass(frozen=True)
class OneLine:
    """A converter of line items into a single one with their whole total; only the money is compared.

    `name` is what the row is called. A tax rate is kept where all lines share it, else left out.
    """

    name: str

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return one row, or none for an order without lines."""
        lines = lines_of(value)
        if not lines:
            return ()
        rates = {line.tax_rate for line in lines}
        rate = rates.pop() if len(rates) == 1 else None
        return (Line(name=self.name, quantity=Decimal(1), total=sum_of(lines), tax_rate=rate),)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Refuse: what was put together cannot be taken apart."""
        return Unmapped(value)

    def agree(self, store: Value, office: Value) -> bool:
        """Compare the totals."""
        return sum_of(lines_of(store)) == sum_of(lines_of(office))

    def fingerprint(self) -> str:
        """Name the conversion and the row."""
        return f"one-line:{self.name}"
