"""Who calls: HTTP Basic or keys in the query over HTTPS, one-legged OAuth 1.0a over plain HTTP."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import deque
from dataclasses import replace
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

        Keys count only where the address names the API, be it in its query: behind `?rest_route=` alone nobody is
        known. Over TLS a signature counts too, where there are no keys or a strange one.
        """
        if not any("wp-json/wc/" in part for part in (call.path, *(value for _name, value in call.query))):
            raise _denied(call)
        if self._store.catalogue.hides_header:
            kept = {name: value for name, value in call.headers.items() if name != "authorization"}
            call = replace(call, headers=kept)
        pair = self._pair(call) if self._is_secure(call) else None
        if pair is not None and pair[0] == self._store.consumer_key:
            self._check_secret(pair[1])
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

    def _is_secure(self, call: Call) -> bool:
        return call.secure and self._store.catalogue.knows_tls

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

    def _check_secret(self, secret: str) -> None:
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
        base = signature_base(call, params, "https" if self._is_secure(call) else "http")
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


def signature_base(call: Call, params: dict[str, str], scheme: str) -> str:
    """Return the text that is signed: method, address and the sorted parameters of query and header (RFC 5849, 3.4.1).

    The address begins with the scheme the site believes it is asked by, and its home has no slash at the end.

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
    address = f"{scheme}:{call.base_url.partition(':')[2]}{quote(call.path)}".rstrip("/")
    return f"{call.method}&{_quoted(address)}&{_quoted(joined)}"


def _quoted(text: str) -> str:
    return quote(text, safe="~")


def _refused(message: str) -> WooError:
    return WooError("woocommerce_rest_authentication_error", message, 401)


def _denied(call: Call) -> WooError:
    verb, message = _DENIED.get(call.method, _DENIED["GET"])
    return WooError(f"woocommerce_rest_cannot_{verb}", message, 401)
