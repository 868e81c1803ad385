"""The door for webhooks."""

from sverka.web.app import make_app

__all__ = ["make_app"]
