"""What every answer says to browsers, and how large a request of the API may be."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_REQUEST = 1024 * 1024
"""Bytes of a request's body beyond which the API refuses it: a profile of a thousand rows is a tenth of it."""

_HEADERS = {
    # Nothing here is a page; the web interface's own pages will say what they load.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class Armour:
    """Adds the headers to every answer; one that a handler has set itself stays."""

    def __init__(self, app: ASGIApp, *, is_https: bool = False) -> None:
        """Take the application; `is_https` says that people come by https alone."""
        self._app = app
        self._headers = _HEADERS | (_HTTPS if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)


class Bounded:
    """Stops reading a body that is too large, however it is sent; the application answers the HTTPException."""

    def __init__(self, app: ASGIApp, limit: int = LARGEST_REQUEST) -> None:
        """Take the application and the bytes its requests may have."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, unless it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = 0

        async def receiving() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receiving, send)
