"""A WooCommerce shop: REST v3 with its OAuth, and webhooks with their manners."""

from sverka.sandbox.woocommerce.catalogue import Catalogue, TaxRate
from sverka.sandbox.woocommerce.server import WooServer
from sverka.sandbox.woocommerce.store import WooStore

__all__ = ["Catalogue", "TaxRate", "WooServer", "WooStore"]
