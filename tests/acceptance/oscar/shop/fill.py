"""Fills an empty shop: `python -m shop.fill`."""

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models exist only now
from oscar.apps.address.models import Country  # noqa: E402
from oscar.apps.catalogue.models import Product, ProductClass  # noqa: E402
from oscar.apps.partner.models import Partner, StockRecord  # noqa: E402

User.objects.create_superuser("hub", "hub@example.test", "hub-password")
Country.objects.create(
    iso_3166_1_a2="RU", iso_3166_1_a3="RUS", iso_3166_1_numeric="643", printable_name="Россия", is_shipping_country=True
)
kind = ProductClass.objects.create(name="Полиграфия", requires_shipping=True, track_stock=False)
cards = Product.objects.create(title="Визитки 90×50", upc="CARDS", product_class=kind)
printer = Partner.objects.create(name="Типография")
StockRecord.objects.create(product=cards, partner=printer, partner_sku="CARDS-1", price_currency="RUB", price="150.55")
