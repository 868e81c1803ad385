"""What the shop sells and how: products, coupons, statuses, payment gateways and shipping methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Record = dict[str, Any]

DRAFTS = frozenset({"checkout-draft", "auto-draft"})
"""Statuses of orders that are not placed yet; `any` leaves them out."""


def _statuses() -> dict[str, str]:
    return {
        "pending": "Pending payment",
        "processing": "Processing",
        "on-hold": "On hold",
        "completed": "Completed",
        "cancelled": "Cancelled",
        "refunded": "Refunded",
        "failed": "Failed",
        "checkout-draft": "Draft",
    }


@dataclass(frozen=True)
class Product:
    """A product or, with `variation_id`, one of its variations; `price` is net, for one piece."""

    product_id: int
    name: str
    price: Decimal
    sku: str = ""
    variation_id: int = 0
    parent_name: str | None = None
    categories: tuple[int, ...] = ()
    stock: int | None = None
    """How many are left, None where nobody counts."""


@dataclass(frozen=True)
class Category:
    """A category of products, below another one or at the top (`parent` 0)."""

    category_id: int
    name: str
    parent: int = 0


@dataclass(frozen=True)
class Coupon:
    """A discount code: `kind` is percent or fixed_cart, `amount` percents or money."""

    code: str
    kind: str
    amount: Decimal


@dataclass(frozen=True)
class TaxRate:
    """A tax of `percent` on top of net prices; deliveries bear it where `shipping` says so."""

    rate_id: int
    label: str
    percent: Decimal
    shipping: bool = True

    @property
    def code(self) -> str:
        """The name that the shop's tax report uses."""
        return f"RU-{self.label.upper()}-{self.rate_id}"


def _products() -> list[Product]:
    return [
        Product(10, "Кружка с печатью 330 мл", Decimal(450), "MUG-330", categories=(31,)),
        Product(11, "Листовка - A5", Decimal("3.50"), "FLYER-A5", 12, "Листовка", categories=(20,)),
        Product(13, "Визитки 100 шт.", Decimal(600), "CARD-100", categories=(21, 22)),
    ]


def _categories() -> list[Category]:
    return [
        Category(20, "Полиграфия"),
        Category(21, "Визитки", 20),
        Category(22, "Срочная печать", 20),
        Category(30, "Сувениры"),
        Category(31, "Кружки", 30),
    ]


def _gateways() -> dict[str, str]:
    return {
        "bacs": "Прямой банковский перевод",
        "cheque": "Чек",
        "cod": "Оплата при получении",
        "card": "Банковская карта",
    }


@dataclass
class Catalogue:
    """Change it before the shop opens to get another shop; plugins add to `statuses`.

    Without `tax_rates` a line has just the tax it was given; `pretty_permalinks` off is the setting "Plain", with
    which /wp-json shows the site's own page. `hides_header` is a host that takes the Authorization header away, and
    with `knows_tls` off TLS ends before the site without its being told. With `knows_channels` off it is a shop before
    WooCommerce 9.9, which passes over `created_via` in new orders and lists. `batch_limit` is what a plugin or a host
    lets one batch hold.
    """

    currency: str = "RUB"
    currency_symbol: str = "₽"
    version: str = "11.0.1"
    pretty_permalinks: bool = True
    hides_header: bool = False
    knows_tls: bool = True
    knows_channels: bool = True
    batch_limit: int = 100
    tax_rates: list[TaxRate] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=_statuses)
    products: list[Product] = field(default_factory=_products)
    categories: list[Category] = field(default_factory=_categories)
    coupons: list[Coupon] = field(
        default_factory=lambda: [
            Coupon("promo10", "percent", Decimal(10)),
            Coupon("minus100", "fixed_cart", Decimal(100)),
        ]
    )
    gateways: dict[str, str] = field(default_factory=_gateways)
    shipping_methods: dict[str, str] = field(
        default_factory=lambda: {
            "flat_rate": "Flat rate",
            "free_shipping": "Free shipping",
            "local_pickup": "Local pickup",
        }
    )

    def product(self, product_id: object, variation_id: object = 0, sku: object = "") -> Product | None:
        """Return the product by variation, id or article, or None."""
        for product in self.products:
            if variation_id and str(product.variation_id) == str(variation_id):
                return product
            if (product_id and str(product.product_id) == str(product_id)) or (sku and product.sku == sku):
                return product
        return None

    def coupon(self, code: str) -> Coupon | None:
        """Return the coupon by its code in any case, or None."""
        return next((coupon for coupon in self.coupons if coupon.code == code.lower()), None)
