"""pytest fixtures: a practice Bitrix24 portal for the tests of any integration, loaded by pytest of itself.

The portal's clock stands still until `bitrix24_portal.portal.advance(seconds)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sverka.sandbox.portal import PortalServer


@pytest.fixture
def bitrix24_portal() -> Iterator[PortalServer]:
    """Run a practice portal over plain HTTP and give its server: `.webhook_url`, `.portal`, `.subscribe(...)`."""
    # imported here: pytest loads this module at its start, whether a test asks for a portal or not
    from sverka.sandbox.clock import VirtualClock  # noqa: PLC0415 - see above
    from sverka.sandbox.portal import Portal, PortalServer  # noqa: PLC0415 - see above

    with PortalServer(Portal(VirtualClock())) as server:
        yield server


@pytest.fixture
def bitrix24_portal_tls() -> Iterator[PortalServer]:
    """Run one over https, for clients that speak nothing else; `.ca` is the file of the authority to trust."""
    from sverka.sandbox.clock import VirtualClock  # noqa: PLC0415 - see above
    from sverka.sandbox.portal import Portal, PortalServer  # noqa: PLC0415 - see above
    from sverka.sandbox.tls import Authority  # noqa: PLC0415 - see above

    authority = Authority()
    try:
        with PortalServer(Portal(VirtualClock()), authority=authority) as server:
            yield server
    finally:
        authority.close()
