"""One-legged OAuth 1.0a over HMAC-SHA256, which WooCommerce asks for where there is no TLS (RFC 5849)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote


@dataclass(frozen=True)
class Keys:
    """A consumer key pair; it shows itself nowhere."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


def signed(
    method: str, address: str, query: Mapping[str, str], keys: Keys, now: datetime, nonce: str
) -> dict[str, str]:
    """Return the query with its signature. `address` has no query; the body is not signed; a nonce serves once."""
    params = {
        **query,
        "oauth_consumer_key": keys.key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(now.timestamp())),
    }
    base = signature_base(method, address, params)
    digest = hmac.new(f"{keys.secret}&".encode(), base.encode(), hashlib.sha256).digest()
    return {**params, "oauth_signature": base64.b64encode(digest).decode()}


def signature_base(method: str, address: str, params: Mapping[str, str]) -> str:
    """Return the text that is signed: names and values are encoded, sorted, joined, and encoded once more."""
    pairs = sorted((_quoted(name), _quoted(value)) for name, value in params.items())
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), _quoted(address), _quoted(joined)))


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")
