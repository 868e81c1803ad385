"""The table of the catalogue's methods."""

from __future__ import annotations

from sverka.sandbox.portal.catalog import (
    documents,
    images,
    legacy,
    prices,
    product_methods,
    properties,
    references,
    sections,
    stock,
)
from sverka.sandbox.portal.core import Method

_PARTS = (
    references, sections, properties, product_methods, images, prices, stock, documents, legacy,
)  # fmt: skip
METHODS: list[Method] = [method for part in _PARTS for method in part.METHODS]
