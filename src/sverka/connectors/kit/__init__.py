"""What every connector stands on: HTTP with its failures sorted, phones, dates."""

from sverka.connectors.kit.home import Home
from sverka.connectors.kit.http import Answer, Http, not_sent
from sverka.connectors.kit.orders import MakesNoOrders
from sverka.connectors.kit.tools import Kit

__all__ = ["Answer", "Home", "Http", "Kit", "MakesNoOrders", "not_sent"]
