"""A shop's exchange with 1C: `1c_exchange.php` of a 1C-Bitrix shop, or the plainer script of another engine."""

from sverka.sandbox.commerceml.exchange import PATH
from sverka.sandbox.commerceml.server import CommerceMLServer

__all__ = ["PATH", "CommerceMLServer"]
