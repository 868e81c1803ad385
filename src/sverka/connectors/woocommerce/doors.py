"""The ways into a shop's API: which of them is open depends on what its host leaves of a request.

WooCommerce looks at keys where the address, its query included, has `wp-json/wc/`. Over TLS it takes them from the
header, which some hosts take away, and signatures too; where TLS ends at a proxy that tells the shop nothing of it, the
shop believes it is asked over http and takes signatures alone, of its http address.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from sverka.connectors.kit import Answer
from sverka.connectors.woocommerce.oauth import Keys, signed

_ROUTE = "/wc/v3"
_NAMED = "wp-json/wc/"
_ONCE = "sverka_once"


@dataclass(frozen=True)
class Request:
    """What is asked of a shop at `site`, an address without a slash at its end; `path` is below `/wc/v3`."""

    method: str
    site: str
    path: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Door:
    """`signed_as` is the scheme a signature names, empty where the keys go in a header; `is_plain`: no permalinks."""

    signed_as: str
    is_plain: bool = False

    def enter(self, asked: Request, keys: Keys, now: datetime, nonce: str) -> tuple[str, dict[str, str]]:
        """Return the whole address to send this request to, and its headers; a nonce serves once."""
        address = f"{asked.site}/wp-json{_ROUTE}{asked.path}"
        query = dict(asked.query)
        if self.is_plain:
            address = f"{asked.site}/"
            query = {"rest_route": f"{_ROUTE}{asked.path}", **query, "sverka": _NAMED}
        headers = {}
        if self.signed_as:
            # The shop puts the address it knows itself by in front of the path, and leaves the slash of its home out.
            named = f"{self.signed_as}:{address.partition(':')[2]}".rstrip("/")
            query = signed(asked.method, named, query, keys, now, nonce)
        else:
            pair = base64.b64encode(f"{keys.key}:{keys.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
            # Caches before shops keep what is read for days, whatever the shop and the request say of it; what no
            # address was ever asked for, none of them has. A signature has a nonce of its own.
            query |= {_ONCE: nonce} if asked.method == "GET" else {}
        # The slashes of the name stay slashes: the shop compares the address as it came.
        told = urlencode(query, quote_via=quote, safe="/-._~")
        return f"{address}?{told}" if told else address, headers


def doors_of(site: str) -> tuple[Door, ...]:
    """Return the ways into a shop at this address, the usual one first."""
    schemes = ("", "https", "http") if site.startswith("https:") else ("http",)
    return tuple(Door(scheme, plain) for plain in (False, True) for scheme in schemes)


def is_page(answer: Answer) -> bool:
    """Tell whether a page, or the way to one, stands where the API should be: nothing was done by it."""
    is_elsewhere = 300 <= answer.status < 400 or answer.status in (403, 404)
    return answer.data is None and (is_elsewhere or answer.body.lstrip()[:1] == b"<")


def is_unseen(answer: Answer) -> bool:
    """Tell whether the shop has seen no keys: of a key it knows it says what it lacks, under another status or code."""
    return answer.status == 401 and code_of(answer).startswith("woocommerce_rest_cannot_")


def is_refused_key(answer: Answer) -> bool:
    """Tell whether the shop has looked at the keys and did not take them."""
    return answer.status == 401 and code_of(answer).startswith("woocommerce_rest_authentication_")


def code_of(answer: Answer) -> str:
    """Return the code of a refusal, empty where there is none."""
    return str(answer.data.get("code", "")) if isinstance(answer.data, dict) else ""
