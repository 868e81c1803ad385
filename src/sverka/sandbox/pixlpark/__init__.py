"""A practice print shop on Pixlpark: its API with tokens, and its webhooks."""

from sverka.sandbox.pixlpark.server import PixlparkServer
from sverka.sandbox.pixlpark.store import PixlparkStore

__all__ = ["PixlparkServer", "PixlparkStore"]
