"""Where requests may lead, judged by the address a connection was really made to, before anything is sent over it.

A name is looked up once, by the connection itself: a name that answers differently a second time changes nothing.
"""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx2

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

_NEVER = tuple(
    ip_network(net)
    for net in (
        "169.254.0.0/16", "fe80::/10", "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::/32",
        "224.0.0.0/4", "ff00::/8",
    )
)  # fmt: skip
"""Where clouds tell a machine its own passwords, and where nobody in particular is: no shop or portal stands there."""

_CONNECTED = "connection.connect_tcp.complete"


def watched(*, public_only: bool = False) -> dict[str, list[Callable[..., Any]]]:
    """Return the event hooks of a client whose every connection is judged.

    An address that a person gave on the command line may be of a private network; one that came from elsewhere is
    asked with `public_only`. Behind a proxy it is the proxy's address that is judged.
    """

    def judge(event: str, info: Mapping[str, Any]) -> None:
        if event == _CONNECTED:
            stream = info["return_value"]
            address = ip_address(stream.get_extra_info("server_addr")[0].partition("%")[0])
            if not may_be_asked(address, public_only=public_only):
                stream.close()
                raise Misconfigured(_REFUSED)

    def before(request: httpx2.Request) -> None:
        request.extensions = {**request.extensions, "trace": judge}

    return {"request": [before]}


def may_be_asked(address: IPv4Address | IPv6Address, *, public_only: bool = False) -> bool:
    """Tell whether the hub may talk to an address."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in net for net in _NEVER if net.version == address.version):
        return False
    return address.is_global or not public_only


_REFUSED = Text(
    "The name leads to an address the hub does not talk to: of a private network, or where a cloud keeps passwords. "
    "See what it resolves to here; an inner address is given by `sverka connect` on the hub's machine.",
    "Имя ведёт на адрес, с которым хаб не говорит: внутри частной сети или там, где облако держит пароли. Проверьте, "
    "во что имя разрешается здесь; внутренний адрес задают командой `sverka connect` на машине хаба.",
)
