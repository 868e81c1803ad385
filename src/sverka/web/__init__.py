"""The door for webhooks."""

from sverka.web.app import make_app, make_signs

__all__ = ["make_app", "make_signs"]
