"""Gives an empty site its user of the exchange: `python -m shop.fill`."""

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models exist only now

User.objects.create_superuser("hub", "hub@example.test", "hub-password")
