"""A shop of django-oscar as its own manual sets one up, with SQLite and the checkout API."""

import os
from pathlib import Path

from oscar.defaults import *  # noqa: F403 - as Oscar's manual has it

FOLDER = Path(os.environ["SHOP_FOLDER"])
SECRET_KEY = "a shop for tests alone"
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
USE_TZ = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # every request of the hub gives the password
ROOT_URLCONF = "shop.hub"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "shop.sqlite3",
        "ATOMIC_REQUESTS": True,
        # a power cut may spoil a database for tests, and the migrations take a third of the time
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF"},
    }
}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "oscarapi.middleware.ApiBasketMiddleWare",
]
_APPS = "analytics checkout address shipping catalogue communication partner basket payment offer order customer search"
_PAGES = "reports users orders catalogue offers partners pages ranges reviews vouchers communications shipping"
INSTALLED_APPS = [
    *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "sites", "messages", "flatpages")),
    "oscar.config.Shop",
    *(f"oscar.apps.{name}.apps.{name.title()}Config" for name in [*_APPS.split(), "voucher", "wishlists"]),
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    *(f"oscar.apps.dashboard.{name}.apps.{name.title()}DashboardConfig" for name in _PAGES.split()),
    *("widget_tweaks", "haystack", "treebeard", "django_tables2", "rest_framework", "oscarapi"),
]

OSCAR_DEFAULT_CURRENCY = "RUB"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_INITIAL_ORDER_STATUS = OSCARAPI_INITIAL_ORDER_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Being processed", "Cancelled"),
    "Being processed": ("Complete", "Cancelled"),
    "Complete": (),
    "Cancelled": (),
}
OSCARAPI_BLOCK_ADMIN_API_ACCESS = False
OSCARAPI_ORDERLINE_FIELDS = (
    *("url", "product", "quantity", "price_currency", "price_incl_tax", "price_incl_tax_excl_discounts"),
    *("title", "partner_sku"),
)
HUB_ADDRESS = os.environ.get("HUB_ADDRESS", "")
HUB_SECRET = os.environ.get("HUB_SECRET", "")
