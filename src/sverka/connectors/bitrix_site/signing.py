"""How the hub and the site's module know each other: HMAC-SHA256 over purpose, moment, nonce and body.

The purpose is signed with the rest, so that what one side said can never be sent back to it as the other's words.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

BELL, CALL, ANSWER, MARK = "bell", "call", "answer", "mark"
WINDOW = timedelta(minutes=5)
"""How far the clocks of the hub and the site may be apart."""

SHORTEST_SECRET = 32
"""The fewest characters of a secret, which the module's settings demand too."""

_MOMENT, _NONCE, _SIGNATURE = "x-sverka-timestamp", "x-sverka-nonce", "x-sverka-signature"


def signature_of(purpose: str, secret: str, moment: str, nonce: str, body: bytes) -> str:
    """Return a signature in hexadecimal digits; `moment` is in seconds since 1970."""
    said = f"sverka/1 {purpose}\n{moment}\n{nonce}\n".encode() + body
    return hmac.new(secret.encode(), said, "sha256").hexdigest()


def signed(purpose: str, secret: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that sign a body."""
    moment, nonce = str(int(now.timestamp())), secrets.token_hex(16)
    return {_MOMENT: moment, _NONCE: nonce, _SIGNATURE: signature_of(purpose, secret, moment, nonce, body)}


def mark(secret: str, now: datetime) -> dict[str, str]:
    """Return the header that marks a REST request as the hub's own, so that the module rings no bell for it."""
    parts = signed(MARK, secret, now, b"")
    return {"X-Sverka-Mark": f"{parts[_MOMENT]}.{parts[_NONCE]}.{parts[_SIGNATURE]}"}


def is_signed(headers: Mapping[str, str]) -> bool:
    """Tell whether a message claims to be signed, whoever sent it."""
    return _SIGNATURE in headers


def is_ours(purpose: str, secret: str, now: datetime, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether a message is signed with the secret and as fresh as two clocks allow; keys are lower-case."""
    moment = headers.get(_MOMENT, "")
    if not secret or not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        return False
    right = signature_of(purpose, secret, moment, headers.get(_NONCE, ""), body)
    known = hmac.compare_digest(headers.get(_SIGNATURE, "").encode(), right.encode())
    return known and abs(now.timestamp() - int(moment)) <= WINDOW.total_seconds()


def is_answer(secret: str, asked: Mapping[str, str], status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether an answer is the module's own to the call with the headers `asked`, and no cache's or proxy's."""
    right = signature_of(ANSWER, secret, asked[_MOMENT], asked[_NONCE], f"{status}\n".encode() + body)
    return hmac.compare_digest(headers.get(_SIGNATURE, "").encode(), right.encode())
