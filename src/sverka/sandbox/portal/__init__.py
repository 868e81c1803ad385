"""A small Bitrix24 portal: its REST methods, limits, events and faults, over real HTTP on loopback.

`Portal` is the portal itself, usable in-process through `call`; `PortalServer` puts it behind HTTP.
"""

from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.events import Delivery
from sverka.sandbox.portal.faults import Fault
from sverka.sandbox.portal.portal import Portal
from sverka.sandbox.portal.server import PortalServer
from sverka.sandbox.portal.settings import Settings

__all__ = ["Delivery", "Fault", "Portal", "PortalServer", "RestError", "Settings"]
