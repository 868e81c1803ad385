"""Money: Decimal only, and to the kopeck."""

from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
"""The smallest coin both a portal's product rows and a store's totals can hold."""

ZERO = Decimal("0.00")


def to_kopecks(amount: Decimal) -> Decimal:
    """Round half up to the smallest coin, as shops and portals do."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def amount_of(raw: object) -> Decimal:
    """Read an amount or a quantity from what JSON carried: a number, a numeric text, or nothing (zero).

    Raises:
        ValueError: the text is no number.

    """
    if raw is None or raw == "":
        return ZERO
    try:
        amount = Decimal(str(raw).replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except ArithmeticError as error:
        raise ValueError(raw) from error
    if not amount.is_finite():
        raise ValueError(raw)
    return amount
