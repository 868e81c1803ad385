"""What is read of a request: a body no longer than allowed, and its headers."""

from collections.abc import Mapping

from starlette.requests import Request


async def body_of(request: Request, limit: int) -> bytes | None:
    """Return the body; None once it is longer than `limit` bytes, the rest unread."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def headers_of(request: Request) -> Mapping[str, str]:
    """Return the headers, their names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}
