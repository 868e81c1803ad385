"""Who calls: HTTP Basic or keys in the query over HTTPS, one-legged OAuth 1.0a over plain HTTP."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import deque
from datetime import timedelta
from urllib.parse import quote, unquote

from sverka.sandbox.shop.web import Call
from sverka.sandbox.woocommerce.errors import WooError
from sverka.sandbox.woocommerce.store import WooStore

_PARAMS = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
_HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
_WINDOW = timedelta(minutes=15)
#: WooCommerce keeps the nonces of the last quarter of an hour; so many are enough for that here.
_NONCES = 10_000
_DENIED = {
    "GET": ("view", "Sorry, you cannot list resources."),
    "POST": ("create", "Sorry, you are not allowed to create resources."),
    "PUT": ("edit", "Sorry, you are not allowed to edit this resource."),
    "DELETE": ("delete", "Sorry, you are not allowed to delete this resource."),
}


class Gate:
    """Lets calls with the store's key in; the timestamp must be within 15 minutes of the store's clock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store
        self._nonces: deque[str] = deque(maxlen=_NONCES)

    def admit(self, call: Call) -> None:
        """Return for a call that may pass; WooError 401 for any other. Basic over plain HTTP is not even looked at.

        Keys count only where the address itself names the API: behind `?rest_route=` nobody is known.
        """
        if "/wp-json/wc/" not in call.path:
            raise _denied(call)
        if call.secure:
            pair = self._pair(call)
            if pair is None:
                raise _denied(call)
            self._check_pair(*pair)
            return
        params = self._oauth(call)
        if not any(name in params for name in _PARAMS):
            raise _denied(call)
        absent = [name for name in _PARAMS if name not in params]
        if absent:
            raise _refused(f"Missing OAuth parameter(s) {', '.join(absent)}")
        self._check_key(params["oauth_consumer_key"])
        self._check_signature(call, params)
        self._check_freshness(params)

    def _pair(self, call: Call) -> tuple[str, str] | None:
        query = dict(call.query)
        if "consumer_key" in query and "consumer_secret" in query:
            return query["consumer_key"], query["consumer_secret"]
        kind, _, text = call.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            key, _, secret = base64.b64decode(text, validate=True).decode("utf-8", "replace").partition(":")
        except binascii.Error:
            return None
        return key, secret

    def _check_pair(self, key: str, secret: str) -> None:
        self._check_key(key)
        if not secrets.compare_digest(secret.encode(), self._store.consumer_secret.encode()):
            raise _refused("Consumer secret is invalid.")

    def _check_key(self, key: str) -> None:
        if not secrets.compare_digest(key.encode(), self._store.consumer_key.encode()):
            raise _refused("Consumer key is invalid.")

    def _oauth(self, call: Call) -> dict[str, str]:
        kind, _, text = call.headers.get("authorization", "").partition(" ")
        params = {name: value for name, value in call.query if name in _PARAMS}
        if kind.lower() == "oauth":
            for part in text.split(","):
                name, _, value = part.strip().partition("=")
                params[name] = unquote(value.strip('"'))
        return params

    def _check_signature(self, call: Call, params: dict[str, str]) -> None:
        digest = _HASHES.get(params["oauth_signature_method"])
        if digest is None:
            raise _refused("Invalid signature - signature method is invalid.")
        base = signature_base(call, params)
        key = f"{self._store.consumer_secret}&".encode()
        expected = base64.b64encode(hmac.new(key, base.encode(), digest).digest()).decode()
        if not secrets.compare_digest(expected, params["oauth_signature"].replace(" ", "+")):
            raise _refused("Invalid signature - provided signature does not match.")

    def _check_freshness(self, params: dict[str, str]) -> None:
        stamp, now = params["oauth_timestamp"], self._store.clock.now().timestamp()
        if not stamp.isdigit() or abs(int(stamp) - now) > _WINDOW.total_seconds():
            raise _refused("Invalid timestamp.")
        if params["oauth_nonce"] in self._nonces:
            raise _refused("Invalid nonce - nonce has already been used.")
        self._nonces.append(params["oauth_nonce"])


def signature_base(call: Call, params: dict[str, str]) -> str:
    """Return the text that is signed: method, address and the sorted parameters of query and header (RFC 5849, 3.4.1).

    `name[]` counts as `name[0]`, `name[1]`… because PHP has numbered them by then; the body is never signed.
    """
    counts: dict[str, int] = {}
    pairs: dict[str, str] = {}
    for name, value in call.query:
        if name.endswith("[]"):
            counts[name] = counts.get(name, -1) + 1
            pairs[f"{name[:-2]}[{counts[name]}]"] = value
        else:
            pairs[name] = value
    pairs.update(params)
    pairs.pop("oauth_signature", None)
    ordered = sorted(pairs.items(), key=lambda pair: pair[0].partition("["))
    joined = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in ordered)
    address = f"{call.base_url}{quote(call.path)}"
    return f"{call.method}&{_quoted(address)}&{_quoted(joined)}"


def _quoted(text: str) -> str:
    return quote(text, safe="~")


def _refused(message: str) -> WooError:
    return WooError("woocommerce_rest_authentication_error", message, 401)


def _denied(call: Call) -> WooError:
    verb, message = _DENIED.get(call.method, _DENIED["GET"])
    return WooError(f"woocommerce_rest_cannot_{verb}", message, 401)
